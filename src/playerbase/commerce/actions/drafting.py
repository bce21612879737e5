"""Orders as they are first written: what is sold, as it is at this moment."""

import hashlib
from uuid import UUID, uuid4

import msgspec

from playerbase import catalog
from playerbase.commerce.actions import giving, wiring
from playerbase.commerce.model import Evidence, NewOrder, Platform, State
from playerbase.commerce.rules import money
from playerbase.kit import clock, ids
from playerbase.kit.db import Db

RECEIPT = b"receipt"


async def of_evidence(db: Db, item: catalog.Item, evidence: Evidence, player_id: UUID) -> NewOrder:
    """The order that a paid purchase becomes."""
    order_id = ids.uuid7()
    account = evidence.account
    return NewOrder(
        order_id=order_id, number=new_number(), player_id=player_id, platform=evidence.platform,
        environment=evidence.environment, sku=evidence.sku, item_id=item.item_id, item_code=item.code,
        item_name=item.name, item_version=item.version, quantity=evidence.quantity, amount=evidence.amount,
        currency=evidence.currency, contents=await _contents(db, item), state=State.UNKNOWN, step="", fault="",
        look_at=clock.now(),
        account=None if account is None else wiring.seal_account(wiring.keys(), order_id, account),
        client_key=None, fingerprint=RECEIPT,
    )  # fmt: skip


async def of_checkout(
    db: Db, item: catalog.Item, sku: catalog.Sku, quantity: int, player_id: UUID, account: str, key: str | None
) -> NewOrder:
    """An order for Steam, before Steam hears of it."""
    order_id = ids.uuid7()
    return NewOrder(
        order_id=order_id, number=new_number(), player_id=player_id, platform=Platform.STEAM,
        environment=wiring.environment(Platform.STEAM), sku=sku.sku, item_id=item.item_id, item_code=item.code,
        item_name=item.name, item_version=item.version, quantity=quantity,
        amount=money.hundredths(sku.amount, sku.currency) * quantity, currency=sku.currency,
        contents=await _contents(db, item), state=State.STARTED, step="init", fault="", look_at=None,
        account=wiring.seal_account(wiring.keys(), order_id, account), client_key=key,
        fingerprint=fingerprint(sku.sku, quantity),
    )  # fmt: skip


def fingerprint(sku: str, quantity: int) -> bytes:
    """What is the same for two checkouts that want the same."""
    return hashlib.sha256(msgspec.json.encode((sku, quantity))).digest()[:16]


def new_number() -> int:
    """A number for an order, by which nobody can guess another or count them: 59 bits of it are drawn."""
    return uuid4().int >> 65


async def _contents(db: Db, item: catalog.Item) -> str:
    items = await catalog.items_by_code(db, [item.code])
    return msgspec.json.encode(giving.contents_of(item, items)).decode()
