"""Scores that wait for a person: what was claimed, why it is doubted, and the decision."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import audit, profiles
from playerbase.boards import actions, store
from playerbase.boards.model import Action, NoSuchSubmission
from playerbase.boards.pages.listing import HERE, JUDGE, READ
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect

CLAIMS = f"{HERE}/claims"
ROWS = 50
ACTIONS_SHOWN = 200
FIRST = UUID(int=0)
STATES = {"waiting": "Waiting", "accepted": "Accepted", "rejected": "Rejected"}
State = Literal["waiting", "accepted", "rejected"]
Decision = Annotated[str, msgspec.Meta(pattern="^(accept|reject)$")]
_reasons = msgspec.json.Decoder(list[str])
_actions = msgspec.json.Decoder(list[Action])


class Ruling(msgspec.Struct, frozen=True):
    """A decision, and why."""

    decision: Decision
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(CLAIMS, policy=READ, limit="console", page=True)
async def list_claims(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, state: State = "waiting",
    cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Claims in one state, the oldest first."""
    scope = f"boards claims {state} {caller.subject}"
    after = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else FIRST
    found = await store.submissions(db, state, after, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        more = cursors.make((shown[-1].submission_id,), scope=scope)
        following = f"{CLAIMS}?{urlencode({'state': state, 'cursor': more})}"
    return rendering.page(
        request, "boards/claims.html", claims=shown, state=state, states=STATES, following=following,
        first=f"{CLAIMS}?state={state}" if cursor else "", reasons=lambda each: _reasons.decode(each.reasons),
        names=await profiles.names(db, [each.player_id for each in shown]),
        told={"accepted": "Accepted: it counts.", "rejected": "Rejected: it does not count."}.get(told, ""),
    )  # fmt: skip


@get(f"{CLAIMS}/{{submission_id}}", policy=READ, limit="console", page=True)
async def read_claim(db: Db, request: Request, rendering: Rendering, submission_id: UUID) -> Answer:
    """One claim: what was done, and what speaks against it."""
    claim = await store.submission(db, submission_id)
    if claim is None:
        raise NoSuchSubmission
    done = _actions.decode(claim.actions)
    return rendering.page(
        request, "boards/claim.html", claim=claim, reasons=_reasons.decode(claim.reasons),
        done=done[:ACTIONS_SHOWN], count=len(done),
        name=(await profiles.names(db, [claim.player_id])).get(claim.player_id, "Somebody"),
    )  # fmt: skip


@post(f"{CLAIMS}/{{submission_id}}", policy=JUDGE, limit="console", page=True)
async def decide(tx: Tx, request: Request, caller: Caller, submission_id: UUID, form: Ruling) -> Answer:
    """Accept a claim, or reject it."""
    found = await actions.decide(
        tx, submission_id, accept=form.decision == "accept", by=caller.subject, reason=form.reason
    )
    await audit.record(
        tx,
        audit.deed(
            request, f"board_submission_{found.state}", "submission", submission_id, player_id=found.player_id,
            reason=form.reason,
        ),
    )  # fmt: skip
    return redirect(f"{CLAIMS}?told={found.state}")
