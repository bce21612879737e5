"""The numbers of the rate limits: the defaults the code gives, and what an operator made of them."""

from datetime import datetime

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Tx, reading, sql
from playerbase.kit.errors import NotFound
from playerbase.kit.redis import DEFAULTS, Limit, Limits


class NoSuchLimit(NotFound):
    """There is no limit of this name."""


class Changed(msgspec.Struct, frozen=True):
    """A limit an operator set: the number, why, who and when."""

    category: str
    count: int
    window_seconds: int
    reason: str
    set_by: str
    set_at: datetime


class Number(msgspec.Struct, frozen=True):
    """A limit as it is now, and its default; ``changed`` is None while the default applies."""

    category: str
    default: Limit
    changed: Changed | None

    @property
    def present(self) -> Limit:
        """What callers are held to."""
        if self.changed is None:
            return self.default
        return Limit(self.changed.count, self.changed.window_seconds, self.changed.reason)


@sql
async def all_changed(db: Db) -> list[Changed]: ...
@sql
async def put(tx: Tx, changed: Changed) -> None: ...
@sql
async def drop(tx: Tx, category: str) -> bool | None: ...


async def numbers(db: Db) -> list[Number]:
    """Every limit, in the order of the code."""
    changed = {each.category: each for each in await all_changed(db)}
    return [Number(name, default, changed.get(name)) for name, default in DEFAULTS.items()]


async def number(db: Db, category: str) -> Number:
    """One limit; raises NoSuchLimit."""
    found = {each.category: each for each in await numbers(db)}.get(category)
    if found is None:
        raise NoSuchLimit
    return found


async def set_number(tx: Tx, category: str, *, count: int, window_seconds: int, reason: str, set_by: str) -> Number:
    """Hold callers to so many in so many seconds; every process follows within seconds. Raises NoSuchLimit."""
    await number(tx, category)
    await put(tx, Changed(category, count, window_seconds, reason, set_by, clock.now()))
    return await number(tx, category)


async def reset_number(tx: Tx, category: str) -> Number:
    """Back to the default; raises NoSuchLimit."""
    await number(tx, category)
    await drop(tx, category)
    return await number(tx, category)


async def refresh(pool: Pool, limits: Limits) -> None:
    """Hold this process to what stands in the database now."""
    async with reading(pool) as db:
        changed = await all_changed(db)
    limits.change({each.category: Limit(each.count, each.window_seconds, each.reason) for each in changed})
