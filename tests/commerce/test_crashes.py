"""A connection that dies at any statement of giving or taking back leaves nothing, and the next try does it once."""

from itertools import count
from typing import cast
from uuid import UUID

import pytest

from playerbase.commerce.actions import believing, drafting, granting, refunding
from playerbase.commerce.model import Environment, Evidence, NewOrder, Order, Platform, RefundKind, Told
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.errors import Unavailable
from tests.commerce.counters import CHEST, Counter
from tests.ledger.test_crashes import Mortal as OfLedger

STATE = """
    select (select count(*) from commerce.orders), (select count(*) from commerce.receipts),
        (select count(*) from commerce.refunds where state = 'applied'), (select count(*) from inventory.entitlements),
        (select count(*) from inventory.entitlements where state = 'active'),
        (select count(*) from ledger.transactions), (select count(*) from ledger.entries),
        (select count(*) from kit.events where topic not like 'player.%'), (select count(*) from kit.jobs),
        (select json_agg(balance order by account_id)::text from ledger.balances as balance)
"""


class Mortal(OfLedger):
    """The same for whoever hangs something onto the commit as well."""

    def __hash__(self) -> int:
        return hash(self.tx)

    def __eq__(self, other: object) -> bool:
        return other is self or other == self.tx


async def wanted(pool: Pool, player_id: UUID, ref: str) -> tuple[Evidence, NewOrder]:
    evidence = Evidence(
        platform=Platform.GOOGLE, ref=ref, sku=CHEST["google"], environment=Environment.PRODUCTION
    )  # fmt: skip
    async with reading(pool) as db:
        item, evidence = await believing.sold(db, evidence)
        return evidence, await drafting.of_evidence(db, item, evidence, player_id)


@pytest.mark.parametrize("after", [False, True])
async def test_dying_at_any_statement_of_giving(counter: Counter, *, after: bool) -> None:
    ada = await counter.player()
    evidence, order = await wanted(counter.pool, ada.player_id, "first")
    async with transaction(counter.pool) as tx:
        await granting.grant_new(tx, evidence, order)  # Whatever is made once is there from now on.
    died = 0
    for dies_at in count(1):
        evidence, order = await wanted(counter.pool, ada.player_id, f"ref {dies_at}")
        before = await counter.pool.fetch(STATE)
        try:
            async with transaction(counter.pool) as tx:
                await granting.grant_new(cast("Tx", Mortal(tx, dies_at, after=after)), evidence, order)
        except Unavailable:
            died += 1
        else:
            break
        assert await counter.pool.fetch(STATE) == before, dies_at
        for _ in range(2):
            async with transaction(counter.pool) as tx:
                given = await granting.grant_new(tx, evidence, order)
        assert isinstance(given, Order)
    assert died > 10
    given_in_all = died + 2
    assert await counter.wallet(ada) == (200 * given_in_all, 0)
    assert await counter.wallet(ada, "item:potion") == (5 * given_in_all, 0)


@pytest.mark.parametrize("after", [False, True])
async def test_dying_at_any_statement_of_taking_back(counter: Counter, *, after: bool) -> None:
    ada = await counter.player()
    died = 0
    for dies_at in count(1):
        ref = f"ref {dies_at}"
        evidence, order = await wanted(counter.pool, ada.player_id, ref)
        async with transaction(counter.pool) as tx:
            await granting.grant_new(tx, evidence, order)
        told = Told(platform=Platform.GOOGLE, ref=ref, part="refund", kind=RefundKind.REFUND, source="test")
        before = await counter.pool.fetch(STATE)
        try:
            async with transaction(counter.pool) as tx:
                await refunding.apply_refund(cast("Tx", Mortal(tx, dies_at, after=after)), told)
        except Unavailable:
            died += 1
        else:
            break
        assert await counter.pool.fetch(STATE) == before, dies_at
        for outcome in ("applied", "known"):
            async with transaction(counter.pool) as tx:
                assert await refunding.apply_refund(tx, told) == outcome
    assert died > 10
    assert await counter.wallet(ada) == (0, 0)
    assert await counter.things(ada) == []
