"""Matches over HTTP."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.kit import tracing
from playerbase.kit.db import Db, Kept, Key, Tx
from playerbase.kit.http import PLAYER, Caller, Request, get, post, server, staff
from playerbase.matches import actions
from playerbase.matches.actions import Intake, Reports
from playerbase.matches.model import Match, Report


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


@post("/matches", policy=server("matches:write"), limit="game", status=201)
async def report_match(caller: Caller, reports: Reports, key: Key | None, body: Report) -> Match | Kept:
    """Report a match that was played, once.

    The match id makes a retry harmless: the same report gets the same answer, one with other content is refused with
    409 and the first stands. Both ratings move within a second.
    """
    intake = Intake(body, caller.subject, caller.game, tracing.current())
    return await (reports.put(intake) if key is None else reports.put_once(intake, key))


@get("/matches/{match_id}", policy=PLAYER | server("matches:read") | staff("matches.read"))
async def read_match(db: Db, caller: Caller, match_id: UUID) -> Match:
    """A match: for those who played in it, their game's servers, and staff."""
    player_id = None if "matches.read" in caller.permissions else caller.player_id
    return await actions.match_seen_by(db, match_id, player_id, caller.game)


@post("/admin/matches/{match_id}/void", policy=staff("matches.write"))
async def void_match(tx: Tx, request: Request, match_id: UUID, body: Reason) -> Match:
    """Declare a match void: what it caused is taken back, once."""
    match = await actions.void(tx, match_id, body.reason)
    await audit.record(tx, audit.deed(request, "match_voided", "match", str(match_id), reason=body.reason))
    return match
