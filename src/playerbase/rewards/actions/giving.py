"""Giving rewards: once for each key, in one grant and one posting for all of a commit."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from playerbase import catalog, inventory, ledger, profiles
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.outbox import emit
from playerbase.rewards import store
from playerbase.rewards.actions.opening import open_parts
from playerbase.rewards.actions.reading import as_given, encoded
from playerbase.rewards.events import RewardGiven
from playerbase.rewards.model import Contents, Gift, Given, Part, TakenAmount

SCOPE = "rewards"
GIFTS_MAX = 1_000  # In one call: some tenths of a second.
# Who gives, as the inventory tells sources apart; all others are grants.
SOURCES = {
    "battle_pass": inventory.Source.BATTLE_PASS, "battlepass": inventory.Source.BATTLE_PASS,
    "drops": inventory.Source.DROP,
}  # fmt: skip

_given = metrics.Counter("rewards_given", "Rewards given, by who gave them.", ["source"])
_withheld = metrics.Counter("rewards_withheld", "Rewards of which the ledger did not take what it counts.", ["code"])


class Opened(msgspec.Struct, frozen=True):
    """A gift under its id, with what its parts come down to."""

    gift_id: UUID
    gift: Gift
    contents: Contents
    transaction_id: UUID | None


async def give(tx: Tx, gifts: Sequence[Gift]) -> list[Given]:
    """Give these, each once for good; answers what was given in the order asked, known ones as they were.

    Late in a transaction: owners in the inventory are held, and the ledger is posted to, last of all. What the ledger
    does not take (a locked account) is withheld and waits for an operator; everything else of the gift is given, and
    so are all others. Raises RewardUnknown, RewardNotGivable, RewardTooLarge: ``check`` finds those beforehand.
    """
    assert len(gifts) <= GIFTS_MAX
    if not gifts:
        return []
    opened = await _opened(tx, list({each.key: each for each in reversed(gifts)}.values()))
    await inventory.hold(tx, [each.gift.player_id for each in opened if each.contents.items or each.contents.titles])
    now = clock.now()
    claimed = set(await store.claim(tx, [_row(each) for each in opened], now))
    mine = [each for each in opened if each.gift_id in claimed]
    answers: dict[str, Given] = {}
    if len(mine) < len(opened):
        keys = [each.gift.key for each in opened if each.gift_id not in claimed]
        answers = {row.key: as_given(row) for row in await store.known(tx, keys)}
    refused = await _hand_over(tx, mine) if mine else {}
    for each in mine:
        gift = each.gift
        answers[gift.key] = Given(
            each.gift_id, gift.key, gift.player_id, gift.source, gift.ref, list(gift.parts), now,
            refused.get(each.gift_id, ""), None, "", None, is_new=True,
        )  # fmt: skip
    return [answers[each.key] for each in gifts]


def posting(
    each_id: UUID, player_id: UUID, source: str, contents: Contents, transaction_id: UUID, tries: int
) -> ledger.Posting:
    """What the ledger is to take of a gift; each try under a key of its own, as a refusal stands under its key."""
    legs: list[ledger.Leg] = []
    for some in contents.counted:
        legs += (
            ledger.Leg(player_id, some.asset, some.amount),
            ledger.Leg(ledger.HOUSE, some.asset, -some.amount, ledger.Purpose.ISSUANCE),
        )
    return ledger.Posting(
        scope=SCOPE, key=f"{each_id} {tries}", kind="award", legs=tuple(legs), reason="Won", ref=str(each_id),
        rule=source, actor=f"rewards:{source}", group_id=each_id, transaction_id=transaction_id,
    )  # fmt: skip


def amounts(outcome: ledger.Posted | Refusal, player_id: UUID) -> list[TakenAmount]:
    """How much of each asset was taken by a posting, and how much is owed since."""
    if isinstance(outcome, Refusal):
        return []
    moved: dict[str, dict[str, int]] = {}
    for each in outcome.standings:
        if each.owner == player_id:
            moved.setdefault(each.asset, {})[each.purpose] = each.change
    return [
        TakenAmount(asset, -change.get(ledger.Purpose.MAIN, 0), -change.get(ledger.Purpose.DEBT, 0))
        for asset, change in sorted(moved.items())
    ]


async def _opened(tx: Tx, gifts: Sequence[Gift]) -> list[Opened]:
    """Each gift with what it comes down to, in the order of their keys: what two payers claim, both claim in this."""
    items = await catalog.items_by_code(
        tx, {part.item for gift in gifts for part in gift.parts if part.item is not None}
    )
    found: dict[tuple[Part, ...], Contents] = {}  # A thousand gifts of a reward table have a handful of contents.
    for gift in gifts:
        if gift.parts not in found:
            found[gift.parts] = open_parts(gift.parts, items)
    gift_ids, transaction_ids = ids.uuid7s(len(gifts)), ids.uuid7s(len(gifts))
    return [
        Opened(gift_id, gift, found[gift.parts], transaction_id if found[gift.parts].counted else None)
        for gift_id, transaction_id, gift in zip(
            gift_ids, transaction_ids, sorted(gifts, key=lambda gift: gift.key), strict=True
        )
    ]


def _row(each: Opened) -> store.NewGift:
    gift = each.gift
    return store.NewGift(
        each.gift_id, gift.key, gift.player_id, gift.source, gift.ref, encoded(gift.parts), encoded(each.contents),
        each.transaction_id,
    )  # fmt: skip


async def _hand_over(tx: Tx, mine: Sequence[Opened]) -> Mapping[UUID, str]:
    """Everything that these gifts hold; answers what the ledger refused, by gift."""
    await inventory.grant(
        tx,
        [
            inventory.Grant(
                player_id=each.gift.player_id, item_id=thing.item_id, quantity=thing.quantity,
                source=SOURCES.get(each.gift.source, inventory.Source.GRANT), source_ref=str(each.gift_id),
            )
            for each in mine
            for thing in each.contents.items
        ],
    )  # fmt: skip
    titles = [
        store.NewTitle(each.gift_id, each.gift.player_id, title) for each in mine for title in each.contents.titles
    ]
    if titles:
        await store.add_titles(tx, titles, clock.now())
        await profiles.award_titles(tx, [(each.player_id, each.title) for each in titles])
        await profiles.show_titles(tx, {each.player_id: each.title for each in titles})
    await emit(tx, *[_told(each) for each in mine])
    refused = await _post(tx, mine)
    after_commit(tx, lambda: _count(mine, refused))
    return refused


async def _post(tx: Tx, mine: Sequence[Opened]) -> dict[UUID, str]:
    counted = [
        (each, posting(each.gift_id, each.gift.player_id, each.gift.source, each.contents, each.transaction_id, 1))
        for each in mine
        if each.transaction_id is not None
    ]
    if not counted:
        return {}
    outcomes = await ledger.post(tx, [wanted for _, wanted in counted])
    refused = {
        each.gift_id: outcome.code
        for (each, _), outcome in zip(counted, outcomes, strict=True)
        if isinstance(outcome, Refusal)
    }
    if refused:
        await store.withhold(tx, [store.Withheld(gift_id, code) for gift_id, code in refused.items()])
    return refused


def _told(each: Opened) -> RewardGiven:
    gift = each.gift
    return RewardGiven(
        gift_id=each.gift_id, key=gift.key, player_id=gift.player_id, source=gift.source, ref=gift.ref,
        parts=list(gift.parts),
    )  # fmt: skip


def _count(mine: Sequence[Opened], refused: Mapping[UUID, str]) -> None:
    for each in mine:
        _given.labels(each.gift.source).inc()
    for code in refused.values():
        _withheld.labels(code).inc()
