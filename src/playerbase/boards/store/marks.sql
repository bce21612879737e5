-- put_marks
-- Only those not written before: a match that comes again finds its first coming.
insert into boards.marks (run_id, match_id, player_id, score, at)
select run_id, match_id, player_id, score, at
from unnest(
    :marks.run_id::text::uuid[], :marks.match_id::text::uuid[], :marks.player_id::text::uuid[],
    :marks.score::text::bigint[], :marks.at::timestamptz[]
) as new(run_id, match_id, player_id, score, at)
on conflict do nothing
returning run_id, match_id, player_id, score, at;

-- void_marks
update boards.marks
set voided_at = :now
where match_id = any(:match_ids) and run_id = any(:run_ids) and voided_at is null
returning run_id, match_id, player_id, score, at;

-- runs_marked
select distinct run_id from boards.marks where match_id = any(:match_ids) and voided_at is null;

-- marks_of
-- What still counts of these players.
select mark.run_id, match_id, mark.player_id, score, at
from unnest(:run_ids::uuid[], :player_ids::uuid[]) as wanted(run_id, player_id)
    join boards.marks as mark on mark.run_id = wanted.run_id and mark.player_id = wanted.player_id
where voided_at is null
order by at, match_id;
