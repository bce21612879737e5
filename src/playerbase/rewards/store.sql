-- claim
-- Those that are new. Who comes with the same key at once waits here, and finds it known if the other commits.
insert into rewards.gifts (gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id)
select gift_id, key, player_id, source, ref, parts, contents, :now, transaction_id
from unnest(
    :gifts.gift_id::uuid[], :gifts.key::text[], :gifts.player_id::uuid[], :gifts.source::text[], :gifts.ref::text[],
    :gifts.parts::json[], :gifts.contents::json[], :gifts.transaction_id::uuid[]
) as new(gift_id, key, player_id, source, ref, parts, contents, transaction_id)
on conflict (key) do nothing
returning gift_id;

-- known
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts where key = any(:keys);

-- gift
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts where gift_id = :gift_id;

-- lock_gift
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts where gift_id = :gift_id
for no key update;

-- page
-- Latest first; of one player, source and ref, or any.
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts
where gift_id < :before and (:player_id::uuid is null or player_id = :player_id)
    and (:source::text is null or source = :source) and (:ref::text is null or ref = :ref)
order by gift_id desc
limit :count;

-- of_player_before
-- What one player was given before a moment, latest first.
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts
where player_id = :player_id and given_at < :before
order by given_at desc, gift_id desc
limit :count;

-- withheld
-- Of which the ledger did not take what it counts, latest first.
select gift_id, key, player_id, source, ref, parts, contents, given_at, transaction_id, withheld, tries, taken_at,
    taken_why, taken
from rewards.gifts
where withheld <> '' and taken_at is null and gift_id < :before
order by gift_id desc
limit :count;

-- count_withheld
select count(*)::int from rewards.gifts where withheld <> '' and taken_at is null;

-- sources
-- Each source found by one step in the index, however many gifts there are.
with recursive found as (
    (select source from rewards.gifts order by source limit 1)
    union all
    select (select source from rewards.gifts where gifts.source > found.source order by source limit 1)
    from found where source is not null
)
select source from found where source is not null limit 100;

-- withhold
update rewards.gifts as gift set withheld = new.withheld
from unnest(:rows.gift_id::uuid[], :rows.withheld::text[]) as new(gift_id, withheld)
where gift.gift_id = new.gift_id;

-- try_again
update rewards.gifts set tries = tries + 1, transaction_id = :transaction_id where gift_id = :gift_id;

-- take
-- Those that were not taken before, in one order, so that two who take the same wait for one another and not crosswise.
with mine as (
    select gift_id from rewards.gifts where key = any(:keys) and taken_at is null order by gift_id for no key update
)
update rewards.gifts as gift set taken_at = :now, taken_why = :why, taken = '{}'
from mine where gift.gift_id = mine.gift_id
returning gift.gift_id;

-- note_taken
update rewards.gifts as gift set taken = new.taken
from unnest(:rows.gift_id::uuid[], :rows.taken::json[]) as new(gift_id, taken)
where gift.gift_id = new.gift_id;

-- add_titles
insert into rewards.titles (gift_id, player_id, title, given_at)
select gift_id, player_id, title, :now
from unnest(:titles.gift_id::uuid[], :titles.player_id::uuid[], :titles.title::text[]) as new(gift_id, player_id, title);

-- take_titles
update rewards.titles set taken_at = :now where gift_id = any(:gift_ids) and taken_at is null;

-- last_titles
select distinct on (player_id) player_id, title
from rewards.titles
where player_id = any(:player_ids) and taken_at is null
order by player_id, given_at desc, gift_id desc, title;

-- held_titles
select distinct player_id, title from rewards.titles where player_id = any(:player_ids) and taken_at is null;

-- titles_of
-- What somebody has won, each once, the latest first.
select title from rewards.titles
where player_id = :player_id and taken_at is null
group by title
order by max(given_at) desc, title
limit :count;

-- parts_max
select parts_max from rewards.settings;
