-- add_state
insert into federation.states (state_hash, provider, browser_hash, verifier_sealed, return_path, made_at, expires_at)
values (:state_hash, :provider, :browser_hash, :verifier_sealed, :return_path, :now, :expires_at);

-- take_state
-- Gone with the reading: of two who bring the same one only one finds it. Another provider's, another browser's and an
-- old one are left where they are.
delete from federation.states
where state_hash = :state_hash and provider = :provider and browser_hash = :browser_hash and expires_at > :now
returning verifier_sealed, return_path;

-- is_used
select exists (select from federation.used where hash = :hash and expires_at > :now);

-- use
-- No row if somebody was faster. What has lapsed but is not forgotten yet may be used again.
insert into federation.used as old (hash, expires_at)
values (:hash, :expires_at)
on conflict (hash) do update set expires_at = excluded.expires_at where old.expires_at <= :now
returning hash;

-- forget_states
delete from federation.states
where state_hash in (
    select state_hash from federation.states where expires_at <= :now limit :count for update skip locked
)
returning state_hash;

-- forget_used
delete from federation.used
where hash in (select hash from federation.used where expires_at <= :now limit :count for update skip locked)
returning hash;

-- keep_grant
-- The newest takes the place of the one before; whoever is just checking that one finds it gone.
insert into federation.twitch_grants (player_id, grant_id, sealed, checked_at, due_at)
values (:player_id, :grant_id, :sealed, :now, :due_at)
on conflict (player_id) do update
set grant_id = excluded.grant_id, sealed = excluded.sealed, checked_at = excluded.checked_at, due_at = excluded.due_at;

-- take_grant
delete from federation.twitch_grants where player_id = :player_id returning player_id, grant_id, sealed;

-- claim_grants
-- Those that are due, the longest waiting first, for one worker alone: due again when it should long be done.
update federation.twitch_grants
set due_at = :until
where player_id in (
    select player_id from federation.twitch_grants where due_at <= :now order by due_at limit :count
    for update skip locked
)
returning player_id, grant_id, sealed;

-- confirm_grant
update federation.twitch_grants
set checked_at = :now, due_at = :due_at
where player_id = :player_id and grant_id = :grant_id
returning player_id;

-- renew_grant
update federation.twitch_grants
set sealed = :sealed
where player_id = :player_id and grant_id = :grant_id
returning player_id;

-- put_off_grants
update federation.twitch_grants
set due_at = :due_at
where grant_id = any(:grant_ids);

-- drop_grant
delete from federation.twitch_grants where player_id = :player_id and grant_id = :grant_id returning player_id;

-- count_checks
insert into federation.twitch_checks as kept (hour, valid, refreshed, disconnected, away)
values (:hour, :checks.valid, :checks.refreshed, :checks.disconnected, :checks.away)
on conflict (hour) do update
set valid = kept.valid + excluded.valid, refreshed = kept.refreshed + excluded.refreshed,
    disconnected = kept.disconnected + excluded.disconnected, away = kept.away + excluded.away;

-- forget_checks
delete from federation.twitch_checks where hour < :before returning hour;

-- tally_grants
select count(*)::int, count(*) filter (where checked_at < :late)::int, min(checked_at)
from federation.twitch_grants;

-- checks_since
select coalesce(sum(valid), 0)::int, coalesce(sum(refreshed), 0)::int, coalesce(sum(disconnected), 0)::int,
    coalesce(sum(away), 0)::int
from federation.twitch_checks
where hour >= :since;

-- stale_grants
-- Those that another secret sealed.
select player_id, grant_id, sealed
from federation.twitch_grants
where player_id > :after and substr(sealed, 1, length(:head::bytea)) <> :head
order by player_id
limit :count
for update;
