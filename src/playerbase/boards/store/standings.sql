-- standings
-- A span of ranks of the final standings.
select player_id, score, reached_at
from boards.standings
where run_id = :run_id and rank between :first and :last
order by rank;

-- final_rank
select rank from boards.standings where run_id = :run_id and player_id = :player_id;

-- has_standings
select exists (select from boards.standings where run_id = :run_id);

-- count_standings
select count(*) from boards.standings where run_id = :run_id;

-- seal_rows
-- Everybody who is shown, in the order of the board, once.
insert into boards.standings (run_id, rank, player_id, score, reached_at)
select run_id, row_number() over (order by place, reached_at, player_id), player_id, score, reached_at
from boards.entries
where run_id = :run_id and state = 'shown';

-- branch_upto
select coalesce(max(position), -1) from boards.branches where run_id = :run_id;

-- put_branches
insert into boards.branches (run_id, position, hash)
select :run_id, position, hash from unnest(:positions::int[], :hashes::text::bytea[]) as branch(position, hash);

-- branches
select hash from boards.branches where run_id = :run_id order by position;

-- leaves
-- The hashes of rows, as rules.leaf makes them; here, because it takes a tenth of the time.
select sha256('\x00'::bytea || convert_to(
    rank || ' ' || player_id || ' ' || score || ' '
    || to_char(reached_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'UTF8'
))
from boards.standings
where run_id = :run_id and rank between :first and :last
order by rank;

-- fix_run
-- What the final standings are held to from now on: nobody writes any more, and no edit of the board reaches them.
update boards.runs as run
set direction = board.direction, prizes = board.prizes, entries = :entries
from boards.boards as board
where run_id = :run_id and run.board_id = board.board_id and run.direction is null;

-- seal_run
update boards.runs set root = :root, signed = :signed, sealed_at = :now, version = version + 1
where run_id = :run_id and sealed_at is null
returning run_id;

-- final_of
select run_id, season_id, board.game, board.code, board.name, run.direction, entries, root, signed, sealed_at,
    coalesce(run.prizes, '[]'::json), paid_upto, paid_at
from boards.runs as run join boards.boards as board using (board_id)
where run_id = :run_id;

-- lock_final
select run_id, season_id, board.game, board.code, board.name, run.direction, entries, root, signed, sealed_at,
    coalesce(run.prizes, '[]'::json), paid_upto, paid_at
from boards.runs as run join boards.boards as board using (board_id)
where run_id = :run_id
for no key update of run;

-- paid
update boards.runs set paid_upto = :upto, paid_at = case when :is_all then :now else paid_at end where run_id = :run_id;

-- sealed_runs
-- Of one player: where they stood in the end, the latest first.
select standing.run_id, run.season_id, board.game, board.name, rank, score, entries, sealed_at
from boards.standings as standing join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where standing.player_id = :player_id and sealed_at is not null
order by sealed_at desc, run_id
limit :count;

-- tally_unfinished
select count(*) filter (where sealed_at is null), count(*) filter (where paid_at is null), count(*)
from boards.runs where season_id = :season_id;
