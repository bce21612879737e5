"""What a client sends when it wants to buy, made into a wish that can be decided."""

import hashlib
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import catalog, identity, inventory
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.errors import Fault
from playerbase.kit.http import Caller, Request
from playerbase.kit.http.address import limit_subject
from playerbase.orders import rules, store
from playerbase.orders.actions.wishes import Basket, Wish

USUAL = "gems"  # What is meant where an item is sold for several currencies and none is named.

AssetCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_:-]{0,63}$", examples=["gems"])]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The item's code or id.")]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[!-~]+$")]


class ItemWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item by its code or id, and how many."""

    item: ItemName
    quantity: Quantity = 1


class Purchase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to buy, in which currency, once under this name; servers say for whom."""

    items: Annotated[list[ItemWanted], msgspec.Meta(min_length=1, max_length=50)]
    transaction_id: Name | None = None
    currency: AssetCode | None = None
    player_id: UUID | None = None


async def wish(pool: Pool, caller: Caller, request: Request, asked: Purchase, name: str) -> Wish:
    """What is wanted, of the catalog as it is now. Raises what is wrong with it."""
    player_id = _whose(caller, asked)
    async with reading(pool) as db:
        if caller.kind == "server" and not await identity.existing(db, [player_id]):
            raise identity.PlayerGone
        items, known = await catalog.items_named(db, [each.item for each in asked.items])
    for item in items:
        if caller.game is not None and item.game not in {None, caller.game}:
            raise inventory.OfAnotherGame(game=item.game)
    # Where it is not said, the catalog of the day decides, and a retry is the same wish whatever it says by then.
    currency = asked.currency or rules.common_currency(
        [{price.asset for price in item.prices} for item in items], USUAL
    )
    baskets = tuple(Basket(item, each.quantity) for item, each in zip(items, asked.items, strict=True))
    said = (asked.currency, [(basket.item.item_id, basket.quantity) for basket in baskets])
    return Wish(
        player_id=player_id, transaction_id=name, currency=currency, baskets=baskets, known=known,
        fingerprint=hashlib.sha256(msgspec.json.encode(said)).digest()[:16], buyer=caller.subject,
        address=None if caller.kind == "server" else limit_subject(request.ip), request_id=request.request_id,
    )  # fmt: skip


async def is_known(db: Db, player_id: UUID, name: str) -> bool:
    """Whether a wish of this name was decided before: sent again, it is answered as it was."""
    return bool(await store.known(db, [player_id], [name]))


def _whose(caller: Caller, asked: Purchase) -> UUID:
    if caller.kind == "server":
        if asked.player_id is None:
            raise Fault("player_id", "missing", "A server says for whom it buys")
        return asked.player_id
    assert caller.player_id is not None
    if asked.player_id not in {None, caller.player_id}:
        raise Fault("player_id", "not_yours", "Players buy for themselves")
    return caller.player_id
