-- take_turns
-- Whatever concerns a player's friends comes one after the other, so that limits are counted under it. In one order.
select count(pg_advisory_xact_lock(turn))::int
from (
    select hashtextextended('friends ' || player_id, 0) as turn
    from unnest(array[:one::uuid, :other::uuid]) as both_of(player_id)
    order by turn
) as turns;

-- pair
select one_id, other_id, request_id, state, asked_by, asked_at, declined_at, since, one_blocks, other_blocks
from friends.pairs
where one_id = least(:one::uuid, :other::uuid) and other_id = greatest(:one::uuid, :other::uuid);

-- pair_asked
select one_id, other_id, request_id, state, asked_by, asked_at, declined_at, since, one_blocks, other_blocks
from friends.pairs
where request_id = :request_id;

-- write_pair
insert into friends.pairs (
    one_id, other_id, request_id, state, asked_by, asked_at, declined_at, since, one_blocks, other_blocks
)
values (
    :pair.one_id, :pair.other_id, :pair.request_id, :pair.state, :pair.asked_by, :pair.asked_at, :pair.declined_at,
    :pair.since, :pair.one_blocks, :pair.other_blocks
)
on conflict (one_id, other_id) do update
set request_id = excluded.request_id, state = excluded.state, asked_by = excluded.asked_by,
    asked_at = excluded.asked_at, declined_at = excluded.declined_at, since = excluded.since,
    one_blocks = excluded.one_blocks, other_blocks = excluded.other_blocks;

-- tally
with mine as (
    select state, asked_by, asked_at, one_blocks as blocks from friends.pairs where one_id = :player_id
    union all
    select state, asked_by, asked_at, other_blocks from friends.pairs where other_id = :player_id
)
select
    count(*) filter (where state = 'friends')::int,
    count(*) filter (where state = 'asked' and asked_by = :player_id and asked_at > :asked_after)::int,
    count(*) filter (where state = 'asked' and asked_by <> :player_id and asked_at > :asked_after)::int,
    count(blocks)::int
from mine;

-- friend_ids
select other_id from friends.pairs where one_id = :player_id and state = 'friends'
union all
select one_id from friends.pairs where other_id = :player_id and state = 'friends'
limit :count;

-- friends_of
select player_id, request_id, at
from (
    select other_id as player_id, request_id, since as at from friends.pairs
    where one_id = :player_id and state = 'friends'
    union all
    select one_id, request_id, since from friends.pairs where other_id = :player_id and state = 'friends'
) as beside
where (at, player_id) < (:before, :before_id)
order by at desc, player_id desc
limit :count;

-- asked_by
select player_id, request_id, at
from (
    select other_id as player_id, request_id, asked_at as at from friends.pairs
    where one_id = :player_id and state = 'asked' and asked_by = :player_id
    union all
    select one_id, request_id, asked_at from friends.pairs
    where other_id = :player_id and state = 'asked' and asked_by = :player_id
) as beside
where at > :asked_after and (at, player_id) < (:before, :before_id)
order by at desc, player_id desc
limit :count;

-- asked_of
select player_id, request_id, at
from (
    select other_id as player_id, request_id, asked_at as at from friends.pairs
    where one_id = :player_id and state = 'asked' and asked_by <> :player_id
    union all
    select one_id, request_id, asked_at from friends.pairs
    where other_id = :player_id and state = 'asked' and asked_by <> :player_id
) as beside
where at > :asked_after and (at, player_id) < (:before, :before_id)
order by at desc, player_id desc
limit :count;

-- blocked_by
select player_id, request_id, at
from (
    select other_id as player_id, request_id, one_blocks as at from friends.pairs where one_id = :player_id
    union all
    select one_id, request_id, other_blocks from friends.pairs where other_id = :player_id
) as beside
where at is not null and (at, player_id) < (:before, :before_id)
order by at desc, player_id desc
limit :count;

-- settings
-- No row until somebody has decided otherwise.
select friends_max, requests_max, blocks_max, request_days, asks_again_hours from friends.settings;

-- put_settings
insert into friends.settings (
    friends_max, requests_max, blocks_max, request_days, asks_again_hours, changed_by, changed_at
)
values (
    :settings.friends_max, :settings.requests_max, :settings.blocks_max, :settings.request_days,
    :settings.asks_again_hours, :changed_by, :now
)
on conflict (only_one) do update
set friends_max = excluded.friends_max, requests_max = excluded.requests_max, blocks_max = excluded.blocks_max,
    request_days = excluded.request_days, asks_again_hours = excluded.asks_again_hours,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at;
