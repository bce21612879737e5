-- every_place_is_that_of_its_score
select entry.run_id, entry.player_id
from boards.entries as entry join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where entry.place <> case when board.direction = 'asc' then entry.score else -1 - entry.score end;

-- no_entry_is_newer_than_its_run
select entry.run_id, entry.player_id
from boards.entries as entry join boards.runs as run using (run_id)
where entry.version > run.version;

-- sums_of_matches_are_their_marks_added_up
-- Of what is shown; what staff took away began anew, and what would pass 64 bits was left out.
select entry.run_id, entry.player_id
from boards.entries as entry join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where board.source = 'matches' and board.operator = 'sum' and entry.state = 'shown'
    and abs(entry.score) < 1000000000000000000
    and entry.score <> (
        select coalesce(sum(score), 0) from boards.marks as mark
        where mark.run_id = entry.run_id and mark.player_id = entry.player_id and voided_at is null
    )
    and not exists (
        select from boards.marks as mark
        where mark.run_id = entry.run_id and mark.player_id = entry.player_id and mark.at > entry.reached_at
    );

-- final_standings_are_whole
select run.run_id
from boards.runs as run
where run.sealed_at is not null
    and run.entries <> (select coalesce(max(rank), 0) from boards.standings as standing where standing.run_id = run.run_id);
