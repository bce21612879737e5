-- add
insert into identity.players (player_id, created_at, seen_at) values (:player_id, :now, :now);

-- player
select player_id, status, created_at, seen_at from identity.players where player_id = :player_id;

-- players
select player_id, status, created_at, seen_at from identity.players where player_id = any(:player_ids::uuid[]);

-- hold
-- Until the transaction ends nobody changes the player's status: a session opened now is there for a ban to end.
select player_id, status, created_at, seen_at from identity.players where player_id = :player_id for no key update;

-- existing
select player_id from identity.players where player_id = any(:player_ids::uuid[]);

-- tally_since
-- Ids begin with the moment they were made at, so those of a day lie together in the index.
select
    (select count(*)::int from identity.players where seen_at >= :since),
    (select count(*)::int from identity.players where player_id >= :first and created_at >= :since);

-- add_identity
-- No row if the subject belongs to somebody already, or comes to while this waits.
insert into identity.identities (provider, subject, player_id, linked_at, last_used_at)
values (:provider, :subject, :player_id, :now, :now)
on conflict do nothing
returning player_id;

-- add_players_with
-- Identities and their players in one statement: foreign keys are checked at its end, so a subject that somebody else
-- claimed at the same moment leaves no player behind. In one order, so that two batches cannot wait for each other.
with linked as (
    insert into identity.identities (provider, subject, player_id, linked_at, last_used_at)
    select :provider, subject, player_id, :now, :now
    from unnest(:claims.subject::bytea[], :claims.player_id::uuid[]) as claims(subject, player_id)
    order by subject
    on conflict do nothing
    returning subject, player_id
), made as (
    insert into identity.players (player_id, created_at, seen_at)
    select player_id, :now, :now from linked
)
select subject from linked;

-- find
select player_id from identity.identities where provider = :provider and subject = :subject;

-- find_all
-- Held like one player is, in one order.
select identities.subject, identities.player_id, players.status, least(identities.last_used_at, players.seen_at)
from identity.identities join identity.players using (player_id)
where identities.provider = :provider and identities.subject = any((select :subjects::bytea[])::bytea[])
order by identities.player_id
for no key update of players;

-- lock_subjects
-- Only for who is unknown while two secrets are in use: processes that do not agree which is the present one meet here.
select pg_advisory_xact_lock(hashtextextended(encode(subject, 'hex'), 0)) from unnest(:subjects::bytea[]) as subject;

-- rename
-- What stands in for a subject is another now; its owner stays.
update identity.identities as old
set subject = fresh.subject
from unnest(:formers::bytea[], :subjects::bytea[]) as fresh(former, subject)
where old.provider = :provider and old.subject = fresh.former
    and not exists (select from identity.identities where provider = :provider and subject = fresh.subject)
returning fresh.subject;

-- providers
select distinct provider from identity.identities where player_id = :player_id order by provider;

-- faces
select players.player_id, players.status, array(
    select distinct provider from identity.identities
    where identities.player_id = players.player_id order by provider
)
from identity.players
where players.player_id = any(:player_ids::uuid[]);

-- change_subject
update identity.identities set subject = :subject where player_id = :player_id and provider = :provider;

-- touch_identities
-- Only those not touched lately: most sign-ins then write nothing here. In one order, as every batch.
update identity.identities as old
set last_used_at = :now
from (
    select subject from identity.identities
    where provider = :provider and subject = any(:subjects::bytea[]) and last_used_at < :before
    order by subject
    for no key update
) as due
where old.provider = :provider and old.subject = due.subject;

-- touch_players
update identity.players as old
set seen_at = :now
from (
    select player_id from identity.players
    where player_id = any(:player_ids::uuid[]) and seen_at < :before
    order by player_id
    for no key update
) as due
where old.player_id = due.player_id;

-- ways
select provider, subject, linked_at, last_used_at, sealed
from identity.identities
where player_id = :player_id
order by linked_at, provider, subject;

-- lock_player
-- Whoever changes the ways somebody signs in does it alone: of two who unlink the last two at once, one finds one left.
select player_id from identity.players where player_id = :player_id for update;

-- seal_identity
update identity.identities set sealed = :sealed where provider = :provider and subject = :subject;

-- drop_identities
delete from identity.identities where player_id = :player_id and provider = :provider returning subject;

-- note_links
insert into identity.links (link_id, player_id, provider, what, by, at)
select link_id, player_id, :provider, :what, :by, :now
from unnest(:link_ids::uuid[], :player_ids::uuid[]) as fresh(link_id, player_id);

-- links
-- Latest first.
select link_id, provider, what, by, at
from identity.links
where player_id = :player_id and (:before::uuid is null or link_id < :before)
order by link_id desc
limit :count;

-- ask_to_merge
-- The request that is open already, or this one; when it was asked for last says which identity was shown.
insert into identity.merge_requests (request_id, asked_by, owner_id, provider, asked_at)
values (:request_id, :asked_by, :owner_id, :provider, :now)
on conflict (asked_by, owner_id) where state = 'open' do update set provider = excluded.provider, asked_at = excluded.asked_at
returning request_id;

-- merge_requests
-- Latest first.
select request_id, asked_by, owner_id, provider, state, asked_at, decided_at, decided_by, why
from identity.merge_requests
where (:state = '' or state = :state) and (:before::uuid is null or request_id < :before)
order by request_id desc
limit :count;

-- merge_request
select request_id, asked_by, owner_id, provider, state, asked_at, decided_at, decided_by, why
from identity.merge_requests
where request_id = :request_id;

-- count_merge_requests
select count(*)::int from (select from identity.merge_requests where state = 'open' limit :most) as waiting;

-- move_identity
-- Linked anew: a player has no identity that is older than they are.
update identity.identities
set player_id = :player_id, sealed = :sealed, linked_at = :now, last_used_at = greatest(last_used_at, :now)
where provider = :provider and subject = :subject;

-- decide_merge
-- No row if it is not open any more.
update identity.merge_requests
set state = :state, decided_at = :now, decided_by = :by, why = :why
where request_id = :request_id and state = 'open'
returning request_id, asked_by, owner_id, provider, state, asked_at, decided_at, decided_by, why;

-- hold_all
-- In one order, as every batch.
select player_id, status from identity.players
where player_id = any(:player_ids::uuid[])
order by player_id
for no key update;

-- add_ban
insert into identity.bans (ban_id, player_id, kind, scope, reason, note, by, at, until)
values (
    :ban_id, :player_id, :wanted.kind, :wanted.scope, :wanted.reason, :wanted.note, :by, :now, :wanted.until
)
returning ban_id, player_id, kind, scope, reason, note, by, at, until, lapsed_at, lifted_at, lifted_by, lifted_why;

-- settle_status
-- What holds everywhere follows from the decisions in force; only those whose status changed are returned.
update identity.players as old
set status = new.status
from (
    select players.player_id, case
        when bool_or(bans.kind = 'banned') then 'banned' when bool_or(bans.kind = 'suspended') then 'suspended'
        else 'active'
    end as status
    from identity.players
        left join identity.bans on bans.player_id = players.player_id and bans.scope is null
            and bans.lifted_at is null and bans.lapsed_at is null
    where players.player_id = any(:player_ids::uuid[])
    group by players.player_id
) as new
where old.player_id = new.player_id and old.status <> new.status
returning old.player_id, old.status;

-- bans
select ban_id, player_id, kind, scope, reason, note, by, at, until, lapsed_at, lifted_at, lifted_by, lifted_why
from identity.bans
where player_id = :player_id and (:before::uuid is null or ban_id < :before)
order by ban_id desc
limit :count;

-- bans_in_force
-- Those that hold everywhere and those of one game, the gravest and longest last, so that it is the one that is told.
select ban_id, player_id, kind, scope, reason, note, by, at, until, lapsed_at, lifted_at, lifted_by, lifted_why
from identity.bans
where player_id = any(:player_ids::uuid[]) and lifted_at is null and lapsed_at is null
    and (until is null or until > :now) and (scope is null or scope = :game)
order by player_id, scope is null, kind = 'banned', until is null, until, ban_id;

-- lift_ban
-- No row if it is over already, or not this player's.
update identity.bans
set lifted_at = :now, lifted_by = :by, lifted_why = :why
where ban_id = :ban_id and player_id = :player_id and lifted_at is null and lapsed_at is null
    and (until is null or until > :now)
returning ban_id, player_id, kind, scope, reason, note, by, at, until, lapsed_at, lifted_at, lifted_by, lifted_why;

-- has_ban
select exists (select from identity.bans where ban_id = :ban_id and player_id = :player_id);

-- due_bans
select distinct player_id
from (
    select player_id from identity.bans
    where lifted_at is null and lapsed_at is null and until <= :now
    order by until
    limit :count
) as due;

-- lapse_bans
update identity.bans
set lapsed_at = :now
where player_id = any(:player_ids::uuid[]) and lifted_at is null and lapsed_at is null and until <= :now
returning ban_id, player_id, kind, scope, reason, note, by, at, until, lapsed_at, lifted_at, lifted_by, lifted_why;

-- stale_labels
-- Those that another secret sealed.
select player_id, provider, subject, sealed
from identity.identities
where (provider, subject) > (:provider, :subject::bytea) and substr(sealed, 1, length(:head::bytea)) <> :head
order by provider, subject
limit :count
for update;
