"""Buying and deciding without HTTP: wishes as a process would have them, and a member of staff who acts."""

from uuid import UUID, uuid4

from playerbase import catalog
from playerbase.kit.db import Pool, reading
from playerbase.kit.http import Caller, Request
from playerbase.orders.actions.wishes import Basket, Wish
from tests.accounts.people import Someone


async def wish(
    pool: Pool, player: UUID, *items: tuple[str, int], name: str | None = None, address: str | None = None
) -> Wish:
    """So many of these for gems, under a name."""
    async with reading(pool) as db:
        known = await catalog.items_by_code(db, [code for code, _ in items])
    said = repr(items).encode()
    return Wish(
        player_id=player, transaction_id=name or str(uuid4()), currency="gems",
        baskets=tuple(Basket(known[code], quantity) for code, quantity in items), known=known, fingerprint=said,
        buyer=f"player:{player}", address=address,
    )  # fmt: skip


def request_of(operator: Someone) -> Request:
    """As it comes to who approves, rejects, or gives back."""
    request = Request(method="POST", path="/", query_string=b"", headers={}, ip="192.0.2.1")
    request.request_id = "test"
    request.caller = Caller(
        "player", f"player:{operator.player_id}", operator.player_id, operator.session_id,
        permissions=frozenset({"orders.write"}),
    )  # fmt: skip
    return request
