"""What an operator does to the machinery: each with a reason, each in the audit, in one transaction."""

from uuid import UUID

from playerbase import audit
from playerbase.kit import jobs, outbox
from playerbase.kit.db import Tx
from playerbase.kit.http import Request, numbers


async def replay_letter(tx: Tx, request: Request, handler: str, event: int, reason: str) -> None:
    """Give a letter all its attempts anew, beginning now; raises LetterGone, LetterHeld."""
    letter = await outbox.letter(tx, handler, event)
    await outbox.replay(tx, handler, event)
    await _note(tx, request, "letter_replayed", letter, reason)


async def discard_letter(tx: Tx, request: Request, handler: str, event: int, reason: str) -> None:
    """Let a letter go without effect, so that what was held behind it flows; raises LetterGone."""
    letter = await outbox.letter(tx, handler, event)
    await outbox.discard(tx, handler, event)
    await _note(tx, request, "letter_discarded", letter, reason)


async def rerun_job(tx: Tx, request: Request, job_id: UUID, reason: str) -> None:
    """Give a dead job its attempts anew, beginning now; raises JobDone."""
    await jobs.rerun(tx, job_id)
    deed = audit.deed(
        request, "job_rerun", "job", job_id, before={"state": "dead"}, after={"state": "ready"}, reason=reason
    )
    await audit.record(tx, deed)


async def discard_job(tx: Tx, request: Request, job_id: UUID, reason: str) -> None:
    """Let a job go that is not running; raises JobDone."""
    await jobs.discard_job(tx, job_id)
    await audit.record(tx, audit.deed(request, "job_discarded", "job", job_id, reason=reason))


async def change_limit(
    tx: Tx, request: Request, category: str, *, count: int, window_seconds: int, reason: str
) -> numbers.Number:
    """Hold callers to another number; every process follows within seconds. Raises NoSuchLimit."""
    before = (await numbers.number(tx, category)).present
    by = str(request.caller.player_id or request.caller.subject)
    after = await numbers.set_number(tx, category, count=count, window_seconds=window_seconds, reason=reason, set_by=by)
    deed = audit.deed(
        request, "limit_changed", "limit", category, reason=reason,
        before={"count": before.count, "window_seconds": before.window_seconds},
        after={"count": count, "window_seconds": window_seconds},
    )  # fmt: skip
    await audit.record(tx, deed)
    return after


async def reset_limit(tx: Tx, request: Request, category: str, reason: str) -> numbers.Number:
    """Back to the number the code gives; raises NoSuchLimit."""
    before = (await numbers.number(tx, category)).present
    after = await numbers.reset_number(tx, category)
    deed = audit.deed(
        request, "limit_reset", "limit", category, reason=reason,
        before={"count": before.count, "window_seconds": before.window_seconds},
        after={"count": after.default.count, "window_seconds": after.default.window_seconds},
    )  # fmt: skip
    await audit.record(tx, deed)
    return after


async def _note(tx: Tx, request: Request, action: str, letter: outbox.Letter, reason: str) -> None:
    before = {"state": letter.state, "attempts": letter.attempts, "topic": letter.topic}
    target = f"{letter.handler} {letter.event}"
    await audit.record(tx, audit.deed(request, action, "letter", target, before=before, reason=reason))
