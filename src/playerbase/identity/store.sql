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
