"""What is counted of postings, and what of the ledger is read for who scrapes."""

from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from playerbase import identity, ledger
from playerbase.kit.db import Pool, transaction
from playerbase.ledger import actions
from tests.ledger.conftest import clawing, moving
from tests.ledger.test_routes import Bank, bank
from tests.platform.test_metrics import figure

__all__ = ["bank"]  # A fixture is known where it is imported.


class Undone(Exception):
    """The transaction shall not commit."""


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{name}_total", labels) or 0.0


async def test_a_posting_is_counted_once_it_is_committed(pool: Pool) -> None:
    async with transaction(pool) as tx:
        player: UUID = await identity.create(tx)
    before = {outcome: counted("ledger_postings", kind="earn", outcome=outcome) for outcome in ("posted", "replayed")}
    refused = counted("ledger_refusals", code="insufficient_funds")
    earning = moving("earn", player, 5)
    for _ in range(2):
        async with transaction(pool) as tx:
            await ledger.post(tx, [earning, moving("spend", player, 6)])
    assert counted("ledger_postings", kind="earn", outcome="posted") == before["posted"] + 1
    assert counted("ledger_postings", kind="earn", outcome="replayed") == before["replayed"] + 1
    assert counted("ledger_refusals", code="insufficient_funds") == refused + 2
    with pytest.raises(Undone):
        await _undone(pool, player)
    assert counted("ledger_postings", kind="earn", outcome="posted") == before["posted"] + 1


async def _undone(pool: Pool, player: UUID) -> None:
    async with transaction(pool) as tx:
        await ledger.post(tx, [moving("earn", player, 5)])
        raise Undone


async def test_months_and_debts_are_read_for_who_scrapes(bank: Bank) -> None:
    api = bank.people.api
    assert await figure(api, "ledger_months_ahead") == 6
    await bank.move("earn", 30)
    async with transaction(api.site.pool) as tx:
        await ledger.post(tx, [clawing(bank.player.player_id, 100)])
        assert (await actions.debts(tx))["coins"] == 70
    assert await figure(api, 'ledger_debt{asset="coins"}') == 70
