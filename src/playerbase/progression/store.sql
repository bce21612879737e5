-- declarations
-- The latest of each of these games.
select latest.game, latest.version, latest.body, latest.changed_by, latest.changed_at
from unnest(:games::text[]) as wanted(game)
cross join lateral (
    select game, version, body, changed_by, changed_at from progression.declarations as each
    where each.game = wanted.game
    order by version desc
    limit 1
) as latest;

-- declared_before
select game, version, body, changed_by, changed_at from progression.declarations
where game = :game and version < :before
order by version desc
limit :count;

-- take_turn
-- Who declares for the same game at the same moment comes after.
select pg_advisory_xact_lock(hashtextextended('progression ' || :game, 0));

-- declare
insert into progression.declarations (game, version, body, changed_by, changed_at)
values (:row.game, :row.version, :row.body, :row.changed_by, :row.changed_at);

-- lock_slots
-- In one order, so that two batches with the same slots wait for one another and do not deadlock.
select held.player_id, held.game, held.slot, held.version, held.saved_at, held.window_at, held.window_saves, held.paces
from progression.slots as held
join unnest(:spots.player_id::text::uuid[], :spots.game::text::text[], :spots.slot::text::text[])
    as wanted(player_id, game, slot) using (player_id, game, slot)
order by held.player_id, held.game, held.slot
for no key update of held;

-- take_turns
-- Whoever begins a slot of the same player in the same game comes after, so that none is counted twice or begun twice.
select count(pg_advisory_xact_lock(turn))::int
from (
    select distinct hashtextextended(player_id || ' ' || game, 1) as turn
    from unnest(:spots.player_id::uuid[], :spots.game::text[]) as wanted(player_id, game)
    order by turn
) as turns;

-- slots_taken
select distinct taken.player_id, taken.game, taken.slot
from progression.slots as taken
join unnest(:spots.player_id::uuid[], :spots.game::text[]) as wanted(player_id, game) using (player_id, game);

-- versions
select kept.player_id, kept.game, kept.slot, kept.version, kept.base_version, kept.kind, kept.size, kept.fingerprint,
    kept.device, kept.saved_by, kept.saved_at, kept.data
from progression.versions as kept
join unnest(:spots.player_id::uuid[], :spots.game::text[], :spots.slot::text[], :numbers::int[])
    as wanted(player_id, game, slot, version) using (player_id, game, slot, version);

-- saved_before
-- What was sent before in the same words, from the same place and about the same version: the answer to it was lost.
select kept.player_id, kept.game, kept.slot, kept.version, kept.base_version, kept.kind, kept.size, kept.fingerprint,
    kept.device, kept.saved_by, kept.saved_at, kept.data
from progression.versions as kept
join unnest(
    :spots.player_id::uuid[], :spots.game::text[], :spots.slot::text[], :kinds::text[], :bases::int[],
    :fingerprints::bytea[]
) as wanted(player_id, game, slot, kind, base_version, fingerprint) using (player_id, game, slot)
where kept.version > wanted.base_version and kept.base_version = wanted.base_version
    and kept.kind = wanted.kind and kept.fingerprint = wanted.fingerprint;

-- write_versions
insert into progression.versions (
    player_id, game, slot, version, base_version, kind, size, fingerprint, device, saved_by, saved_at, data
)
select * from unnest(
    :rows.player_id::text::uuid[], :rows.game::text::text[], :rows.slot::text::text[], :rows.version::text::int[],
    :rows.base_version::text::int[], :rows.kind::text::text[], :rows.size::text::int[],
    :rows.fingerprint::text::bytea[], :rows.device::text::text[], :rows.saved_by::text::text[],
    :rows.saved_at::timestamptz[], :rows.data::bytea[]
);

-- write_slots
-- All are held by us, or by nobody because they are new and it is our turn.
insert into progression.slots as held (player_id, game, slot, version, saved_at, window_at, window_saves, paces)
select * from unnest(
    :heads.player_id::text::uuid[], :heads.game::text::text[], :heads.slot::text::text[], :heads.version::text::int[],
    :heads.saved_at::timestamptz[], :heads.window_at::timestamptz[], :heads.window_saves::text::int[],
    :heads.paces::json[]
)
on conflict (player_id, game, slot) do update
set version = excluded.version, saved_at = excluded.saved_at, window_at = excluded.window_at,
    window_saves = excluded.window_saves, paces = excluded.paces;

-- prune
delete from progression.versions as kept
using unnest(:spots.player_id::uuid[], :spots.game::text[], :spots.slot::text[], :below::int[])
    as bound(player_id, game, slot, version)
where (kept.player_id, kept.game, kept.slot) = (bound.player_id, bound.game, bound.slot)
    and kept.version < bound.version;

-- raise_flags
-- One open for each field and rule of a slot: who cheats every minute is looked at once.
insert into progression.flags (flag_id, player_id, game, slot, version, field, rule, message, at)
select * from unnest(
    :flags.flag_id::uuid[], :flags.player_id::uuid[], :flags.game::text[], :flags.slot::text[], :flags.version::int[],
    :flags.field::text[], :flags.rule::text[], :flags.message::text[], :flags.at::timestamptz[]
)
on conflict do nothing
returning flag_id;

-- head
select kept.player_id, kept.game, kept.slot, kept.version, kept.base_version, kept.kind, kept.size, kept.fingerprint,
    kept.device, kept.saved_by, kept.saved_at, kept.data
from progression.slots as held
join progression.versions as kept using (player_id, game, slot, version)
where held.player_id = :spot.player_id and held.game = :spot.game and held.slot = :spot.slot;

-- slots_of
select held.game, held.slot, held.version, kept.size, kept.device, kept.saved_by, held.saved_at
from progression.slots as held
join progression.versions as kept using (player_id, game, slot, version)
where held.player_id = :player_id and (held.game, held.slot) > (:after_game, :after_slot)
order by held.game, held.slot
limit :count;

-- slots_in
select held.game, held.slot, held.version, kept.size, kept.device, kept.saved_by, held.saved_at
from progression.slots as held
join progression.versions as kept using (player_id, game, slot, version)
where held.player_id = :player_id and held.game = :game and held.slot > :after_slot
order by held.slot
limit :count;

-- history
select version, base_version, kind, size, device, saved_by, saved_at
from progression.versions
where player_id = :spot.player_id and game = :spot.game and slot = :spot.slot and version < :before
order by version desc
limit :count;

-- flags_of
select flag_id, player_id, game, slot, version, field, rule, message, at, decision, decided_by, decided_at
from progression.flags
where player_id = :player_id and flag_id < :before
order by flag_id desc
limit :count;

-- flags_on
-- What is open of one slot.
select flag_id, player_id, game, slot, version, field, rule, message, at, decision, decided_by, decided_at
from progression.flags
where player_id = :spot.player_id and game = :spot.game and slot = :spot.slot and decision is null
order by flag_id
limit :count;

-- flags_open
select flag_id, player_id, game, slot, version, field, rule, message, at, decision, decided_by, decided_at
from progression.flags
where decision is null and flag_id > :after
order by flag_id
limit :count;

-- count_open
select count(*)::int from (select from progression.flags where decision is null limit :most) as open;

-- lock_flag
select flag_id, player_id, game, slot, version, field, rule, message, at, decision, decided_by, decided_at
from progression.flags where flag_id = :flag_id for update;

-- decide_flag
update progression.flags set decision = :decision, decided_by = :decided_by, decided_at = :now
where flag_id = :flag_id;

-- latest_saves
-- A player has as many slots as quotas allow, so this reads their latest versions and no more.
select kept.player_id, kept.game, kept.slot, kept.version, kept.base_version, kept.kind, kept.size, kept.fingerprint,
    kept.device, kept.saved_by, kept.saved_at, ''::bytea
from progression.slots as held
join progression.versions as kept using (player_id, game, slot, version)
where held.player_id = :player_id and held.saved_at < :before
order by held.saved_at desc
limit :count;

-- sweep
-- Of some slots at a time, in the order of their key: versions beyond the number kept, and those older than the days
-- kept; never the latest.
with page as (
    select player_id, game, slot, version from progression.slots
    where (player_id, game, slot) > (:after.player_id, :after.game, :after.slot)
    order by player_id, game, slot
    limit :count
), gone as (
    delete from progression.versions as kept
    using page, unnest(:games::text[], :versions_max::int[], :before::timestamptz[]) as bound(game, versions_max, before)
    where (kept.player_id, kept.game, kept.slot) = (page.player_id, page.game, page.slot)
        and bound.game = page.game and kept.version < page.version
        and (kept.version <= page.version - bound.versions_max or kept.saved_at < bound.before)
    returning 1
)
select player_id, game, slot, (select count(*)::int from gone)
from page
order by player_id desc, game desc, slot desc
limit 1;
