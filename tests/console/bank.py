"""A ledger with something in it, for the pages to show: weeks of earnings and spendings, a debt, a hold, a lock."""

from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import msgspec

from playerbase import ledger
from playerbase.kit import clock, ids
from playerbase.kit.db import Pool, transaction
from playerbase.ledger import HOUSE, Leg, Posted, Posting, Purpose, SetAside, actions
from tests.console.house import House

WEEKS = 5
EARNED = ("Quest of the bees", "Daily bonus", "A duel won", "A reason as long as reasons may be, " * 5)
SPENT = ("A hat", "Ember Trail", "Entry to the cup")
NEW_ACCOUNT = (
    "select account_id from ledger.accounts join ledger.assets using (asset_id)"
    " where owner_id = $1 and purpose = 'main' and code = $2"
)


class Furnished(msgspec.Struct, frozen=True):
    """What there is to look at."""

    account: int
    transaction: UUID
    undone: UUID
    hold: UUID
    debtor: UUID
    fresh: UUID  # Somebody who has nothing.


async def furnish(house: House) -> Furnished:
    """Weeks of play, told in one go: the clock is moved back and forth again."""
    pool, dice = house.pool, Random(11)
    *players, fresh = house.players
    before = clock.offset()
    made: list[Posted] = []
    for day in range(7 * WEEKS, -1, -1):
        clock.set_offset(before - timedelta(days=day))
        await _put(pool, made, *[_day(dice, dice.choice(players)) for _ in range(6)])
    clock.set_offset(before)
    debtor = players[1]
    taken = (Leg(debtor, "coins", -9_000, up_to="debt"), Leg(HOUSE, "coins", 9_000, Purpose.CLAWBACK))
    hold = uuid4()
    last = clock.now() + timedelta(hours=5)
    await _put(
        pool, made, _posting("revoke", taken, "A purchase was refunded", "order:7K2M"),
        Posting(
            scope="tests", key=str(uuid4()), kind="hold", hold=SetAside(hold, players[0], "coins", 12, last),
            reason="Waiting for review",
        ),
        _posting("earn", _legs(players[0], "coins", 250, Purpose.ISSUANCE), "Quest of the wolves", "quest:9"),
    )  # fmt: skip
    earned = made[-1].transaction_id
    async with transaction(pool) as tx:
        named = actions.Named("tests", str(uuid4()), f"staff:{house.players[2]}")
        undoing = await actions.reversing(tx, earned, named, amount=100, reason="Counted twice", on_shortfall="refuse")
    await _put(pool, made, undoing)
    await actions.add_up(pool)
    await actions.count_holders(pool)
    account = await pool.fetchval(NEW_ACCOUNT, players[0], "coins")
    return Furnished(account, earned, made[-1].transaction_id, hold, debtor, fresh)


def _day(dice: Random, player: UUID) -> Posting:
    asset, scale = dice.choice([("coins", 1), ("coins", 1), ("gems", 100), ("points", 1)])
    if dice.random() < 0.65:
        legs = _legs(player, asset, dice.randrange(20, 400) * scale, Purpose.ISSUANCE)
        return _posting("earn", legs, dice.choice(EARNED)[:200], f"quest:{dice.randrange(99)}")
    legs = _legs(player, asset, -dice.randrange(1, 60) * scale, Purpose.REVENUE)
    return _posting("spend", legs, dice.choice(SPENT), "")


def _legs(player: UUID, asset: str, amount: int, opposite: Purpose) -> tuple[Leg, ...]:
    return Leg(player, asset, amount), Leg(HOUSE, asset, -amount, opposite)


def _posting(kind: str, legs: tuple[Leg, ...], reason: str, ref: str) -> Posting:
    return Posting(
        scope="tests", key=str(uuid4()), kind=kind, legs=legs, reason=reason, ref=ref, rule=kind, actor="key:demo",
        request_id=ids.uuid7().hex,
    )  # fmt: skip


async def _put(pool: Pool, made: list[Posted], *postings: Posting) -> None:
    async with transaction(pool) as tx:
        made += [each for each in await ledger.post(tx, postings) if isinstance(each, Posted)]
