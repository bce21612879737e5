"""Jobs: work outside any request, by state; and the schedules that make it."""

from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.console import actions
from playerbase.console.model import JOB_STATES, Reason
from playerbase.console.pages.code import tokens
from playerbase.console.routes import JobState
from playerbase.kit import jobs
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect, staff

ROWS = 50
READ, WRITE = staff("operations.read"), staff("operations.write")
TOLD = {"rerun": "Queued again. A worker takes it within a second.", "discarded": "Discarded. It will not run."}


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get("/console/jobs", policy=READ, limit="console", page=True)
async def list_jobs(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: JobState = "", cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Newest first; all, or those of one state; and the schedules."""
    scope = f"jobs {state} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await jobs.list_jobs(db, state=state, before=before, count=ROWS + 1)
    shown = found[:ROWS]
    following = ""
    if found[ROWS:]:
        following = (
            f"/console/jobs?{urlencode({'state': state, 'cursor': cursors.make((str(shown[-1].id),), scope=scope)})}"
        )
    counts: dict[str, int] = {}
    for each in await jobs.tally_jobs(db):
        counts[each.state] = counts.get(each.state, 0) + each.count
    return rendering.page(
        request, "console/jobs.html", jobs=shown, state=state, states=JOB_STATES, counts=counts, following=following,
        first=f"/console/jobs?state={state}" if cursor else "", slots=await jobs.slots(db), told=TOLD.get(told, ""),
    )  # fmt: skip


@get("/console/jobs/{job_id}", policy=READ, limit="console", page=True)
async def read_job(db: Db, request: Request, rendering: Rendering, job_id: UUID) -> Answer:
    """One job: what it was asked, and how it went."""
    job = await jobs.find_job(db, job_id)
    return rendering.page(request, "console/job.html", job=job, args=tokens(job.args))


@get("/console/jobs/{job_id}/rerun", policy=WRITE, limit="console", page=True)
@get("/console/jobs/{job_id}/discard", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, rendering: Rendering, job_id: UUID) -> Answer:
    """The question before a job is rerun or discarded."""
    job = await jobs.find_job(db, job_id)
    return rendering.page(request, "console/job_ask.html", job=job, verb=request.path.rpartition("/")[2])


@post("/console/jobs/{job_id}/rerun", policy=WRITE, limit="console", page=True)
async def rerun(tx: Tx, request: Request, job_id: UUID, form: Asked) -> Answer:
    """Give it its attempts anew."""
    await actions.rerun_job(tx, request, job_id, form.reason)
    return redirect("/console/jobs?told=rerun")


@post("/console/jobs/{job_id}/discard", policy=WRITE, limit="console", page=True)
async def discard(tx: Tx, request: Request, job_id: UUID, form: Asked) -> Answer:
    """Let it go."""
    await actions.discard_job(tx, request, job_id, form.reason)
    return redirect("/console/jobs?told=discarded")
