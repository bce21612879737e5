"""Buying: price, stock, maximum, velocity and balance decided over what is locked; all of an order or nothing of it.

Locks are taken in the order that holds everywhere: what players have, stocks, and last the ledger. Everything after
that is written under locks that are held already.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog, inventory, ledger
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Kept, KeyReused, Lane, Pool, Tx, after_commit, kept_refusal
from playerbase.kit.db.idempotency import is_kept
from playerbase.kit.errors import Refusal
from playerbase.orders import rules, store
from playerbase.orders.actions import counting
from playerbase.orders.actions.placing import Placement, write
from playerbase.orders.actions.postings import aside, paid
from playerbase.orders.actions.shown import all_seen, seen
from playerbase.orders.actions.wishes import Plan, Wish, plan, renewed
from playerbase.orders.model import CurrencyAmbiguous, MaximumReached, TooManyPurchases

_encode = msgspec.json.Encoder().encode
_orders = metrics.Counter("orders", "Orders, by what became of them at first.", ["state"])


class Bought(msgspec.Struct, frozen=True):
    """How a wish is answered, and which order that is."""

    answer: Kept
    order_id: UUID | None = None


class Contended(Exception):
    """An order was turned down for what another one of the same batch wanted, and that one cannot be paid."""


class Purchases(Lane[Wish, Bought]):
    """Whatever is bought at the same moment shares a commit."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.known = ledger.Known()

    async def commit(self, tx: Tx, items: list[Wish]) -> list[Bought | Refusal]:
        """What becomes of each wish."""
        return await purchase(tx, items, self.known)


async def purchase(tx: Tx, wishes: Sequence[Wish], known: ledger.Known) -> list[Bought | Refusal]:
    """What becomes of each wish, in order: bought, waiting for a review, refused, or what it was the first time.

    Refusals stand under the wish's name like orders. Raises Contended where a batch is to be tried in parts.
    """
    await inventory.hold(tx, [wish.player_id for wish in wishes])
    if not known.assets:
        await ledger.assets(tx, known)
    answers: dict[int, Bought | Refusal] = await _recalled(tx, wishes, known)
    names: dict[tuple[UUID, str], int] = {}
    fresh: list[int] = []
    for at, wish in enumerate(wishes):
        if at not in answers and names.setdefault((wish.player_id, wish.transaction_id), at) == at:
            fresh.append(at)
    refused: dict[int, Refusal] = {}
    if fresh:
        placed = await _decide(tx, {at: wishes[at] for at in fresh}, known, refused)
        lines = await write(tx, list(placed.values()))
        assets = known.assets
        for at, one in placed.items():
            made, things = lines[one.order.order_id]
            body = _encode(seen(one.order, made, things, assets))
            answers[at] = Bought(Kept(202 if one.plan.waits else 201, body), one.order.order_id)
        await _keep(tx, wishes, refused)
        answers |= {
            at: Bought(kept_refusal(refusal)) if _stands(refusal) else refusal for at, refusal in refused.items()
        }
        told = [one.order.state.value for one in placed.values()] + ["refused"] * len(refused)
        after_commit(tx, lambda: _count(told))
    for at, wish in enumerate(wishes):
        if at not in answers:  # Of two under one name in a batch the second hears what became of the first.
            answers[at] = _again(answers, wishes, names[wish.player_id, wish.transaction_id], wish)
    return [answers[at] for at in range(len(wishes))]


async def _recalled(tx: Tx, wishes: Sequence[Wish], known: ledger.Known) -> dict[int, Bought | Refusal]:
    """What became of wishes of these names before."""
    rows = await store.known(tx, [wish.player_id for wish in wishes], [wish.transaction_id for wish in wishes])
    if not rows:
        return {}
    by_name = {(row.player_id, row.transaction_id): row for row in rows}
    found = await store.orders_by_id(tx, [row.order_id for row in rows if row.order_id is not None])
    if not {order.currency for order in found} <= known.assets.keys():
        await ledger.assets(tx, known)
    bodies = {each.order_id: _encode(each) for each in await all_seen(tx, found, known.assets)}
    answers: dict[int, Bought | Refusal] = {}
    for at, wish in enumerate(wishes):
        row = by_name.get((wish.player_id, wish.transaction_id))
        if row is None:
            continue
        if row.fingerprint != wish.fingerprint:
            answers[at] = KeyReused()
        elif row.order_id is not None:
            answers[at] = Bought(Kept(200, bodies[row.order_id], replayed=True, is_exact=True), row.order_id)
        else:
            assert row.refusal is not None
            kept = msgspec.json.decode(row.refusal, type=tuple[int, msgspec.Raw])
            answers[at] = Bought(Kept(kept[0], bytes(kept[1]), replayed=True))
    return answers


async def _decide(
    tx: Tx, wishes: dict[int, Wish], known: ledger.Known, refused: dict[int, Refusal]
) -> dict[int, Placement]:
    """Lock and count what matters, let the rules decide, and have the ledger post what they let through."""
    now = clock.now()
    wishes = await renewed(tx, wishes)
    desk = await counting.desk(tx, list(wishes.values()), now)
    plans: dict[int, Plan] = {}
    for at, wish in wishes.items():
        outcome = _planned(desk, wish, now)
        if isinstance(outcome, Refusal):
            refused[at] = outcome
        else:
            plans[at] = outcome
    if not plans:
        return {}
    order_ids = ids.uuid7s(len(plans))
    postings = [
        aside(each, order_id, now, desk.review_hours) if each.waits else paid(each, order_id)
        for each, order_id in zip(plans.values(), order_ids, strict=True)
    ]
    outcomes = await ledger.post(tx, postings, known)
    placed: dict[int, Placement] = {}
    for (at, each), order_id, posting, posted in zip(plans.items(), order_ids, postings, outcomes, strict=True):
        if isinstance(posted, Refusal):
            _uncontended(each, wishes, refused, plans.values())
            refused[at] = posted
        else:
            placed[at] = Placement.of(each, order_id, posting, posted, now)
    await _take_stock(tx, [plans[at] for at in placed])
    return placed


def _planned(desk: rules.Desk, wish: Wish, now: datetime) -> Plan | Refusal:
    made = plan(wish, now)
    if isinstance(made, Refusal):
        return made
    match desk.take(made.wanted):
        case Refusal() as refusal:
            return refusal
        case rules.Short(code=code, left=left):
            return catalog.SoldOut(item=code, remaining=left)
        case signs:
            made.signs = signs
            return made


async def _take_stock(tx: Tx, plans: Sequence[Plan]) -> None:
    sold: dict[UUID, int] = {}
    for each in plans:
        for drawn in each.wanted.draws:
            sold[drawn.item_id] = sold.get(drawn.item_id, 0) + drawn.quantity
    if sold:
        await catalog.take_stock(tx, sold)


def _uncontended(
    unpaid: Plan, wishes: dict[int, Wish], refused: dict[int, Refusal], plans: Iterable[Plan]
) -> None:  # fmt: skip
    """Raises Contended if somebody was refused, or is to wait, for the sake of this order, which is none."""
    taken = {drawn.code for drawn in unpaid.wanted.draws}
    if any(each.waits and each is not unpaid and _is_counted_with(unpaid.wish, each.wish) for each in plans):
        raise Contended
    for at, refusal in refused.items():
        if isinstance(refusal, catalog.SoldOut) and refusal.members.get("item") in taken:
            raise Contended
        if isinstance(refusal, MaximumReached) and wishes[at].player_id == unpaid.wish.player_id:
            raise Contended
        if isinstance(refusal, TooManyPurchases) and _is_counted_with(unpaid.wish, wishes[at]):
            raise Contended


def _is_counted_with(one: Wish, other: Wish) -> bool:
    """Whether a rule may count these together."""
    return one.player_id == other.player_id or (one.address is not None and one.address == other.address)


def _stands(refusal: Refusal) -> bool:
    """Whether a refusal is for good under its name; one that only asks to be clearer is not."""
    return is_kept(refusal) and not isinstance(refusal, CurrencyAmbiguous)


async def _keep(tx: Tx, wishes: Sequence[Wish], refused: dict[int, Refusal]) -> None:
    kept = {at: kept_refusal(refusal) for at, refusal in refused.items() if _stands(refusal)}
    if not kept:
        return
    records = [_encode((each.status, msgspec.Raw(each.body))).decode() for each in kept.values()]
    await store.add_refusals(
        tx, [wishes[at].player_id for at in kept], [wishes[at].transaction_id for at in kept],
        [wishes[at].fingerprint for at in kept], records, clock.now(),
    )  # fmt: skip


def _again(
    answers: dict[int, Bought | Refusal], wishes: Sequence[Wish], first: int, wish: Wish
) -> Bought | Refusal:  # fmt: skip
    then = answers[first]
    if wishes[first].fingerprint != wish.fingerprint:
        return KeyReused()
    if isinstance(then, Refusal):
        return then
    status = then.answer.status if then.answer.is_refusal else 200
    return Bought(Kept(status, then.answer.body, replayed=True, is_exact=True), then.order_id)


def _count(states: Sequence[str]) -> None:
    for state in states:
        _orders.labels(state).inc()
