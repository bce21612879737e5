"""Signing devices out."""

from uuid import UUID

from playerbase import access, accounts
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, get, post, redirect

DEVICES_MAX = 100
BACK = "/portal/security"


@get("/portal/devices/others/sign-out", policy=PLAYER, limit="console", page=True)
async def ask_others(db: Db, request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """The question before every other device is signed out."""
    assert caller.player_id is not None
    found = await access.sessions(db, caller.player_id, None, DEVICES_MAX)
    others = [each for each in found if each.session_id != caller.session_id]
    return rendering.page(request, "portal/sign_out_others.html", others=others)


@post("/portal/devices/others/sign-out", policy=PLAYER, limit="console", page=True)
async def end_others(tx: Tx, request: Request) -> Answer:
    """Sign every device out but this browser, at once."""
    await accounts.end_others(tx, request)
    return redirect(f"{BACK}?told=others")


@post("/portal/devices/{session_id}/sign-out", policy=PLAYER, limit="console", page=True)
async def end_device(tx: Tx, request: Request, session_id: UUID) -> Answer:
    """Sign one device out, at once; it may sign in again, so it is not asked twice."""
    await accounts.end_one(tx, request, session_id)
    return redirect(f"{BACK}?told=ended")
