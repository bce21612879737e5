-- entries_of
select entry.run_id, entry.player_id, score, place, reached_at, region, version, state
from unnest(:run_ids::text::uuid[], :player_ids::text::uuid[]) as wanted(run_id, player_id)
    join boards.entries as entry on entry.run_id = wanted.run_id and entry.player_id = wanted.player_id;

-- save_entries
-- Whoever writes holds their runs, which are another version with this.
with turned as (
    update boards.runs set version = version + 1 where run_id = any(:run_ids)
)
insert into boards.entries as old (run_id, player_id, score, place, reached_at, region, version, state)
select run_id, player_id, score, place, reached_at, region, version, state
from unnest(
    :entries.run_id::text::uuid[], :entries.player_id::text::uuid[], :entries.score::text::bigint[],
    :entries.place::text::bigint[], :entries.reached_at::timestamptz[], :entries.region::text::text[],
    :entries.version::text::bigint[], :entries.state::text::text[]
) as new(run_id, player_id, score, place, reached_at, region, version, state)
on conflict (run_id, player_id) do update
set score = excluded.score, place = excluded.place, reached_at = excluded.reached_at, region = excluded.region,
    version = excluded.version, state = excluded.state;

-- entry_of
select run_id, player_id, score, place, reached_at, region, version, state
from boards.entries
where run_id = :run_id and player_id = :player_id;

-- entries_of_players
-- For friends: some hundreds at most.
select player_id, score, reached_at
from boards.entries
where run_id = :run_id and player_id = any(:player_ids) and state = 'shown'
order by place, reached_at, player_id;

-- top_lines
select player_id, score, reached_at
from boards.entries
where run_id = :run_id and state = 'shown'
order by place, reached_at, player_id
limit :count;

-- top_of_region
select player_id, score, reached_at
from boards.entries
where run_id = :run_id and region = :region and region <> '' and state = 'shown'
order by place, reached_at, player_id
limit :count;

-- lines_above
-- Nearest first.
select player_id, score, reached_at
from boards.entries
where run_id = :run_id and state = 'shown' and (place, reached_at, player_id) < (:place, :reached_at, :player_id)
order by place desc, reached_at desc, player_id desc
limit :count;

-- lines_below
select player_id, score, reached_at
from boards.entries
where run_id = :run_id and state = 'shown' and (place, reached_at, player_id) > (:place, :reached_at, :player_id)
order by place, reached_at, player_id
limit :count;

-- count_above
select count(*)
from boards.entries
where run_id = :run_id and state = 'shown' and (place, reached_at, player_id) < (:place, :reached_at, :player_id);

-- count_shown
select count(*) from boards.entries where run_id = :run_id and state = 'shown';

-- count_of_region
select count(*) filter (where (place, reached_at, player_id) < (:place, :reached_at, :player_id)), count(*)
from boards.entries
where run_id = :run_id and region = :region and region <> '' and state = 'shown';

-- hidden_of
-- Who does not stand on the board by decision of staff.
select run_id, player_id, score, place, reached_at, region, version, state
from boards.entries
where run_id = :run_id and state in ('hidden', 'removed') and player_id > :after
order by player_id
limit :count;

-- piece
-- Everybody by player, in pieces: for an index that is built beside the one in use.
select player_id, place, reached_at, version, state
from boards.entries
where run_id = :run_id and player_id > :after
order by player_id
limit :count;

-- count_entries
select count(*) from boards.entries where run_id = :run_id;

-- entries_by_player
select entry.run_id, board.name, season_id, score, reached_at, state
from boards.entries as entry join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where player_id = :player_id
order by entry.run_id desc
limit :count;

-- count_in_region
select count(*) from boards.entries where run_id = :run_id and region = :region and region <> '' and state = 'shown';
