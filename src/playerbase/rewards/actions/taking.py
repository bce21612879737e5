"""Taking gifts back, and giving again what the ledger refused."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from playerbase import inventory, ledger, profiles
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.outbox import emit
from playerbase.rewards import store
from playerbase.rewards.actions.giving import GIFTS_MAX, SCOPE, SOURCES, amounts, posting
from playerbase.rewards.actions.reading import as_given, contents_of, encoded, parts_of
from playerbase.rewards.events import RewardTakenBack
from playerbase.rewards.model import (
    Contents,
    GiftRow,
    GiftTakenBack,
    Given,
    NoSuchGift,
    NothingWithheld,
    Taken,
    TakenAmount,
    TakenItem,
)

_taken = metrics.Counter("rewards_taken_back", "Rewards taken back, by who gave them.", ["source"])


async def take_back(tx: Tx, keys: Iterable[str], *, reason: str) -> list[Given]:
    """Take back what was given under these keys, once; answers all that were ever given, earlier ones as they were.

    Things are revoked as far as they are there; amounts are taken, and what is spent is owed. A key taken back stays
    used: nothing is given under it again. Late in a transaction, as ``give``.
    """
    wanted = sorted(set(keys))
    assert len(wanted) <= GIFTS_MAX
    rows = await store.known(tx, wanted)
    holding = {row.gift_id: contents_of(row) for row in rows}
    await inventory.hold(
        tx, [row.player_id for row in rows if holding[row.gift_id].items or holding[row.gift_id].titles]
    )
    now = clock.now()
    claimed = set(await store.take(tx, wanted, reason, now)) if rows else set()
    if claimed:
        # Read again: it may have been posted at last while this waited.
        mine = [row for row in await store.known(tx, [row.key for row in rows]) if row.gift_id in claimed]
        await _take(tx, mine, holding, reason)
    answers = {row.key: as_given(row) for row in await store.known(tx, wanted)}
    return [answers[key] for key in wanted if key in answers]


async def retry(tx: Tx, gift_id: UUID) -> Given:
    """Post again what the ledger refused of a gift; raises NoSuchGift, GiftTakenBack, NothingWithheld."""
    row = await store.lock_gift(tx, gift_id)
    if row is None:
        raise NoSuchGift
    if row.taken_at is not None:
        raise GiftTakenBack
    if not row.withheld:
        raise NothingWithheld
    transaction_id = ids.uuid7()
    await store.try_again(tx, gift_id, transaction_id)
    again = posting(gift_id, row.player_id, row.source, contents_of(row), transaction_id, row.tries + 1)
    (outcome,) = await ledger.post(tx, [again])
    await store.withhold(tx, [store.Withheld(gift_id, outcome.code if isinstance(outcome, Refusal) else "")])
    found = await store.gift(tx, gift_id)
    assert found is not None
    return as_given(found)


async def _take(tx: Tx, rows: Sequence[GiftRow], holding: dict[UUID, Contents], reason: str) -> None:
    things = await _revoke(tx, rows, holding, reason)
    titles = [row for row in rows if holding[row.gift_id].titles]
    if titles:
        await store.take_titles(tx, [row.gift_id for row in titles], clock.now())
        left = {each.player_id: each.title for each in await store.last_titles(tx, [row.player_id for row in titles])}
        await profiles.show_titles(
            tx, {row.player_id: left.get(row.player_id) for row in titles},
            instead_of={row.player_id: holding[row.gift_id].titles[-1] for row in titles},
        )  # fmt: skip
        # Who was given the same title once more goes on wearing it.
        taken = {(row.player_id, title) for row in titles for title in holding[row.gift_id].titles}
        kept = {(each.player_id, each.title) for each in await store.held_titles(tx, [who for who, _ in taken])}
        await profiles.withdraw_titles(tx, sorted(taken - kept))
    await emit(tx, *[_told(row, reason) for row in rows])
    sums, refused = await _claw_back(tx, rows, holding, reason)
    # Last, but for writing down what it took.
    done = [
        store.TakenRow(
            row.gift_id,
            encoded(
                Taken(
                    things.get(row.gift_id, []), sums.get(row.gift_id, []), holding[row.gift_id].titles,
                    refused.get(row.gift_id, ""),
                )
            ),
        )
        for row in rows
    ]  # fmt: skip
    await store.note_taken(tx, done)
    after_commit(tx, lambda: _count(rows))


async def _revoke(
    tx: Tx, rows: Sequence[GiftRow], holding: dict[UUID, Contents], reason: str
) -> dict[UUID, list[TakenItem]]:
    single = [(row, each) for row in rows for each in holding[row.gift_id].items if each.asset is None]
    revoked = await inventory.revoke(
        tx,
        [
            inventory.Revocation(
                player_id=row.player_id, reason=reason, source=SOURCES.get(row.source, inventory.Source.GRANT),
                source_ref=str(row.gift_id), item_id=each.item_id,
            )
            for row, each in single
        ],
    )  # fmt: skip
    counts = {(each.entitlement.source_ref, each.entitlement.item_id): each.quantity for each in revoked}
    found: dict[UUID, list[TakenItem]] = {}
    for row, each in single:
        taken = counts.get((str(row.gift_id), each.item_id), 0)
        found.setdefault(row.gift_id, []).append(TakenItem(each.code, taken, each.quantity - taken))
    return found


async def _claw_back(
    tx: Tx, rows: Sequence[GiftRow], holding: dict[UUID, Contents], reason: str
) -> tuple[dict[UUID, list[TakenAmount]], dict[UUID, str]]:
    counted = [row for row in rows if holding[row.gift_id].counted and not row.withheld]
    if not counted:
        return {}, {}
    outcomes = await ledger.post(tx, [_clawback(row, holding[row.gift_id], reason) for row in counted])
    pairs = list(zip(counted, outcomes, strict=True))
    return (
        {row.gift_id: amounts(outcome, row.player_id) for row, outcome in pairs},
        {row.gift_id: outcome.code for row, outcome in pairs if isinstance(outcome, Refusal)},
    )


def _clawback(row: GiftRow, contents: Contents, reason: str) -> ledger.Posting:
    legs: list[ledger.Leg] = []
    for some in contents.counted:
        legs += (
            ledger.Leg(row.player_id, some.asset, -some.amount, up_to="debt"),
            ledger.Leg(ledger.HOUSE, some.asset, some.amount, ledger.Purpose.CLAWBACK),
        )
    return ledger.Posting(
        scope=SCOPE, key=f"{row.gift_id} back", kind="clawback", legs=tuple(legs), reason=reason,
        ref=str(row.gift_id), rule=row.source, actor=f"rewards:{row.source}", group_id=row.gift_id,
    )  # fmt: skip


def _told(row: GiftRow, reason: str) -> RewardTakenBack:
    return RewardTakenBack(
        gift_id=row.gift_id, key=row.key, player_id=row.player_id, source=row.source, ref=row.ref,
        parts=parts_of(row), reason=reason,
    )  # fmt: skip


def _count(rows: Sequence[GiftRow]) -> None:
    for row in rows:
        _taken.labels(row.source).inc()
