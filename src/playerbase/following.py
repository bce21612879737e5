"""What a process does beside its work: it follows what operators change, and says how it is."""

import asyncio
from contextlib import suppress

from playerbase import access
from playerbase.kit import log, metrics
from playerbase.kit.db import Pool, follow_clock
from playerbase.kit.http import Site
from playerbase.kit.http.numbers import refresh
from playerbase.settings import SettingWrong

LOOK_SECONDS = 1.0  # How soon a process follows a changed limit or a moved clock.

_log = log.get("app")
_pool_size = metrics.Gauge("database_connections", "Connections of this process's pool.", ["state"])


async def keep_clock(pool: Pool, stop: asyncio.Event) -> None:
    """Let the clock of a worker stand where an operator put it, until told to stop."""
    while not stop.is_set():
        try:
            await follow_clock(pool)
        except Exception as fault:
            _log.warning("the clock's place cannot be read", fault=repr(fault))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_SECONDS)


async def keep_following(site: Site) -> None:
    """Follow what operators change, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for each in (follow, _follow_keys):
            try:
                await each(site)
            except Exception as fault:
                _log.warning("what an operator changed cannot be read", fault=repr(fault))


async def _follow_keys(site: Site) -> None:
    await site.lane(access.Keyring).follow(site.keys)


async def follow(site: Site) -> None:
    """Read the limits, and where the clock stands, once."""
    await refresh(site.pool, site.limits)
    if not site.in_production:
        await follow_clock(site.pool)


def serve_metrics(port: int | None) -> None:
    """Let a worker be scraped on a port of its own, if it has one; raises SettingWrong."""
    if port is None:
        return
    try:
        metrics.serve(port)
    except OSError:
        raise SettingWrong(f"METRICS_PORT {port} is taken; give every worker of a machine a port of its own.") from None


def watch_pool(pool: Pool) -> None:
    """Have its figures read whenever somebody scrapes."""
    _pool_size.labels("open").set_function(pool.get_size)
    _pool_size.labels("idle").set_function(pool.get_idle_size)
    _pool_size.labels("max").set_function(pool.get_max_size)
