"""Using things up: what is stacked by a posting, all else from the entitlements, and each with its line in the log."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase import catalog, ledger
from playerbase.inventory import rules, store
from playerbase.inventory.actions.granting import end
from playerbase.inventory.actions.holding import hold, touch
from playerbase.inventory.events import ItemConsumed
from playerbase.inventory.model import ConsumedByGameOnly, Entitlement, NotConsumable, NotThatMany
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, KeyReused, Lane, Pool, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.outbox import Event, emit

CONSUMED_BY = "consumed_by"  # In an item's metadata: "server" keeps players from using it up by themselves.
EFFECT = "effect"  # In an item's metadata: what using it up does; told with the event.

_consumed = metrics.Counter("inventory_consumed", "Units used up.", ["kind"])


class Consuming(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to use something up, under a key: the same key is the same wish for good."""

    player_id: UUID
    item: catalog.Item
    quantity: int
    scope: str
    key: str
    fingerprint: bytes
    by: str
    reason: str = ""
    request_id: str = ""


class Consumed(msgspec.Struct, frozen=True):
    """What was used up, and how many are left."""

    consumption_id: UUID
    item_id: UUID
    item: str
    quantity: int
    remaining: int
    transaction_id: UUID | None
    effect: str


class Plan(msgspec.Struct):
    """A wish on its way through a batch."""

    wish: Consuming
    consumption_id: UUID
    remaining: int = 0
    transaction_id: UUID | None = None
    parts: list[tuple[Entitlement, int]] = []


class Consumptions(Lane[Consuming, Consumed]):
    """Whatever is used up at the same moment shares a commit; each player's wishes come one after the other."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.known = ledger.Known()

    async def commit(self, tx: Tx, items: list[Consuming]) -> list[Consumed | Refusal]:
        """Use them up, as far as they are there."""
        return await consume(tx, items, self.known)


def refusal_to_use(item: catalog.Item, *, is_server: bool) -> Refusal | None:
    """Why this item is not used up by this caller, or None."""
    if item.type is not catalog.ItemType.CONSUMABLE:
        return NotConsumable(item=item.code)
    if item.metadata.get(CONSUMED_BY) == "server" and not is_server:
        return ConsumedByGameOnly(item=item.code)
    return None


async def consume(
    tx: Tx, wishes: Sequence[Consuming], known: ledger.Known | None = None
) -> list[Consumed | Refusal]:  # fmt: skip
    """What becomes of each wish, in order: used up, used up before under the same key, or refused.

    Never more than there is, however many ask at once: owners are held first, and the ledger decides over stacks.
    """
    await hold(tx, [wish.player_id for wish in wishes])
    answers: dict[int, Consumed | Refusal] = await _recalled(tx, wishes)
    plans = {
        at: Plan(wish, ids.uuid7()) for at, wish in enumerate(wishes)
        if at not in answers and not _is_repeated(wishes, at)
    }  # fmt: skip
    facts: list[Event] = []
    single = {at: plan for at, plan in plans.items() if not plan.wish.item.is_stackable}
    if single:
        refused, facts = await _draw(tx, single)
        answers |= refused
    stacked = {at: plan for at, plan in plans.items() if plan.wish.item.is_stackable}
    if stacked:
        answers |= await _post(tx, stacked, known)
    done = {at: plan for at, plan in plans.items() if at not in answers}
    await _log(tx, list(done.values()), facts)
    answers |= {at: _answer(plan) for at, plan in done.items()}
    for at, wish in enumerate(wishes):
        if at not in answers:  # Of two under one key in a batch the second hears what became of the first.
            first = next(before for before, other in enumerate(wishes) if _name(other) == _name(wish))
            answers[at] = answers[first] if wishes[first].fingerprint == wish.fingerprint else KeyReused()
    return [answers[at] for at in range(len(wishes))]


async def consumptions_of(db: Db, player_id: UUID, before: UUID, count: int) -> list[store.Consumption]:
    """What a player used up, latest first."""
    return await store.consumptions_of(db, player_id, before, count)


async def _recalled(tx: Tx, wishes: Sequence[Consuming]) -> dict[int, Consumed | Refusal]:
    """What was used up under these keys before."""
    rows = await store.consumptions_known(
        tx, [wish.player_id for wish in wishes], [wish.scope for wish in wishes], [wish.key for wish in wishes]
    )
    found = {(row.player_id, row.scope, row.key): row for row in rows}
    answers: dict[int, Consumed | Refusal] = {}
    for at, wish in enumerate(wishes):
        row = found.get(_name(wish))
        if row is None:
            continue
        if row.fingerprint != wish.fingerprint:
            answers[at] = KeyReused()
        else:
            answers[at] = Consumed(
                row.consumption_id, row.item_id, wish.item.code, row.quantity, row.remaining, row.transaction_id,
                row.effect,
            )  # fmt: skip
    return answers


async def _draw(tx: Tx, plans: dict[int, Plan]) -> tuple[dict[int, Consumed | Refusal], list[Event]]:
    """Take from entitlements what is there; answers who is refused, and what fell off slots by it."""
    now = clock.now()
    players = sorted({plan.wish.player_id for plan in plans.values()})
    items = sorted({plan.wish.item.item_id for plan in plans.values()})
    things = {each.entitlement_id: each for each in await store.of_items(tx, players, items)}
    changed: dict[UUID, Entitlement] = {}
    refused: dict[int, Consumed | Refusal] = {}
    for at, plan in plans.items():
        whose = (plan.wish.player_id, plan.wish.item.item_id)
        mine = [each for each in things.values() if (each.player_id, each.item_id) == whose]
        taken = rules.use_up(mine, plan.wish.quantity, now)
        if taken is None:
            refused[at] = NotThatMany(item=plan.wish.item.code, available=rules.left(mine, now))
            continue
        plan.parts = taken
        for after, _ in taken:
            things[after.entitlement_id] = changed[after.entitlement_id] = after
        plan.remaining = rules.left(mine, now) - plan.wish.quantity
    return refused, await end(tx, list(changed.values())) if changed else []


async def _post(
    tx: Tx, plans: dict[int, Plan], known: ledger.Known | None
) -> dict[int, Consumed | Refusal]:  # fmt: skip
    """Have the ledger take from stacks what is there; answers who is refused."""
    postings = [
        ledger.Posting(
            scope=f"consume {plan.wish.scope} {plan.wish.player_id}", key=plan.wish.key, kind="consume",
            legs=(
                ledger.Leg(plan.wish.player_id, _asset(plan), -plan.wish.quantity),
                ledger.Leg(ledger.HOUSE, _asset(plan), plan.wish.quantity, ledger.Purpose.BURN),
            ),
            reason=plan.wish.reason, ref=f"consumption:{plan.consumption_id}", rule="consume", actor=plan.wish.by,
            request_id=plan.wish.request_id, fingerprint=plan.wish.fingerprint,
        )
        for plan in plans.values()
    ]  # fmt: skip
    refused: dict[int, Consumed | Refusal] = {}
    for (at, plan), outcome in zip(plans.items(), await ledger.post(tx, postings, known), strict=True):
        if isinstance(outcome, Refusal):
            short = isinstance(outcome, ledger.InsufficientFunds)
            refused[at] = NotThatMany(item=plan.wish.item.code) if short else outcome
            continue
        plan.transaction_id = outcome.transaction_id
        plan.remaining = outcome.standings[0].balance
    return refused


async def _log(tx: Tx, plans: Sequence[Plan], facts: Sequence[Event]) -> None:
    if not plans:
        return
    now = clock.now()
    rows = [
        store.Consumption(
            plan.consumption_id, plan.wish.player_id, plan.wish.item.item_id, plan.wish.quantity, plan.remaining,
            plan.transaction_id, _effect(plan), plan.wish.reason, plan.wish.by, plan.wish.scope, plan.wish.key,
            plan.wish.fingerprint, now,
        )
        for plan in plans
    ]  # fmt: skip
    await store.log_consumptions(tx, rows)
    parts = [
        store.Part(plan.consumption_id, thing.entitlement_id, count) for plan in plans for thing, count in plan.parts
    ]
    if parts:
        await store.log_parts(tx, parts)
    await touch(tx, {plan.wish.player_id for plan in plans})
    told = [
        ItemConsumed(
            player_id=plan.wish.player_id, consumption_id=plan.consumption_id, item_id=plan.wish.item.item_id,
            item=plan.wish.item.code, quantity=plan.wish.quantity, remaining=plan.remaining, effect=_effect(plan),
            reason=plan.wish.reason,
        )
        for plan in plans
    ]  # fmt: skip
    await emit(tx, *told, *facts)
    after_commit(tx, lambda: _count(plans))


def _answer(plan: Plan) -> Consumed:
    item = plan.wish.item
    return Consumed(
        plan.consumption_id, item.item_id, item.code, plan.wish.quantity, plan.remaining, plan.transaction_id,
        _effect(plan),
    )  # fmt: skip


def _name(wish: Consuming) -> tuple[UUID, str, str]:
    return wish.player_id, wish.scope, wish.key


def _is_repeated(wishes: Sequence[Consuming], at: int) -> bool:
    return any(_name(wishes[before]) == _name(wishes[at]) for before in range(at))


def _asset(plan: Plan) -> str:
    assert plan.wish.item.asset is not None
    return plan.wish.item.asset


def _effect(plan: Plan) -> str:
    effect = plan.wish.item.metadata.get(EFFECT, "")
    return effect if isinstance(effect, str) else ""


def _count(plans: Sequence[Plan]) -> None:
    for plan in plans:
        _consumed.labels("stack" if plan.wish.item.is_stackable else "entitlement").inc(plan.wish.quantity)
