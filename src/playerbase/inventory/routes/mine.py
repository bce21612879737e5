"""What players have, and using it up."""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import catalog, identity
from playerbase.inventory import actions
from playerbase.inventory.actions import Consumed, Consuming, Consumptions, Marks
from playerbase.inventory.model import QUANTITY_MAX, OfAnotherGame, Owned, Search, TypeWord
from playerbase.kit.db import Db, Kept, Key, Pool, reading
from playerbase.kit.errors import Fault, Invalid
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Listing, Request, get, post, server, staff
from playerbase.kit.redis import Cache

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Rows = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
SlotWord = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,31}$", examples=["weapon_skin"])]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The item's code or id.")]
LAST = UUID(int=2**128 - 1)


class Using(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many to use up, once under a transaction_id (or Idempotency-Key); servers name the player."""

    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1
    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[!-~]+$")] | None = None
    player_id: UUID | None = None
    reason: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class ConsumptionSeen(msgspec.Struct, frozen=True):
    """Something that was used up, and how many were left."""

    consumption_id: UUID
    item_id: UUID
    item: str
    quantity: int
    remaining: int
    effect: str
    reason: str
    by: str
    at: datetime


class TransactionIdMissing(Invalid):
    """Say under which name this is done once: in transaction_id, or as Idempotency-Key."""

    status = 400


@get("/me/inventory", policy=PLAYER, limit="game")
@get("/user/inventory", policy=PLAYER, limit="game")
@get("/player/entitlements", policy=PLAYER, limit="game")
async def my_inventory(
    pool: Pool, cache: Cache, marks: Marks, caller: Caller, cursors: Cursors, game: Slug | None = None,
    type_: TypeWord | None = None, slot: SlotWord | None = None,
    equipped: bool | None = None,  # noqa: FBT001 - a parameter of the query
    q: Text | None = None,
    limit: Limit = 50, cursor: Cursor | None = None,
) -> Listing[Owned] | Answer:  # fmt: skip
    """What you have: stacks by their code, then things newest first; right the moment something is bought or worn."""
    assert caller.player_id is not None
    search = Search(game=game, type=type_, slot=slot, equipped=equipped, q=q)
    return await _page(pool, cache, marks, caller, cursors, caller.player_id, search, limit, cursor)


@get(
    "/players/{player_id}/inventory", policy=server("inventory:read") | staff("inventory.read"), limit="game"
)  # fmt: skip
async def inventory_of_player(
    pool: Pool, cache: Cache, marks: Marks, caller: Caller, cursors: Cursors, player_id: UUID, game: Slug | None = None,
    type_: TypeWord | None = None, slot: SlotWord | None = None,
    equipped: bool | None = None,  # noqa: FBT001 - a parameter of the query
    q: Text | None = None,
    limit: Limit = 50, cursor: Cursor | None = None,
) -> Listing[Owned] | Answer:  # fmt: skip
    """What a player has; for game servers and staff."""
    search = Search(game=game, type=type_, slot=slot, equipped=equipped, q=q)
    return await _page(pool, cache, marks, caller, cursors, player_id, search, limit, cursor)


@post("/inventory/{item}/consume", policy=PLAYER | server("inventory:write"), limit="game")
async def consume_item(
    pool: Pool,
    consumptions: Consumptions,
    caller: Caller,
    request: Request,
    key: Key | None,
    item: ItemName,
    body: Using,
) -> Consumed | Kept:
    """Use up some of an item, once under its key: never more than there is, however many ask at the same moment."""
    name = body.transaction_id or (key.key if key is not None else None)
    if name is None:
        raise TransactionIdMissing
    player_id = _whose(caller, body)
    async with reading(pool) as db:
        if caller.kind == "server" and not await identity.existing(db, [player_id]):
            raise identity.PlayerGone
        wanted = await catalog.item(db, item)
    if caller.game is not None and wanted.game not in {None, caller.game}:
        raise OfAnotherGame(game=wanted.game)
    refusal = actions.refusal_to_use(wanted, is_server=caller.kind == "server")
    if refusal is not None:
        raise refusal
    said = (wanted.item_id, body.quantity, player_id, body.reason)
    fingerprint = hashlib.sha256(msgspec.json.encode(said)).digest()[:16]
    wish = Consuming(
        player_id=player_id, item=wanted, quantity=body.quantity, scope=caller.subject, key=name,
        fingerprint=fingerprint, by=caller.subject, reason=body.reason, request_id=request.request_id,
    )  # fmt: skip
    # Kept with its refusals: what was refused once must not succeed by luck when it is sent again.
    return await consumptions.put_once(wish, Key(f"{caller.subject} inventory_consume", name, fingerprint))


@get("/me/inventory/consumptions", policy=PLAYER, limit="game")
async def my_consumptions(
    db: Db, caller: Caller, cursors: Cursors, limit: Rows = 20, cursor: Cursor | None = None
) -> Listing[ConsumptionSeen]:
    """What you used up, latest first."""
    assert caller.player_id is not None
    scope = f"consumptions {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await actions.consumptions_of(db, caller.player_id, before, limit + 1)
    items = await catalog.items_by_id(db, {row.item_id for row in rows})
    seen = [
        ConsumptionSeen(
            row.consumption_id, row.item_id, items[row.item_id].code, row.quantity, row.remaining, row.effect,
            row.reason, row.by, row.at,
        )
        for row in rows[:limit]
    ]  # fmt: skip
    return Listing(seen, cursors.make((rows[limit - 1].consumption_id,), scope=scope) if rows[limit:] else None)


async def _page(
    pool: Pool, cache: Cache, marks: Marks, caller: Caller, cursors: Cursors, player_id: UUID, search: Search,
    limit: int, cursor: str | None,
) -> Answer:  # fmt: skip
    after = cursors.read(cursor, tuple[str, str], scope=_scope(player_id, search, caller)) if cursor else None
    found, place = await actions.things(pool, cache, marks, player_id, search, after, limit)
    if place is None:
        return Answer(found)
    more = cursors.make(place, scope=_scope(player_id, search, caller))
    return Answer(b'{"items":%s,"next_cursor":"%s"}' % (found, more.encode()))


def _scope(player_id: UUID, search: Search, caller: Caller) -> str:
    return f"inventory {player_id} {search} {caller.subject}"


def _whose(caller: Caller, body: Using) -> UUID:
    if caller.kind == "server":
        if body.player_id is None:
            raise Fault("player_id", "missing", "A server says whose it is")
        return body.player_id
    assert caller.player_id is not None
    if body.player_id not in {None, caller.player_id}:
        raise Fault("player_id", "not_yours", "Players use up their own things")
    return caller.player_id
