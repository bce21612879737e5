"""What pages show of purchases besides the purchases themselves: figures of days, what needs somebody, the books."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from playerbase import ledger
from playerbase.commerce.actions import giving
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import Difference, Feed, Order, Refund, Statement
from playerbase.commerce.model.comparisons import Booked, Comparison, DayCount, Late, PlayerTally, Turn
from playerbase.commerce.store import feeds, figures
from playerbase.kit import clock
from playerbase.kit.db import Db

EXCEPTIONS_MAX = 50  # Of one order.


async def days(db: Db, count: int) -> list[DayCount]:
    """What was bought and given back on each of the last days and each platform; days without any are left out."""
    first = clock.now().date() - timedelta(days=count - 1)
    return await figures.by_day(db, datetime.combine(first, time(), UTC))


async def comparisons(db: Db, count: int) -> list[Comparison]:
    """The comparisons that were asked for last, latest first."""
    return await figures.latest(db, count)


async def late(db: Db) -> Late:
    """Orders nobody knows the end of for longer than the bound."""
    return await figures.late(db, clock.now() - timedelta(hours=(await settings(db)).exception_hours))


async def oldest_exception(db: Db) -> datetime | None:
    """Since when the oldest open exception waits."""
    return await figures.oldest_exception(db)


async def failing_feeds(db: Db) -> list[Feed]:
    """Feeds whose last run was not read to its end."""
    return [each for each in await feeds.feeds(db) if each.fault]


async def all_feeds(db: Db) -> list[Feed]:
    """Every feed that was begun."""
    return await feeds.feeds(db)


async def exceptions_of(db: Db, order_id: UUID) -> list[Difference]:
    """What did not agree about an order, open ones first."""
    return await figures.of_order(db, order_id, EXCEPTIONS_MAX)


async def tally_of(db: Db, player_id: UUID) -> PlayerTally:
    """How much a player bought on platforms, and how much of it was taken back."""
    return await figures.tally_of(db, player_id)


async def turns(db: Db, player_id: UUID, before: datetime, count: int) -> list[Turn]:
    """What became of a player's purchases, latest first."""
    return await figures.turns(db, player_id, before, count)


async def booked(db: Db, order: Order, refunds: list[Refund]) -> list[Booked]:
    """The transactions of the ledger that gave an order and took it back."""
    wanted = {}
    for time_ in range(order.given):
        again = f":again:{time_}" if time_ else ""
        wanted[f"{order.platform}:{order.ref}{again}"] = "given again" if time_ else "given"
        for refund in refunds:
            wanted[f"{order.platform}:{order.ref}:refund:{refund.refund_id}:{time_ + 1}"] = "taken back"
    known = await ledger.posted_under(db, giving.SCOPE, wanted)
    return [Booked(wanted[key], known[key]) for key in wanted if key in known]


async def said_of(db: Db, found: Difference) -> list[Statement]:
    """What a platform said about something that has no order here."""
    by_ref = await feeds.of_purchase(db, found.platform, found.subject, 0)
    one = None if by_ref else await feeds.statement(db, found.platform, found.subject)
    return by_ref or ([] if one is None else [one])
