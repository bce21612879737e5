"""What is told about deliveries to staff, to players and to modules above."""

from datetime import datetime
from uuid import UUID

from playerbase import audit
from playerbase.fulfilment.actions import settling
from playerbase.fulfilment.model import Attempt, Delivery, NoSuchDelivery, Settings, Tally
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request

LAST_ID = UUID(int=2**128 - 1)


async def of_order(db: Db, order_id: UUID) -> list[Delivery]:
    """The deliveries of an order, oldest first."""
    return await store.of_order(db, order_id)


async def of_player(db: Db, player_id: UUID, before: UUID = LAST_ID, count: int = 50) -> list[Delivery]:
    """A player's deliveries, newest first; goes on before ``delivery_id``."""
    return await store.of_player(db, player_id, before, count)


async def made_before(db: Db, player_id: UUID, before: datetime, count: int) -> list[Delivery]:
    """A player's deliveries made before a moment, latest first."""
    return await store.made_before(db, player_id, before, count)


async def page(
    db: Db, *, state: str, kind: str, waits_for: str = "", player_id: UUID | None, before: UUID, count: int
) -> list[Delivery]:
    """Deliveries, newest first; empty filters let everything pass."""
    return await store.page(db, state, kind, waits_for, player_id, before, count)


async def delivery(db: Db, delivery_id: UUID) -> tuple[Delivery, list[Attempt]]:
    """One delivery and its attempts, latest first; raises NoSuchDelivery."""
    found = await store.find(db, delivery_id)
    if found is None:
        raise NoSuchDelivery
    return found, await store.attempts(db, delivery_id)


async def tally(db: Db) -> list[Tally]:
    """What is open or failed, by kind, state and what it waits for."""
    return await store.tally(db)


async def set_settings(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide how often is tried; it holds from the next attempt on."""
    before = await settling.settings(tx)
    await store.put_settings(tx, wanted, request.caller.subject, clock.now())
    names = Settings.__struct_fields__
    await audit.record(
        tx,
        audit.deed(
            request, "fulfilment_settings_changed", "settings", "fulfilment",
            before={name: getattr(before, name) for name in names},
            after={name: getattr(wanted, name) for name in names}, reason=reason,
        ),
    )  # fmt: skip
    return wanted
