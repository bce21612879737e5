"""A player's own friends: who they are, who asks, who is blocked."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import profiles
from playerbase.friends import actions
from playerbase.friends.model import (
    DeclinedLately,
    NoSuchFriendRequest,
    OnlyWithOthers,
    RequestsNotAccepted,
    TheyHaveTooManyFriends,
    TooManyBlocks,
    TooManyFriends,
    TooManyRequestsOpen,
    YouBlockThem,
)
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, get, post, redirect

HERE = "/portal/friends"
ROWS = 50
LAST = UUID(int=2**128 - 1)
KNOWN = (
    DeclinedLately, NoSuchFriendRequest, OnlyWithOthers, RequestsNotAccepted, TheyHaveTooManyFriends, TooManyBlocks,
    TooManyFriends, TooManyRequestsOpen, YouBlockThem, profiles.NoSuchProfile,
)  # fmt: skip
FAULTS = {refusal.code: refusal.title() for refusal in KNOWN} | {"code": "That is no friend code: copy it whole."}
TOLD = {
    "ask": "Asked. They see it at once.", "friends": "You are friends now.", "accept": "You are friends now.",
    "decline": "Declined.", "cancel": "Taken back.", "remove": "You are friends no more.",
    "block": "Blocked. They are not told.", "unblock": "Not blocked any more.",
}  # fmt: skip


class Wanted(msgspec.Struct, frozen=True):
    """What the form sends: what to do, and with whom, or about which request."""

    act: Literal["ask", "accept", "decline", "cancel", "remove", "block", "unblock"]
    who: Annotated[str, msgspec.Meta(max_length=40)] = ""


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_friends(
    db: Db, request: Request, caller: Caller, rendering: Rendering, told: str = "", fault: str = ""
) -> Answer:
    """Your friends, who asks you, whom you asked, and whom you block; the latest of each."""
    assert caller.player_id is not None
    me, top = caller.player_id, (clock.now() + timedelta(days=1), LAST)
    found = {
        "friends": await actions.friends_of(db, me, top, ROWS),
        "incoming": await actions.requests_of(db, me, top, ROWS, outgoing=False),
        "outgoing": await actions.requests_of(db, me, top, ROWS, outgoing=True),
        "blocks": await actions.blocks_of(db, me, top, ROWS),
    }
    names = await profiles.names(db, sorted({each.player_id for some in found.values() for each in some}))
    return rendering.page(
        request, "friends/mine.html", found=found, names=names, tally=await actions.tally(db, me), me=me,
        told=TOLD.get(told, ""), fault=FAULTS.get(fault, ""),
    )  # fmt: skip


@post(HERE, policy=PLAYER, limit="console", page=True)
async def change_friends(tx: Tx, caller: Caller, form: Wanted) -> Answer:
    """Ask, answer, take back, part or block."""
    assert caller.player_id is not None
    try:
        whom = UUID(form.who.strip())
    except ValueError:
        return redirect(f"{HERE}?fault=code")
    told: str = form.act
    savepoint = tx.transaction()
    await savepoint.start()
    try:
        if form.act == "ask":
            asked = await actions.ask(tx, caller.player_id, whom)
            told = "friends" if asked.state == "friends" else "ask"
        else:
            await getattr(actions, form.act)(tx, caller.player_id, whom)
    except Refusal as refusal:
        await savepoint.rollback()
        return redirect(f"{HERE}?{urlencode({'fault': refusal.code})}")
    await savepoint.commit()
    return redirect(f"{HERE}?told={told}")
