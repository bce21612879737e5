"""Friends over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import profiles
from playerbase.friends import actions
from playerbase.friends.actions import Place
from playerbase.friends.model import Beside, Blocked, Friend, FriendRequest, RequestSeen, Settings
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, delete, get, post, put, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
LAST = UUID(int=2**128 - 1)


class Somebody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is meant."""

    player_id: UUID


class BlockMade(msgspec.Struct, frozen=True):
    """Somebody is blocked since then."""

    player_id: UUID
    since: datetime


@get("/friends", policy=PLAYER, limit="game")
async def list_friends(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Friend]:
    """My friends, the latest first."""
    assert caller.player_id is not None
    found = await actions.friends_of(db, caller.player_id, _place(cursors, cursor, caller, "friends"), limit + 1)
    names = await profiles.names(db, [each.player_id for each in found[:limit]])
    seen = [Friend(each.player_id, names.get(each.player_id, ""), each.at) for each in found[:limit]]
    return Listing(seen, _more(cursors, found, limit, caller, "friends"))


@get("/friends/requests", policy=PLAYER, limit="game")
async def list_friend_requests(
    db: Db, caller: Caller, cursors: Cursors, direction: Literal["incoming", "outgoing"] = "incoming",
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[RequestSeen]:  # fmt: skip
    """What I was asked and have not answered, or what I asked and nobody has; the latest first."""
    assert caller.player_id is not None
    place = _place(cursors, cursor, caller, direction)
    is_outgoing = direction == "outgoing"
    found = await actions.requests_of(db, caller.player_id, place, limit + 1, outgoing=is_outgoing)
    names = await profiles.names(db, [each.player_id for each in found[:limit]])
    seen = [
        RequestSeen(each.request_id, each.player_id, names.get(each.player_id, ""), each.at) for each in found[:limit]
    ]
    return Listing(seen, _more(cursors, found, limit, caller, direction))


@post("/friends/requests", policy=PLAYER, status=201)
async def ask_friend(tx: Tx, caller: Caller, body: Somebody) -> FriendRequest:
    """Ask somebody to be friends; if they have asked me, we are at once. Asking again changes nothing.

    Who takes no requests, and who blocks me, is 403 ``requests_not_accepted``: which of them it is, is theirs.
    """
    assert caller.player_id is not None
    return await actions.ask(tx, caller.player_id, body.player_id)


@post("/friends/requests/{request_id}/accept", policy=PLAYER)
async def accept_friend(tx: Tx, caller: Caller, request_id: UUID) -> FriendRequest:
    """Be friends with who asked."""
    assert caller.player_id is not None
    return await actions.accept(tx, caller.player_id, request_id)


@post("/friends/requests/{request_id}/decline", policy=PLAYER)
async def decline_friend(tx: Tx, caller: Caller, request_id: UUID) -> FriendRequest:
    """Not be friends with who asked; they can ask again after a while."""
    assert caller.player_id is not None
    return await actions.decline(tx, caller.player_id, request_id)


@delete("/friends/requests/{request_id}", policy=PLAYER)
async def cancel_friend_request(tx: Tx, caller: Caller, request_id: UUID) -> None:
    """Take back what I asked, as long as nobody has answered."""
    assert caller.player_id is not None
    await actions.cancel(tx, caller.player_id, request_id)


@get("/friends/blocks", policy=PLAYER, limit="game")
async def list_blocks(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Blocked]:
    """Whom I block, the latest first."""
    assert caller.player_id is not None
    found = await actions.blocks_of(db, caller.player_id, _place(cursors, cursor, caller, "blocks"), limit + 1)
    names = await profiles.names(db, [each.player_id for each in found[:limit]])
    seen = [Blocked(each.player_id, names.get(each.player_id, ""), each.at) for each in found[:limit]]
    return Listing(seen, _more(cursors, found, limit, caller, "blocks"))


@post("/friends/blocks", policy=PLAYER)
async def block_player(tx: Tx, caller: Caller, body: Somebody) -> BlockMade:
    """Have nothing to do with somebody: friendship and requests between us end, and they cannot ask me again."""
    assert caller.player_id is not None
    since = await actions.block(tx, caller.player_id, body.player_id)
    return BlockMade(body.player_id, since)


@delete("/friends/blocks", policy=PLAYER)
@delete("/friends/blocks/{player_id}", policy=PLAYER)
async def unblock_player(tx: Tx, caller: Caller, player_id: UUID) -> None:
    """Block somebody no more; what was between us before does not come back."""
    assert caller.player_id is not None
    await actions.unblock(tx, caller.player_id, player_id)


@delete("/friends/{player_id}", policy=PLAYER)
async def remove_friend(tx: Tx, caller: Caller, player_id: UUID) -> None:
    """Be friends no more."""
    assert caller.player_id is not None
    await actions.remove(tx, caller.player_id, player_id)


@get("/admin/friends/settings", policy=staff("operations.read"), limit="console")
async def read_friends_settings(db: Db) -> Settings:
    """How many friends, requests and blocks there may be, and how long requests stand."""
    return await actions.settings(db)


@put("/admin/friends/settings", policy=staff("operations.write"), limit="console")
async def set_friends_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Decide how many friends, requests and blocks there may be; those there are stay."""
    return await actions.decide(tx, request, body)


def _place(cursors: Cursors, cursor: str | None, caller: Caller, what: str) -> Place:
    if cursor:
        return cursors.read(cursor, tuple[datetime, UUID], scope=f"{what} {caller.subject}")
    return clock.now() + timedelta(days=1), LAST


def _more(cursors: Cursors, found: list[Beside], limit: int, caller: Caller, what: str) -> str | None:
    if len(found) <= limit:
        return None
    return cursors.make((found[limit - 1].at, found[limit - 1].player_id), scope=f"{what} {caller.subject}")
