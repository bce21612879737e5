"""Feeds: what platforms say when they are polled, kept page by page together with how far it was read."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec

from playerbase.commerce.actions.settings import settings
from playerbase.commerce.actions.steam import told_of
from playerbase.commerce.model import NewStatement, Platform, Saying, Settings
from playerbase.commerce.store import feeds
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, transaction
from playerbase.kit.errors import Refusal
from playerbase.payments import (
    EpicClawback,
    GoogleVoided,
    PlatformUnknown,
    SteamOrder,
    SteamState,
    Tills,
    configured_tills,
)

STEAM_REPORT: Final = "steam_report"
EPIC_CLAWBACKS: Final = "epic_clawbacks"
GOOGLE_VOIDED: Final = "google_voided"
LEASE: Final = timedelta(minutes=5)  # Renewed with each page; one page takes no longer than a till waits.
JITTER: Final = timedelta(seconds=5)  # How far apart the slots of a minute's job may lie, and still be each minute.
PAGES_MAX: Final = 200  # Of one run; the next goes on from there.
FIRST: Final = timedelta(days=2)  # Of a feed that was never read: what was sold while this was set up.
EPIC_ROWS, EPIC_ROWS_MAX = 500, 16_000
SPENT: Final = frozenset({SteamState.SUCCEEDED})

_log = log.get("commerce")
_read = metrics.Counter("purchase_statements", "Rows read of platforms that were new.", ["feed"])


class Page(msgspec.Struct, frozen=True):
    """Some rows of a feed, and up to when it was read with them."""

    rows: list[NewStatement]
    since: datetime
    fault: str = ""


Pages = Callable[[Tills, datetime, Settings], AsyncIterator[Page]]


async def read_feed(pool: Pool, name: str, *, at_once: bool = False) -> int:
    """Read a feed to its end, if it is due and nobody else does; answers how many rows were new.

    What a platform cannot say now is read next time, from the same place. ``at_once``: whether or not it is due.
    """
    try:
        _till(name)
    except PlatformUnknown:
        return 0
    now, lease = clock.now(), uuid4()
    async with transaction(pool) as tx:
        held = await settings(tx)
        # By the machine's clock: no platform moves with ours.
        await feeds.open_feed(tx, name, now - clock.offset() - FIRST)
        read_before = now if at_once else now - timedelta(seconds=held.feed_seconds) + JITTER
        feed = await feeds.lease_feed(tx, name, lease, now + LEASE, now, read_before)
    if feed is None:
        return 0
    since, count, fault, is_whole = feed.since - timedelta(seconds=held.feed_overlap_seconds), 0, "", False
    try:
        async for page in PAGES[name](configured_tills(), since, held):
            async with transaction(pool) as tx:
                if await feeds.move_feed(tx, name, lease, page.since, clock.now() + LEASE) is None:
                    return count  # Somebody else has it by now.
                count += len(await feeds.take_in(tx, page.rows, clock.now()))
            fault = page.fault or fault
        is_whole = not fault
    except Refusal as refusal:
        fault = refusal.code
    if fault:
        _log.warning("a feed was not read to its end", feed=name, fault=fault)
    async with transaction(pool) as tx:
        await feeds.end_feed(tx, name, lease, fault, now if is_whole else None)
    _read.labels(name).inc(count)
    return count


async def _steam(tills: Tills, since: datetime, _: Settings) -> AsyncIterator[Page]:
    """The report of sales: rows at a boundary repeat, and a short page is not the last."""
    seen: set[str] = set()
    for _number in range(PAGES_MAX):
        report = await tills.steam.report(since)
        fresh = [row for row in report.rows if row.key not in seen]
        seen.update(row.key for row in fresh)
        fault = "more rows share one moment than Steam hands out" if report.is_stuck else ""
        yield Page([of_steam(row) for row in fresh], report.next_since, fault)
        if report.is_stuck or (report.next_since <= since and not fresh):
            return
        since = report.next_since
    yield Page([], since, "there is more to read")


async def _epic(tills: Tills, since: datetime, _: Settings) -> AsyncIterator[Page]:
    """What was taken back since a day; it has no pages, so more is asked for until there is room left."""
    rows_max = EPIC_ROWS
    while True:
        rows = await tills.epic.clawbacks(since, rows_max=rows_max)
        if len(rows) < rows_max or rows_max >= EPIC_ROWS_MAX:
            break
        rows_max *= 2
    is_cut = len(rows) >= EPIC_ROWS_MAX
    newest = max((row.at for row in rows if row.at is not None), default=since)
    yield Page(
        [of_epic(row) for row in rows], since if is_cut else newest, "more was taken back in a day than Epic hands out"
        if is_cut else "",
    )  # fmt: skip


async def _google(tills: Tills, since: datetime, _: Settings) -> AsyncIterator[Page]:
    """Voided purchases: its pages belong together, so the place moves with the last of them."""
    newest, token, began = since, None, since
    for _number in range(PAGES_MAX):
        page = await tills.google.voided(began, page_token=token)
        began, token = page.since, page.next_token
        newest = max([newest, *(row.voided_at for row in page.rows)])
        yield Page([of_google(row) for row in page.rows], newest if token is None else since)
        if token is None:
            return
    yield Page([], since, "there is more to read")


def of_steam(row: SteamOrder) -> NewStatement:
    """A row of the report as it is kept."""
    told = told_of(row, STEAM_REPORT)
    kind = Saying.SOLD if row.state in SPENT else Saying(told.kind.value) if row.reversed_lines else Saying.NOTHING
    return NewStatement(
        platform=Platform.STEAM, key=row.key, source=STEAM_REPORT, kind=kind, ref=row.trans_id,
        number=row.order_id if 0 <= row.order_id < 2**63 else 0, sku=",".join(str(line.item_id) for line in row.lines),
        quantity=told.quantity if kind is not Saying.SOLD else None, amount=sum(line.charged for line in row.lines),
        currency=row.currency, said_at=row.at,
    )  # fmt: skip


def of_epic(row: EpicClawback) -> NewStatement:
    """An entitlement that was taken back, as it is kept."""
    return NewStatement(
        platform=Platform.EPIC, key=f"clawback {row.entitlement_id}", source=EPIC_CLAWBACKS, kind=Saying.REFUND,
        ref=row.entitlement_id, said_at=row.at,
    )  # fmt: skip


def of_google(row: GoogleVoided) -> NewStatement:
    """A voided purchase as it is kept."""
    moment = int(row.voided_at.timestamp() * 1000)
    return NewStatement(
        platform=Platform.GOOGLE, key=f"voided {row.token} {moment}", source=GOOGLE_VOIDED,
        kind=Saying.CHARGEBACK if row.is_chargeback else Saying.REFUND, ref=row.token, quantity=row.quantity,
        said_at=row.voided_at,
    )  # fmt: skip


def _till(name: str) -> object:
    """Raises PlatformUnknown."""
    tills = configured_tills()
    if name == STEAM_REPORT:
        return tills.steam
    return tills.epic if name == EPIC_CLAWBACKS else tills.google


PAGES: Final[dict[str, Pages]] = {STEAM_REPORT: _steam, EPIC_CLAWBACKS: _epic, GOOGLE_VOIDED: _google}
