"""Security: the ways in, the devices that are in, and what happened."""

from datetime import datetime
from uuid import UUID

from playerbase import access, identity
from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get
from playerbase.portal.pages.telling import lately

LINES, ROWS, DEVICES_MAX = 5, 25, 100
WAYS = {"password": "E-mail and password", "device": "A device", "server": "The game itself", "steam": "Steam",
        "epic": "Epic", "twitch": "Twitch"}  # fmt: skip


@get("/portal/security", policy=PLAYER, limit="console", page=True)
async def read_security(db: Db, request: Request, caller: Caller, rendering: Rendering, told: str = "") -> Answer:
    """All that keeps an account its owner's, on one page."""
    assert caller.player_id is not None
    lines, _ = await lately(db, caller.player_id, None, LINES)
    devices = await access.sessions(db, caller.player_id, None, DEVICES_MAX)
    return rendering.page(
        request, "portal/security.html", names=WAYS, ways=await identity.ways(db, caller.player_id), lines=lines,
        devices=sorted(devices, key=lambda each: each.session_id != caller.session_id),
        told={"ended": "That device is signed out.", "others": "All other devices are signed out."}.get(told, ""),
    )  # fmt: skip


@get("/portal/history", policy=PLAYER, limit="console", page=True)
async def read_history(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """Everything that happened to the account."""
    assert caller.player_id is not None
    scope = f"portal history {caller.subject}"
    after = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else None
    lines, further = await lately(db, caller.player_id, after, ROWS)
    following = f"/portal/history?cursor={cursors.make(further, scope=scope)}" if further else ""
    return rendering.page(
        request, "portal/history.html", lines=lines, following=following, first="/portal/history" if cursor else ""
    )
