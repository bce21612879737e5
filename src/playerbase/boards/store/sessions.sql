-- open_session
insert into boards.sessions (digest, run_id, player_id, rule_version, opened_at, expires_at, opened_by)
values (:digest, :run_id, :player_id, :rule_version, :opened_at, :expires_at, :opened_by);

-- lock_sessions
-- In one order, so that two batches cannot deadlock.
select digest, run_id, player_id, rule_version, opened_at, expires_at, fingerprint, verdict
from boards.sessions
where digest = any(:digests)
order by digest
for update;

-- spend_sessions
update boards.sessions as session
set fingerprint = spent.fingerprint, verdict = spent.verdict
from unnest(:digests::bytea[], :fingerprints::bytea[], :verdicts::text[]) as spent(digest, fingerprint, verdict)
where session.digest = spent.digest;

-- forget_sessions
delete from boards.sessions
where digest in (select digest from boards.sessions where expires_at < :before order by expires_at limit :count)
returning digest;

-- put_submissions
insert into boards.submissions (submission_id, run_id, player_id, score, submitted_at, reasons, actions, proof, state)
select submission_id, run_id, player_id, score, submitted_at, reasons, actions, proof, 'waiting'
from unnest(
    :waiting.submission_id::uuid[], :waiting.run_id::uuid[], :waiting.player_id::uuid[], :waiting.score::bigint[],
    :waiting.submitted_at::timestamptz[], :waiting.reasons::json[], :waiting.actions::json[], :waiting.proof::text[]
) as new(submission_id, run_id, player_id, score, submitted_at, reasons, actions, proof);

-- lock_submission
select submission_id, submission.run_id, player_id, score, submitted_at, reasons, actions, proof, state, decided_by,
    decided_at, reason, board.game, board.code, board.name
from boards.submissions as submission join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where submission_id = :submission_id
for update of submission;

-- submission
select submission_id, submission.run_id, player_id, score, submitted_at, reasons, actions, proof, state, decided_by,
    decided_at, reason, board.game, board.code, board.name
from boards.submissions as submission join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where submission_id = :submission_id;

-- decide
update boards.submissions
set state = :state, decided_by = :decided_by, decided_at = :now, reason = :reason
where submission_id = :submission_id;

-- submissions
-- Oldest first while they wait, so that nobody is forgotten; else latest first.
select submission_id, submission.run_id, player_id, score, submitted_at, reasons, '[]'::json, proof, state, decided_by,
    decided_at, reason, board.game, board.code, board.name
from boards.submissions as submission join boards.runs as run using (run_id) join boards.boards as board using (board_id)
where state = :state and submission_id > :after
order by submission_id
limit :count;

-- waiting
select count(*), min(submitted_at) from boards.submissions where state = 'waiting';
