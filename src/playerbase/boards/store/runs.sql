-- resolve
-- The boards of a game in a season, first one first; the run is null where nothing was scored yet.
select board.board_id, board.code, board.direction, run.run_id, coalesce(run.version, 0), coalesce(run.shards, 1),
    coalesce(run.entries, 0), run.sealed_at
from boards.boards as board left join boards.runs as run on run.board_id = board.board_id and run.season_id = :season_id
where board.game = :game and (board.is_open or run.run_id is not null)
order by board.position, board.made_at, board.board_id
limit :count;

-- lock_runs
-- In one order, so that two batches cannot deadlock; the version is the one their next change will have.
select run_id, season_id, board_id, version + 1, shards, sealed_at
from boards.runs
where run_id = any(:run_ids)
order by run_id
for update;

-- make_run
insert into boards.runs (run_id, season_id, board_id, made_at) values (:run_id, :season_id, :board_id, :now)
on conflict (season_id, board_id) do nothing;

-- run_of
select run.run_id, season_id, board.board_id, code, coalesce(run.direction, board.direction), run.version, shards, entries,
    sealed_at
from boards.runs as run join boards.boards as board using (board_id)
where season_id = :season_id and board_id = :board_id;

-- run_by_id
select run.run_id, season_id, board.board_id, code, coalesce(run.direction, board.direction), run.version, shards, entries,
    sealed_at
from boards.runs as run join boards.boards as board using (board_id)
where run_id = :run_id;

-- runs_of_season
select run.run_id, season_id, board.board_id, code, coalesce(run.direction, board.direction), run.version, shards, entries,
    sealed_at
from boards.runs as run join boards.boards as board using (board_id)
where season_id = :season_id
order by run.run_id
limit :count;

-- open_runs
select run.run_id, season_id, board.board_id, code, coalesce(run.direction, board.direction), run.version, shards, entries,
    sealed_at
from boards.runs as run join boards.boards as board using (board_id)
where sealed_at is null
order by run.run_id
limit :count;

-- versions_of
select run_id, version from boards.runs where run_id = any(:run_ids);

-- set_shards
update boards.runs set shards = :shards where run_id = :run_id;

-- find_runs
-- The boards that are meant, by season and code; where no code is said, the first of the game.
select wanted.season_id, wanted.code as asked, board.board_id, board.game, board.code, board.operator, board.direction, board.source,
    board.counted, board.score_min, board.score_max, board.plausible_min, board.plausible_max, board.is_regional,
    board.session_seconds, board.rule_version, run.run_id
from unnest(:season_ids::uuid[], :games::text[], :codes::text[]) as wanted(season_id, game, code)
    cross join lateral (
        select * from boards.boards
        where boards.game = wanted.game and (boards.code = wanted.code or wanted.code = '') and is_open
        order by position, made_at, board_id
        limit 1
    ) as board
    left join boards.runs as run on run.season_id = wanted.season_id and run.board_id = board.board_id;
