"""Access over HTTP: suspensions and bans of players."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, games, identity
from playerbase.access import actions
from playerbase.access.model import GameUnknown, NotInFuture
from playerbase.identity import Ban, BanKind, Barring
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Cursors, Listing, Request, get, post, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class BarringWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a player shall not come in. The reason is told to them, the note to staff; no scope is everywhere."""

    kind: BanKind
    reason: Words
    scope: Annotated[str, msgspec.Meta(max_length=32, description="The slug of a game.")] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class LiftWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is lifted; kept with it and in the audit."""

    reason: Words


@get("/admin/players/{player_id}/bans", policy=staff("players.read"), limit="console")
async def list_bans(
    db: Db, request: Request, cursors: Cursors, player_id: UUID, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Ban]:
    """Every suspension and ban a player ever had, newest first."""
    scope = f"bans {player_id} {request.caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.bans(db, player_id, before, limit + 1)
    if not found and await identity.player(db, player_id) is None:
        raise identity.PlayerGone
    return Listing(found[:limit], cursors.make((found[limit - 1].ban_id,), scope=scope) if found[limit:] else None)


@post("/admin/players/{player_id}/bans", policy=staff("players.write"), limit="console", status=201)
async def bar_player(tx: Tx, request: Request, player_id: UUID, body: BarringWanted) -> Ban:
    """Suspend or ban a player, with a reason, a scope and an end; their sessions end with it, at once."""
    if body.scope is not None and await games.game(tx, body.scope) is None:
        raise GameUnknown("scope")
    if body.until is not None and body.until <= clock.now():
        raise NotInFuture("until")
    wanted = Barring(body.kind, body.reason, body.scope, body.note, body.until)
    return await actions.bar(tx, player_id, wanted, by=audit.deed(request, "", "player", player_id))


@post("/admin/players/{player_id}/bans/{ban_id}/lift", policy=staff("players.write"), limit="console")
async def lift_ban(tx: Tx, request: Request, player_id: UUID, ban_id: UUID, body: LiftWanted) -> Ban:
    """End a suspension or ban before its time."""
    return await actions.lift(tx, player_id, ban_id, body.reason, by=audit.deed(request, "", "player", player_id))
