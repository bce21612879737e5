"""How long days and weeks are kept one by one; lifetimes and seasons stay for good."""

from datetime import timedelta

from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Pool, Tx, transaction
from playerbase.statistics import rules, store
from playerbase.statistics.model import Period, StatisticsSettings

AT_ONCE = 5_000
LONG_AGO = -1_000_000  # Days before 1970: of what was never counted nothing is gone.
_deleted = metrics.Counter("statistics_spans_deleted", "Days and weeks of players deleted for their age.", ["period"])


async def settings(db: Db) -> StatisticsSettings:
    """What applies now."""
    return await store.settings(db) or StatisticsSettings()


async def set_settings(tx: Tx, wanted: StatisticsSettings, changed_by: str) -> StatisticsSettings:
    """Decide anew, and return what applied before: what is gone by then does not come back."""
    before = await settings(tx)
    gone = await kept_from(tx) if await store.has_counted(tx) else (LONG_AGO, LONG_AGO)
    await store.put_settings(tx, wanted, *gone, changed_by, clock.now())
    return before


async def kept_from(db: Db) -> tuple[int, int]:
    """The first day and the first week that are kept: they only ever move on."""
    kept = await store.kept(db)
    chosen = StatisticsSettings() if kept is None else StatisticsSettings(kept.days_kept, kept.weeks_kept)
    now = clock.now()
    days_from = rules.day_of(now - timedelta(days=chosen.days_kept))
    weeks_from = rules.week_of(rules.day_of(now - timedelta(weeks=chosen.weeks_kept)))
    if kept is None:
        return days_from, weeks_from
    return max(days_from, kept.days_gone), max(weeks_from, kept.weeks_gone)


async def forget(pool: Pool) -> None:
    """Delete what is older than it is kept, so many rows a commit."""
    async with transaction(pool) as tx:
        days_from, weeks_from = await kept_from(tx)
        await store.move_gone(tx, await settings(tx), days_from, weeks_from, clock.now())
    for period, before in ((Period.DAY, days_from), (Period.WEEK, weeks_from)):
        while True:
            async with transaction(pool) as tx:
                gone = await store.delete_before(tx, period, before, AT_ONCE)
            _deleted.labels(period.name.lower()).inc(len(gone))
            if len(gone) < AT_ONCE:
                break
