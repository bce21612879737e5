"""Operations over HTTP: what the console's pages do, for scripts."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.console import actions
from playerbase.console.model import Done, JobShape, LetterShape, Reasoned
from playerbase.kit import jobs, outbox
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, staff

Handler = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
EventNumber = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
LetterState = Annotated[str, msgspec.Meta(pattern="^(dead|retry|held)?$")]
JobState = Annotated[str, msgspec.Meta(pattern="^(dead|running|ready|done)?$")]


@get("/admin/letters", policy=staff("operations.read"), limit="console")
async def list_letters(
    db: Db, caller: Caller, cursors: Cursors, state: LetterState = "", cursor: str = "", limit: Limit = 20
) -> Listing[LetterShape]:
    """Deliveries that failed and those held back behind them; state is dead, retry, held or all."""
    scope = f"letters {state} {caller.subject}"
    after = cursors.read(cursor, tuple[str, int], scope=scope) if cursor else ("", 0)
    found = await outbox.letters(db, state=state, after=after, count=limit + 1)
    following = cursors.make((found[limit - 1].handler, found[limit - 1].event), scope=scope) if found[limit:] else None
    return Listing([_letter(each) for each in found[:limit]], following)


@post("/admin/letters/{handler}/{event}/replay", policy=staff("operations.write"), limit="console")
async def replay_letter(tx: Tx, request: Request, handler: Handler, event: EventNumber, body: Reasoned) -> Done:
    """Give a letter all its attempts anew, beginning now."""
    await actions.replay_letter(tx, request, handler, event, body.reason)
    return Done("replayed")


@post("/admin/letters/{handler}/{event}/discard", policy=staff("operations.write"), limit="console")
async def discard_letter(tx: Tx, request: Request, handler: Handler, event: EventNumber, body: Reasoned) -> Done:
    """Let a letter go without effect; what was held behind it flows."""
    await actions.discard_letter(tx, request, handler, event, body.reason)
    return Done("discarded")


@get("/admin/jobs", policy=staff("operations.read"), limit="console")
async def list_jobs(
    db: Db, caller: Caller, cursors: Cursors, state: JobState = "", cursor: str = "", limit: Limit = 20
) -> Listing[JobShape]:
    """Jobs, newest first; state is dead, running, ready, done or all."""
    scope = f"jobs {state} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await jobs.list_jobs(db, state=state, before=before, count=limit + 1)
    following = cursors.make((str(found[limit - 1].id),), scope=scope) if found[limit:] else None
    return Listing([_job(each) for each in found[:limit]], following)


@post("/admin/jobs/{job_id}/rerun", policy=staff("operations.write"), limit="console")
async def rerun_job(tx: Tx, request: Request, job_id: UUID, body: Reasoned) -> Done:
    """Give a dead job its attempts anew, beginning now."""
    await actions.rerun_job(tx, request, job_id, body.reason)
    return Done("rerun")


@post("/admin/jobs/{job_id}/discard", policy=staff("operations.write"), limit="console")
async def discard_job(tx: Tx, request: Request, job_id: UUID, body: Reasoned) -> Done:
    """Let a job go that is not running."""
    await actions.discard_job(tx, request, job_id, body.reason)
    return Done("discarded")


def _letter(letter: outbox.Letter) -> LetterShape:
    return LetterShape(
        letter.handler, letter.event, letter.state, letter.keys, letter.attempts, letter.fault, letter.topic,
        msgspec.Raw(letter.body.encode()), letter.due_at, letter.opened_at, letter.told_at,
    )  # fmt: skip


def _job(job: jobs.Queued) -> JobShape:
    return JobShape(
        job.id, job.name, msgspec.Raw(job.args.encode()), job.lane, job.state, job.attempts, job.fault, job.run_at,
        job.made_at, job.ended_at,
    )  # fmt: skip
