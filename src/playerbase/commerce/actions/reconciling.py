"""Platforms, orders and books compared: what does not agree is kept, with what may be done about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from playerbase import access, audit, inventory, ledger
from playerbase.commerce.actions import feeding, giving, noticing, operating, reading, steam
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import (
    Difference,
    Discord,
    ExceptionClosed,
    ExceptionState,
    Found,
    NoRemedy,
    NoSuchException,
    Order,
    Platform,
    RefundState,
    Remedy,
    State,
)
from playerbase.commerce.rules.remedies import remedies
from playerbase.commerce.store import exceptions, figures, orders, refunds
from playerbase.kit import clock, ids, log
from playerbase.kit.db import Db, Pool, transaction
from playerbase.kit.db import reading as reading_db
from playerbase.kit.http import Request

WINDOW: Final = timedelta(days=35)  # A month and some days: what is older was compared often enough.
FOUND_MAX: Final = 1_000  # Of each kind in one run; more than that is one fault and not a thousand.
SLICE: Final = 200
NOBODY: Final = UUID(int=0)
BY_ITSELF: Final = "system:reconciliation"
BY_COMPARING: Final = (
    Discord.PAID_NOT_GRANTED, Discord.GRANTED_NOT_PAID, Discord.AMOUNT_DIFFERS, Discord.REFUND_NOT_APPLIED,
    Discord.REFUND_NOT_CONFIRMED, Discord.UNKNOWN_TOO_LONG, Discord.NOT_CONFIRMED, Discord.BOOKS_DIFFER,
    Discord.FEED_STANDS_STILL,
)  # fmt: skip

_log = log.get("commerce")


class Compared(msgspec.Struct, frozen=True):
    """How many were found that do not agree, and how many agree by now that did not."""

    found: int
    settled: int


async def reconcile(pool: Pool, *, asked_by: str = BY_ITSELF, comparison_id: UUID | None = None) -> Compared:
    """Compare what platforms said with orders, and orders with ledger and inventory; repeated, it says the same.

    That it was done, and what it compared, is kept: under an id of its own, or of who asked for it before.
    """
    now = clock.now()
    async with transaction(pool) as tx:
        if comparison_id is None:
            comparison_id = ids.uuid7()
            await figures.ask(tx, comparison_id, asked_by, now)
        await figures.begin(tx, comparison_id, now)
    async with reading_db(pool) as db:
        before = now - timedelta(hours=(await settings(db)).exception_hours)
        found = await _compared(db, now - WINDOW, before)
        found += await _books(db, now - WINDOW, before)
    async with transaction(pool) as tx:
        gone = await exceptions.settle_gone(tx, [kind.value for kind in BY_COMPARING], found, now)
        await noticing.note(tx, _once(found))
        await figures.end(tx, comparison_id, len(found), len(gone), now - WINDOW, before, clock.now())
    _log.info("purchases were reconciled", found=len(found), settled=len(gone))
    return Compared(len(found), len(gone))


async def open_exceptions(db: Db) -> dict[str, int]:
    """How many of each kind are open."""
    counted = {each.kind: each.count for each in await exceptions.tally(db)}
    return {kind.value: counted.get(kind.value, 0) for kind in Discord}


async def page(db: Db, *, state: str, kind: str, before: UUID, count: int) -> list[Difference]:
    """What does not agree, newest first."""
    return await exceptions.page(db, state, kind, before, count)


async def difference(db: Db, exception_id: UUID) -> Difference:
    """One of them; raises NoSuchException."""
    found = await exceptions.find(db, exception_id)
    if found is None:
        raise NoSuchException
    return found


async def remedy(pool: Pool, request: Request, exception_id: UUID, wanted: Remedy, reason: str) -> Difference:
    """Do something about what does not agree, and write down who did it and why.

    Raises NoSuchException, ExceptionClosed, NoRemedy, ReauthRequired, and as `operating.refund` does.
    """
    async with reading_db(pool) as db:
        found = await difference(db, exception_id)
        order = None if found.order_id is None else await orders.find(db, found.order_id)
        if wanted is not Remedy.ACCEPT:
            await access.check_fresh(db, request.caller)
    if found.state is not ExceptionState.OPEN:
        raise ExceptionClosed
    if wanted not in remedies(found.kind):
        raise NoRemedy(remedies=[each.value for each in remedies(found.kind)])
    if wanted is not Remedy.ACCEPT:
        await _done(pool, request, found, order, wanted, reason)
    is_over = wanted is Remedy.ACCEPT or await _agrees(pool, found)
    async with transaction(pool) as tx:
        if is_over:
            state = ExceptionState.ACCEPTED if wanted is Remedy.ACCEPT else ExceptionState.SETTLED
            await exceptions.close(
                tx, exception_id, state.value, f"staff:{request.caller.player_id}", reason, clock.now()
            )
        deed = audit.deed(
            request, "purchase_exception_settled", "exception", exception_id, player_id=found.player_id, reason=reason,
            before={"kind": found.kind.value, "subject": found.subject},
            after={"remedy": wanted.value, "is_over": is_over},
        )  # fmt: skip
        await audit.record(tx, deed)
        return await difference(tx, exception_id)


async def _done(
    pool: Pool, request: Request, found: Difference, order: Order | None, wanted: Remedy, reason: str
) -> None:
    if found.kind is Discord.FEED_STANDS_STILL:
        await feeding.read_feed(pool, found.subject, at_once=True)
        return
    if order is None:
        raise NoRemedy(remedies=[Remedy.ACCEPT.value])
    if wanted is Remedy.REFUND:
        await operating.refund(pool, request, order.order_id, reason)
    elif wanted is Remedy.GRANT and order.platform is Platform.STEAM:
        # Only upon the platform's word that it was paid: an operator who gives without it has POST …/grants.
        await steam.advance(pool, order, may_finalize=False)
    else:
        await operating.ask(pool, order)


async def _agrees(pool: Pool, found: Difference) -> bool:
    """Whether what was found is no longer so."""
    now = clock.now()
    async with reading_db(pool) as db:
        if found.kind is Discord.NOT_DELIVERED:
            order = None if found.order_id is None else await reading.order(db, found.order_id)
            return order is not None and order.state is not State.GRANTED
        still = await _compared(db, now - WINDOW, now)
    return not any((each.kind, each.subject) == (found.kind, found.subject) for each in still)


async def _compared(db: Db, since: datetime, before: datetime) -> list[Found]:
    found = await exceptions.paid_not_granted(db, since, before, FOUND_MAX)
    found += await exceptions.granted_not_paid(db, since, before, FOUND_MAX)
    found += await exceptions.amount_differs(db, since, FOUND_MAX)
    found += await exceptions.refund_not_applied(db, since, before, FOUND_MAX)
    found += await exceptions.refund_not_confirmed(db, since, before, FOUND_MAX)
    found += await exceptions.unknown_too_long(db, since, before, FOUND_MAX)
    found += await exceptions.not_confirmed(db, since, before, FOUND_MAX)
    return found + await exceptions.feeds_standing_still(db, before, FOUND_MAX)


async def _books(db: Db, since: datetime, before: datetime) -> list[Found]:
    """Orders whose things or postings are not where they should be."""
    found: list[Found] = []
    after = NOBODY
    while len(found) < FOUND_MAX:
        some = await orders.granted_since(db, since, before, after, SLICE)
        found += await _differing(db, some)
        if len(some) < SLICE:
            break
        after = some[-1].order_id
    return found


async def _differing(db: Db, some: Sequence[Order]) -> list[Found]:
    wanted: dict[UUID, list[inventory.Grant]] = {}
    keys: dict[str, Order] = {}
    for order in some:
        held = giving.contents(order)
        in_game = [each for each in held.things if each.delivery == giving.IN_GAME]
        if order.given:
            single = [each for each in in_game if each.asset is None]
            wanted[order.order_id] = [
                inventory.Grant(
                    player_id=order.player_id, item_id=each.item_id, source=inventory.Source.PLATFORM,
                    source_ref=str(order.order_id), part=order.given - 1,
                )
                for each in single
            ]  # fmt: skip
        has_sums = bool(held.sums) or any(each.asset is not None for each in in_game)
        if order.given and has_sums:
            keys[f"{order.platform}:{order.ref}"] = order
        for refund in await refunds.of_order(db, order.order_id) if order.refunded and has_sums else ():
            if refund.state is RefundState.APPLIED and refund.taken_quantity and order.given:
                keys[f"{order.platform}:{order.ref}:refund:{refund.refund_id}:{order.given}"] = order
    posted = await ledger.posted_under(db, giving.SCOPE, keys)
    found = [
        _unbooked(order, f"The ledger has no transaction {key}") for key, order in keys.items() if key not in posted
    ]
    there = await inventory.granted(db, [each for grants in wanted.values() for each in grants])
    counted: dict[str, int] = {}
    for thing in there:
        counted[thing.source_ref] = counted.get(thing.source_ref, 0) + 1
    by_id = {order.order_id: order for order in some}
    found += [
        _unbooked(by_id[order_id], "The inventory has not everything that was given")
        for order_id, grants in wanted.items()
        if counted.get(str(order_id), 0) < len(grants)
    ]
    return found


def _unbooked(order: Order, detail: str) -> Found:
    return Found(Discord.BOOKS_DIFFER, order.platform, str(order.order_id), order.order_id, order.player_id, detail)


def _once(found: Sequence[Found]) -> list[Found]:
    """Each once: one statement may not insert a row twice."""
    return list({(each.kind, each.platform, each.subject): each for each in found}.values())
