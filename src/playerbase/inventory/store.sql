-- lock_owners
-- In one order, so that two who hold the same players wait for each other in turn.
select player_id from inventory.owners where player_id = any(:player_ids::uuid[]) order by player_id for no key update;

-- add_owners
insert into inventory.owners (player_id)
select player_id from unnest(:player_ids::uuid[]) as wanted(player_id) order by player_id
on conflict (player_id) do nothing;

-- touch_owners
update inventory.owners set version = version + 1 where player_id = any(:player_ids::uuid[]) returning player_id;

-- add_entitlements
-- Those that were granted before are left as they are.
insert into inventory.entitlements (
    entitlement_id, player_id, item_id, granted, quantity, acquired_at, expires_at, source, source_ref, part, state,
    metadata
)
select unnest(:entitlements.entitlement_id::uuid[]), unnest(:entitlements.player_id::uuid[]),
    unnest(:entitlements.item_id::uuid[]), unnest(:entitlements.quantity::text::int[]),
    unnest(:entitlements.quantity::text::int[]), :now, unnest(:entitlements.expires_at::text::timestamptz[]),
    unnest(:entitlements.source::text::text[]), unnest(:entitlements.source_ref::text::text[]),
    unnest(:entitlements.part::text::int[]), 'active', unnest(:entitlements.metadata::text::json[])
on conflict (player_id, source, source_ref, item_id, part) do nothing
returning entitlement_id;

-- granted
select entitlement_id, player_id, item_id, granted, quantity, revoked, acquired_at, expires_at, source, source_ref, part,
    state, ended_at, ended_why, metadata
from inventory.entitlements
    join unnest(:player_ids::uuid[], :item_ids::uuid[], :sources::text[], :refs::text[], :parts::int[])
        as wanted(player_id, item_id, source, source_ref, part) using (player_id, source, source_ref, item_id, part)
order by entitlement_id;

-- note_stacks
-- The same source again is not news.
insert into inventory.stacks as known (player_id, item_id, acquired_at, source, source_ref)
select unnest(:stacks.player_id::uuid[]), unnest(:stacks.item_id::uuid[]), :now,
    unnest(:stacks.source::text::text[]), unnest(:stacks.source_ref::text::text[])
on conflict (player_id, item_id) do update set source = excluded.source, source_ref = excluded.source_ref
returning player_id;

-- counts
select player_id, item_id, sum(quantity)::bigint
from inventory.entitlements
where player_id = any(:player_ids::uuid[]) and item_id = any(:item_ids::uuid[]) and state = 'active'
    and (expires_at is null or expires_at > :now)
group by player_id, item_id;

-- active_by_id
select entitlement_id, player_id, item_id, granted, quantity, revoked, acquired_at, expires_at, source, source_ref, part,
    state, ended_at, ended_why, metadata
from inventory.entitlements
where entitlement_id = any(:entitlement_ids::uuid[]) and player_id = any(:player_ids::uuid[]) and state = 'active'
order by entitlement_id;

-- active_from
select entitlement_id, player_id, item_id, granted, quantity, revoked, acquired_at, expires_at, source, source_ref, part,
    state, ended_at, ended_why, metadata
from inventory.entitlements
where player_id = :player_id and source = :source and source_ref = :source_ref and state = 'active'
order by entitlement_id;

-- end
update inventory.entitlements as one
set quantity = new.quantity, revoked = new.revoked, state = new.state, ended_at = new.ended_at, ended_why = new.ended_why
from unnest(
    :ended.entitlement_id::uuid[], :ended.quantity::int[], :ended.revoked::int[], :ended.state::text[],
    :ended.ended_at::timestamptz[], :ended.ended_why::text[]
) as new(entitlement_id, quantity, revoked, state, ended_at, ended_why)
where one.entitlement_id = new.entitlement_id;

-- empty_slots_of
delete from inventory.loadouts where entitlement_id = any(:entitlement_ids::uuid[])
returning player_id, game, character_id, slot;

-- marks
-- What has expired is gone before the job has written so: how many such there are is part of which state this is.
select player_id, version, (
    select count(*) from inventory.entitlements as thing
    where thing.player_id = owner.player_id and thing.state = 'active' and thing.expires_at <= :now
)::bigint
from inventory.owners as owner
where player_id = any(:player_ids::uuid[]);

-- things
-- Newest first, of these items or of all.
select entitlement_id, item_id, quantity, acquired_at, expires_at, source, source_ref, metadata,
    exists (select from inventory.loadouts where loadouts.entitlement_id = thing.entitlement_id)
from inventory.entitlements as thing
where player_id = :player_id and state = 'active' and entitlement_id < :before
    and (expires_at is null or expires_at > :now) and (:item_ids::uuid[] is null or item_id = any(:item_ids::uuid[]))
    and (:is_equipped::bool is null or :is_equipped = exists (
        select from inventory.loadouts where loadouts.entitlement_id = thing.entitlement_id
    ))
order by entitlement_id desc
limit :count;

-- items_of
-- Which different ones: as many at most as there are in the catalog.
select distinct item_id from inventory.entitlements where player_id = :player_id and state = 'active';

-- stacks_of
select item_id, acquired_at, source, source_ref
from inventory.stacks where player_id = :player_id and item_id = any(:item_ids::uuid[]);

-- of_items
select entitlement_id, player_id, item_id, granted, quantity, revoked, acquired_at, expires_at, source, source_ref, part,
    state, ended_at, ended_why, metadata
from inventory.entitlements
where player_id = any(:player_ids::uuid[]) and item_id = any(:item_ids::uuid[]) and state = 'active'
order by entitlement_id;

-- consumptions_known
select consumption_id, player_id, item_id, quantity, remaining, transaction_id, effect, reason, by, scope, key,
    fingerprint, at
from inventory.consumptions
    join unnest(:player_ids::uuid[], :scopes::text[], :keys::text[]) as wanted(player_id, scope, key)
        using (player_id, scope, key);

-- log_consumptions
insert into inventory.consumptions (
    consumption_id, player_id, item_id, quantity, remaining, transaction_id, effect, reason, by, scope, key,
    fingerprint, at
)
select consumption_id, player_id, item_id, quantity, remaining, transaction_id, effect, reason, by, scope, key,
    fingerprint, at
from unnest(
    :rows.consumption_id::uuid[], :rows.player_id::uuid[], :rows.item_id::uuid[], :rows.quantity::int[],
    :rows.remaining::bigint[], :rows.transaction_id::uuid[], :rows.effect::text[], :rows.reason::text[],
    :rows.by::text[], :rows.scope::text[], :rows.key::text[], :rows.fingerprint::bytea[], :rows.at::timestamptz[]
) as new(
    consumption_id, player_id, item_id, quantity, remaining, transaction_id, effect, reason, by, scope, key,
    fingerprint, at
);

-- log_parts
insert into inventory.consumption_parts (consumption_id, entitlement_id, quantity)
select consumption_id, entitlement_id, quantity
from unnest(:parts.consumption_id::uuid[], :parts.entitlement_id::uuid[], :parts.quantity::int[])
    as new(consumption_id, entitlement_id, quantity);

-- consumptions_of
select consumption_id, player_id, item_id, quantity, remaining, transaction_id, effect, reason, by, scope, key,
    fingerprint, at
from inventory.consumptions
where player_id = :player_id and consumption_id < :before
order by consumption_id desc
limit :count;

-- settings
select worn_max, slots_max from inventory.settings;

-- lock_settings
select worn_max, slots_max from inventory.settings for no key update;

-- save_settings
update inventory.settings set worn_max = :settings.worn_max, slots_max = :settings.slots_max;

-- slots
select game, slot, name, accepts, metadata from inventory.slots order by game nulls first, slot;

-- slot
select game, slot, name, accepts, metadata from inventory.slots
where game is not distinct from :game and slot = :slot;

-- save_slot
insert into inventory.slots (game, slot, name, accepts, metadata)
values (:row.game, :row.slot, :row.name, :row.accepts, :row.metadata)
on conflict (game, slot) do update
set name = excluded.name, accepts = excluded.accepts, metadata = excluded.metadata;

-- drop_slot
delete from inventory.slots where game is not distinct from :game and slot = :slot returning true;

-- worn
-- Of a game and a character, or everything.
select game, character_id, slot, entitlement_id, item_id, equipped_at
from inventory.loadouts join inventory.entitlements as thing using (entitlement_id)
where loadouts.player_id = :player_id and (:game::text is null or game = :game)
    and (:character_id::uuid is null or character_id = :character_id)
    and thing.state = 'active' and (thing.expires_at is null or thing.expires_at > :now)
order by game nulls first, character_id nulls first, slot;

-- count_worn
select count(*)::int from inventory.loadouts where player_id = :player_id;

-- wear
insert into inventory.loadouts (player_id, game, character_id, slot, entitlement_id, equipped_at)
values (:player_id, :spot.game, :spot.character_id, :spot.slot, :entitlement_id, :now)
on conflict (player_id, game, character_id, slot) do update
set entitlement_id = excluded.entitlement_id, equipped_at = excluded.equipped_at;

-- take_off
delete from inventory.loadouts
where player_id = :player_id and game is not distinct from :spot.game
    and character_id is not distinct from :spot.character_id and slot = :spot.slot
returning entitlement_id;

-- undress
delete from inventory.loadouts where character_id = any(:character_ids::uuid[])
returning player_id, game, character_id, slot;

-- due
select entitlement_id, player_id from inventory.entitlements
where state = 'active' and expires_at <= :now
order by expires_at, entitlement_id
limit :count;

-- holders
select item_id, count(distinct player_id)::bigint from inventory.entitlements
where state = 'active' and (expires_at is null or expires_at > :now)
group by item_id;

-- tally
select (
    select count(*)::int from inventory.entitlements
    where player_id = :player_id and state = 'active' and (expires_at is null or expires_at > :now)
), (
    select count(*)::int from inventory.loadouts join inventory.entitlements as thing using (entitlement_id)
    where loadouts.player_id = :player_id and (thing.expires_at is null or thing.expires_at > :now)
);

-- happenings
-- Latest first; of each kind no more than are wanted of all.
select at, kind, item_id, quantity, detail
from (
    (
        select acquired_at as at, 'granted' as kind, item_id, granted as quantity, source as detail
        from inventory.entitlements where player_id = :player_id and acquired_at < :before
        order by acquired_at desc limit :count
    )
    union all
    (
        select ended_at, state, item_id, greatest(revoked, quantity, 1), case when state = 'revoked' then ended_why else '' end
        from inventory.entitlements
        where player_id = :player_id and state in ('revoked', 'expired') and ended_at < :before
        order by ended_at desc limit :count
    )
    union all
    (
        select at, 'consumed', item_id, quantity, reason
        from inventory.consumptions where player_id = :player_id and at < :before
        order by at desc limit :count
    )
) as happened
order by at desc
limit :count;
