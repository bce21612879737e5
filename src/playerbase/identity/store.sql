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
select identities.subject, identities.player_id, players.status
from identity.identities join identity.players using (player_id)
where identities.provider = :provider and identities.subject = any(:subjects::bytea[])
order by identities.player_id
for no key update of players;

-- providers
select distinct provider from identity.identities where player_id = :player_id order by provider;

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

-- set_status
-- The status before; no row if there is no such player.
update identity.players as new
set status = :status
from (select player_id, status from identity.players where player_id = :player_id for update) as old
where new.player_id = old.player_id
returning old.status;

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
-- The request that is open already, or this one.
insert into identity.merge_requests (request_id, asked_by, owner_id, provider, asked_at)
values (:request_id, :asked_by, :owner_id, :provider, :now)
on conflict (asked_by, owner_id) where state = 'open' do update set provider = excluded.provider
returning request_id;

-- merge_requests
-- Latest first.
select request_id, asked_by, owner_id, provider, state, asked_at, decided_at, decided_by, why
from identity.merge_requests
where (:state = '' or state = :state) and (:before::uuid is null or request_id < :before)
order by request_id desc
limit :count;

-- decide_merge
-- No row if it is not open any more.
update identity.merge_requests
set state = :state, decided_at = :now, decided_by = :by, why = :why
where request_id = :request_id and state = 'open'
returning request_id, asked_by, owner_id, provider, state, asked_at, decided_at, decided_by, why;
