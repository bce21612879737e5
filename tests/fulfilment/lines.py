"""Players and lines of orders, for deliveries to be made of."""

from typing import Any
from uuid import UUID

from playerbase import access, identity
from playerbase.fulfilment import Address, Kind, NewDelivery, Particulars
from playerbase.fulfilment.actions.sealing import hash_code, seal_code
from playerbase.fulfilment.model.vouchers import NewCode
from playerbase.fulfilment.store import vouchers
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, Tx, transaction
from tests.conftest import SECRET

HOME = Address(name="Ada Byron", line1="12 St James's Square", city="London", postcode="SW1Y 4JH", country="GB")


async def player(tx: Tx, email: str = "", *, is_confirmed: bool = True) -> UUID:
    """A player, with a mailbox or without."""
    player_id = await identity.create(tx)
    if email:
        await access.add_password(tx, Keys.derive(SECRET), player_id, email=email, password_hash="x")
        if is_confirmed:
            await access.confirm_mailbox(tx, player_id)
    return player_id


def line(player_id: UUID, kind: Kind, *, quantity: int = 1, **data: Any) -> NewDelivery:
    """A line that is to be delivered."""
    kinds: dict[Kind, dict[str, Any]] = {
        Kind.EMAIL: {"pool": "steam-10"},
        Kind.SHOPIFY: {"variant": "44", "address": HOME},
        Kind.FUNCTIONAL: {"effect": "name_change"},
    }
    return NewDelivery(
        order_id=ids.uuid7(), line_id=ids.uuid7(), player_id=player_id, item_id=ids.uuid7(), item_code="thing",
        item_name="A thing", kind=kind, quantity=quantity, data=Particulars(**(kinds[kind] | data)),
    )  # fmt: skip


async def stock(tx: Tx, count: int, pool: str = "steam-10", *, low_at: int = 0, named: str = "CODE") -> list[str]:
    """So many codes in a pool, which is made unless it is there."""
    await vouchers.add_pool(tx, ids.uuid7(), pool, "Steam, 10 €", "Redeem it in your library.", low_at, clock.now())
    found = await vouchers.pool_coded(tx, pool)
    assert found is not None
    codes = [f"{named}-{number:04}" for number in range(count)]
    rows = []
    for code in codes:
        code_id = ids.uuid7()
        rows.append(NewCode(code_id, seal_code(code_id, code), hash_code(code)))
    await vouchers.add_codes(tx, found.pool_id, rows, clock.now())
    return codes


async def told(pool: Pool) -> list[str]:
    """The topics of what fulfilment told, in order."""
    rows = await pool.fetch("select topic from kit.events where topic like 'delivery.%' order by id")
    return [str(row["topic"]) for row in rows]


async def begun(pool: Pool, *wanted: NewDelivery) -> list[UUID]:
    """Deliveries of these lines, committed."""
    from playerbase import fulfilment  # noqa: PLC0415 - beside its only use

    async with transaction(pool) as tx:
        return [each.delivery_id for each in await fulfilment.begin(tx, list(wanted))]
