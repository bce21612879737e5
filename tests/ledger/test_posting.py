"""One posting after another: what is admitted, what is refused, and that either stands under its key for good."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Tx
from playerbase.ledger import HOUSE, GiveFree, InsufficientFunds, Leg, Posted, Posting, Purpose
from playerbase.ledger.model import HoldExpired
from tests.conftest import MovingClock
from tests.ledger.conftest import capturing, clawing, holding, moving, posted, told


async def test_what_is_earned_is_there_and_can_be_spent(tx: Tx, player: UUID) -> None:
    earned, spent = await posted(tx, moving("earn", player, 100), moving("spend", player, 30))
    assert [(each.balance, each.available, each.change) for each in earned.standings] == [(100, 100, 100)]
    assert [(each.balance, each.available, each.change) for each in spent.standings] == [(70, 70, -30)]


async def test_nobody_spends_what_is_not_there(tx: Tx, player: UUID) -> None:
    outcomes = await ledger.post(
        tx, [moving("earn", player, 10), moving("spend", player, 11), moving("spend", player, 10)]
    )
    assert told(outcomes) == ["posted", "insufficient_funds", "posted"]
    assert isinstance(outcomes[1], InsufficientFunds)
    assert outcomes[1].members == {"available": 10, "required": 11}


async def test_a_key_has_one_outcome(tx: Tx, player: UUID) -> None:
    earning = moving("earn", player, 5)
    (first,) = await posted(tx, earning)
    (again,) = await posted(tx, earning)
    assert again.replayed
    assert (again.transaction_id, again.standings) == (first.transaction_id, first.standings)


async def test_a_refusal_stands_after_the_balance_is_topped_up(tx: Tx, player: UUID) -> None:
    spending = moving("spend", player, 5)
    (first,) = await ledger.post(tx, [spending])
    await posted(tx, moving("earn", player, 50))
    (again,) = await ledger.post(tx, [spending])
    assert isinstance(first, InsufficientFunds)
    assert isinstance(again, InsufficientFunds)
    assert (again.members, str(again)) == (first.members, str(first))


async def test_a_key_is_not_for_something_else(tx: Tx, player: UUID) -> None:
    earning = moving("earn", player, 5)
    await posted(tx, earning)
    other = moving("earn", player, 6, key=earning.key)
    assert told(await ledger.post(tx, [other])) == ["key_reused"]
    assert told(await ledger.post(tx, [moving("earn", player, 6, key=earning.key, scope="another")])) == ["posted"]


async def test_in_one_batch_too(tx: Tx, player: UUID) -> None:
    earning = moving("earn", player, 5)
    other = moving("earn", player, 6, key=earning.key)
    assert told(await ledger.post(tx, [earning, earning, other])) == ["posted", "replayed", "key_reused"]


@pytest.mark.parametrize("amount", [0, 2**53, 2**63, -(2**53)])
async def test_amounts_no_reader_holds_are_refused(tx: Tx, player: UUID, amount: int) -> None:
    assert told(await ledger.post(tx, [moving("earn", player, amount)])) == ["invalid_input"]


async def test_legs_that_do_not_sum_to_zero_are_refused(tx: Tx, player: UUID) -> None:
    legs = (Leg(player, "coins", 5), Leg(HOUSE, "coins", -4, Purpose.ISSUANCE))
    lone = Posting(scope="test", key="1", kind="earn", legs=legs)
    mixed = (Leg(player, "coins", 5), Leg(HOUSE, "gems", -5, Purpose.ISSUANCE))
    other = Posting(scope="test", key="2", kind="earn", legs=mixed)
    assert told(await ledger.post(tx, [lone, other])) == ["unbalanced", "unbalanced"]


async def test_strangers_and_unknown_assets_have_no_account(tx: Tx, player: UUID) -> None:
    outcomes = await ledger.post(
        tx, [moving("earn", uuid4(), 5), moving("earn", player, 5, asset="dust"), moving("earn", player, 5)]
    )
    assert told(outcomes) == ["owner_unknown", "asset_unknown", "posted"]


async def test_a_balance_has_an_end(tx: Tx, player: UUID) -> None:
    outcomes = await ledger.post(tx, [moving("earn", player, 2**53 - 1), moving("earn", player, 1)])
    assert told(outcomes) == ["posted", "balance_too_large"]


async def test_what_is_set_aside_cannot_be_spent(tx: Tx, player: UUID) -> None:
    soon = the_clock.now() + timedelta(hours=1)
    hold = uuid4()
    outcomes = await ledger.post(tx, [
        moving("earn", player, 100), holding(player, 60, soon, hold_id=hold), moving("spend", player, 41),
        holding(player, 41, soon), capturing(player, hold, 50), moving("spend", player, 40),
        capturing(player, hold, 11), capturing(player, hold, 10),
    ])  # fmt: skip
    assert told(outcomes) == [
        "posted", "posted", "insufficient_funds", "insufficient_funds", "posted", "posted", "hold_too_small", "posted",
    ]  # fmt: skip
    assert isinstance(outcomes[7], Posted)
    assert outcomes[7].standings[0].balance == 0


async def test_a_hold_that_is_over_takes_nothing(tx: Tx, player: UUID, clock: MovingClock) -> None:
    hold = uuid4()
    soon = the_clock.now() + timedelta(hours=1)
    await posted(tx, moving("earn", player, 10), holding(player, 10, soon, hold_id=hold))
    clock.forward(hours=2)
    (late,) = await ledger.post(tx, [capturing(player, hold, 10)])
    assert isinstance(late, HoldExpired), "though nobody has swept it yet"
    over = Posting(scope="test", key="over", kind="expire", hold=GiveFree(hold, player, "coins", "expired"))
    assert told(await ledger.post(tx, [over, moving("spend", player, 10)])) == ["posted", "posted"]


async def test_what_was_spent_and_is_taken_back_is_owed_and_repaid(tx: Tx, player: UUID) -> None:
    await posted(tx, moving("earn", player, 100), moving("spend", player, 70))
    (taken,) = await posted(tx, clawing(player, 100))
    assert {(each.purpose, each.balance) for each in taken.standings} == {("main", 0), ("debt", -70)}
    (earned,) = await posted(tx, moving("earn", player, 40))
    assert {(each.purpose, each.balance) for each in earned.standings} == {("main", 20), ("debt", -50)}, "half of it"
    (rest,) = await posted(tx, moving("earn", player, 200))
    assert {(each.purpose, each.balance) for each in rest.standings} == {("main", 170), ("debt", 0)}, (
        "no more than is owed"
    )


def undoing(made: Posted, posting: Posting, amount: int | None = None) -> Posting:
    legs = tuple(
        Leg(
            leg.owner, leg.asset, -leg.amount if amount is None else amount * (1 if leg.amount < 0 else -1), leg.purpose
        )
        for leg in posting.legs
    )
    return Posting(scope="test", key=str(uuid4()), kind="reversal", legs=legs, reverses=made.transaction_id)


async def test_a_transaction_is_reversed_once_and_no_more_than_it_was(tx: Tx, player: UUID) -> None:
    spending = moving("spend", player, 60)
    _, spent = await posted(tx, moving("earn", player, 100), spending)
    outcomes = await ledger.post(
        tx, [undoing(spent, spending, 20), undoing(spent, spending), undoing(spent, spending, 40)]
    )
    assert told(outcomes) == ["posted", "already_reversed", "posted"]
    assert told(await ledger.post(tx, [undoing(spent, spending, 1)])) == ["already_reversed"]
    assert told(await ledger.post(tx, [moving("spend", player, 100)])) == ["posted"]


async def test_nothing_is_reversed_that_was_not_posted(tx: Tx, player: UUID) -> None:
    spending = moving("spend", player, 60)
    made = Posted(uuid4(), ())
    assert told(await ledger.post(tx, [undoing(made, spending)])) == ["no_such_transaction"]


async def test_what_expires_first_is_spent_first_and_comes_back_as_it_was(tx: Tx, player: UUID) -> None:
    now = the_clock.now()
    spending = moving("spend", player, 15, asset="points")
    await posted(
        tx,
        moving("earn", player, 10, asset="points", expires_at=now + timedelta(days=9)),
        moving("earn", player, 10, asset="points", expires_at=now + timedelta(days=3)),
    )
    (spent,) = await posted(tx, spending)
    lots = "select remaining from ledger.lots order by expires_at"
    assert [row[0] for row in await tx.fetch(lots)] == [0, 5]
    await posted(tx, undoing(spent, spending, 12))
    assert [row[0] for row in await tx.fetch(lots)] == [10, 7]


async def test_nothing_that_was_written_is_ever_changed(tx: Tx, player: UUID) -> None:
    await posted(tx, moving("earn", player, 10))
    for change in (
        "update ledger.entries set amount = 11", "delete from ledger.transactions",
        "update ledger.blocks set count = 2", "delete from ledger.keys", "update ledger.chains set block = 0",
    ):  # fmt: skip
        savepoint = tx.transaction()
        await savepoint.start()
        with pytest.raises(Exception, match=r"append-only"):
            await tx.execute(change)
        await savepoint.rollback()


async def test_who_is_somebody_else_has_a_wallet_of_their_own(tx: Tx, player: UUID) -> None:
    other = await identity.create(tx)
    assert told(await ledger.post(tx, [moving("earn", player, 10), moving("spend", other, 1)])) == [
        "posted",
        "insufficient_funds",
    ]
