"""The platform over HTTP."""

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from playerbase import audit
from playerbase.kit import clock, metrics
from playerbase.kit.db import Tx, after_commit, set_ahead
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Request, Site, get, put, server, staff
from playerbase.kit.outbox import Live
from playerbase.platform import actions
from playerbase.platform.model import (
    ClockIsReal,
    ClockReading,
    ClockSetting,
    Health,
    MetricsAreClosed,
    NotReady,
    Readiness,
)  # fmt: skip

try:
    VERSION = version("playerbase")
except PackageNotFoundError:
    VERSION = "0.1.0"


@get("//health", policy=ANYONE, limit="open")
async def read_health() -> Health:
    """Whether this process is alive."""
    return Health("ok", VERSION)


@get("//health/ready", policy=ANYONE, limit="open")
async def read_readiness(site: Site) -> Readiness:
    """Whether this process can do its work; 503 when its database is away."""
    if not await actions.is_answered(actions.ask(site.pool)):
        raise NotReady(postgresql="away", retry_after=5)
    redis = "ok" if await site.redis.is_up() else "away"
    return Readiness("ok" if redis == "ok" else "degraded", "ok", redis)


@get("//metrics", policy=ANYONE, limit="open")
async def read_metrics(request: Request, caller: Caller) -> Answer:
    """Metrics in Prometheus form; in production for a key with metrics:read, or staff."""
    may = "metrics:read" in caller.scopes or "operations.read" in caller.permissions
    if request.site.in_production and not may:
        raise MetricsAreClosed
    await request.site.lane(actions.Observer).observe(request.site.redis)
    return Answer(metrics.exposition(), media=metrics.CONTENT_TYPE.encode())


@get("//openapi.json", policy=ANYONE, limit="open")
async def read_openapi(request: Request) -> Answer:
    """This API, described by itself."""
    return Answer(request.site.openapi, headers=[(b"cache-control", b"public, max-age=300")])


@get("/events/stream", policy=PLAYER | server("events:read") | staff("operations.read"), limit="default")
async def stream_events(request: Request, live: Live) -> Answer:
    """What happens, as it happens (server-sent events): a player hears their own, staff and servers hear all.

    Resume with Last-Event-ID; the event `reset` says that too much was missed. At most five streams at a time.
    """
    answer = Answer(media=b"text/event-stream", headers=[(b"cache-control", b"no-store")])
    answer.stream = await actions.Hearing(request, live).join()
    return answer


@get("/admin/clock", policy=staff("operations.read"))
async def read_clock() -> ClockReading:
    """What time it is here."""
    return ClockReading(clock.now(), int(clock.offset().total_seconds()))


@put("/admin/clock", policy=staff("operations.write"))
async def set_clock(tx: Tx, request: Request, body: ClockSetting) -> ClockReading:
    """Let the clock of every process stand ahead, to see a season end today; refused in production."""
    if request.site.in_production:
        raise ClockIsReal
    before = int(clock.offset().total_seconds())
    ahead = timedelta(seconds=body.ahead_seconds)
    await set_ahead(tx, ahead)
    deed = audit.deed(
        request, "clock_moved", "clock", "clock", before={"ahead": before}, after={"ahead": body.ahead_seconds}
    )
    await audit.record(tx, deed)
    after_commit(tx, lambda: clock.set_offset(ahead))
    return ClockReading(clock.now() - clock.offset() + ahead, body.ahead_seconds)
