"""What the console watches: each part of the installation, its state, one figure, and what to do about it."""

import time
from datetime import datetime

from playerbase import audit, schema
from playerbase.console import store
from playerbase.kit import clock, jobs, outbox
from playerbase.kit.db import Db, broken
from playerbase.kit.http import Need, Part, Site
from playerbase.kit.redis import Redis

BACKLOG_MAX = 10_000  # Counted no further: beyond this the number no longer matters.
LATE_SECONDS = 60  # A reader this far behind is noticed by players.
STOPPED_SECONDS = 600
TRANSACTION_SECONDS_MAX = 60
CONNECTIONS_SHARE_MAX = 0.8
AUDIT_SECONDS_MAX = 3 * 3_600  # Two scheduled verifications missed.
CARRIER = "kit.carrier"  # What fills the stream to other databases stands among the readers.
SLOW_MS = 50
FAULT_SHOWN_MAX = 140
SILENT_SECONDS = 60  # A worker says every few seconds that it is there.
INVARIANTS_SECONDS = 60  # Each asks whole tables; once a minute is often enough for a page that is looked at.

_held: tuple[float, list[str]] = (-INVARIANTS_SECONDS, [])


async def parts(site: Site, db: Db, *, in_short: bool = False) -> list[Part]:
    """Every part, in the order one would look; in short, the readers that are fine are one."""
    readers = await _readers(db)
    return [
        await _database(db),
        await _redis(site.redis),
        _pool(site),
        *(_folded(readers) if in_short else readers),
        await _letters(db),
        await _jobs(db),
        await _workers(db),
        await _invariants(db),
        await _audit(db),
        *[part for page in site.pages if page.parts is not None for part in await page.parts(db)],
        _clock(site),
    ]


async def needs(db: Db) -> list[Need]:
    """What of the machinery needs a human: dead letters, dead jobs, readers that stand still, broken invariants."""
    return [
        *await _invariant_needs(db),
        *await _worker_needs(db),
        *await _letter_needs(db),
        *await _job_needs(db),
        *await _reader_needs(db),
    ]


async def _letter_needs(db: Db) -> list[Need]:
    open_letters = await outbox.open_letters(db)
    dead, held = open_letters.get("dead"), open_letters.get("held")
    if dead is None:
        retry = open_letters.get("retry")
        why = f"{retry.count} failed and will be tried again by themselves." if retry else "Every event was delivered."
        return [Need(90, "dead", "No dead letters", why, "fine", "", "See the list", "/console/letters", 0)]
    newest = (await outbox.letters(db, state="dead", count=1))[0]
    behind = f" {counted(held.count, 'event')} held behind." if held else ""
    return [
        Need(
            10, "dead", counted(dead.count, "dead letter"),
            f"{newest.topic} for {newest.handler}: {_cut(newest.fault)}{behind}",
            "late", f"{_ago(dead.oldest_at)} stopped", "Explain and replay", "/console/letters?state=dead", dead.count,
        )
    ]  # fmt: skip


async def _job_needs(db: Db) -> list[Need]:
    dead = [each for each in await jobs.tally_jobs(db) if each.state == "dead"]
    if not dead:
        return []
    count = sum(each.count for each in dead)
    newest = (await jobs.list_jobs(db, state="dead", count=1))[0]
    oldest = min(each.oldest_at for each in dead)
    return [
        Need(
            15, "jobs", counted(count, "dead job"), f"The latest is {newest.name}: {_cut(newest.fault)}",
            "late", f"{_ago(oldest)} stopped", "Look and rerun", "/console/jobs?state=dead", count,
        )
    ]  # fmt: skip


async def _worker_needs(db: Db) -> list[Need]:
    if await _present(db):
        return []
    why = "Nothing reacts to what happens, and no job runs: ratings stand still. Start one with: playerbase work."
    return [Need(6, "jobs", "No worker runs", why, "late", "now", "See the parts", "/console/health")]


async def _reader_needs(db: Db) -> list[Need]:
    behind = [(each, _seconds(each.oldest_at)) for each in await outbox.backlog(db, BACKLOG_MAX) if each.oldest_at]
    late = sorted(((each, late) for each, late in behind if late >= LATE_SECONDS), key=lambda pair: -pair[1])
    if not late:
        return []
    worst, seconds = late[0]
    return [
        Need(
            20, "pulse", f"{worst.handler} is behind",
            f"{counted(worst.waiting, 'event')} wait to be read. Is a worker running?",
            "late" if seconds >= STOPPED_SECONDS else "soon", f"{span(seconds)} behind", "See the parts",
            "/console/health", len(late),
        )
    ]  # fmt: skip


async def _invariant_needs(db: Db) -> list[Need]:
    wrong = await _wrong(db)
    if not wrong:
        return []
    why = f"{', '.join(wrong[:5])}: rows exist that must not. Find out before anything is built on them."
    return [
        Need(
            5, "warn", f"{counted(len(wrong), 'invariant')} broken", why, "late", "now", "See the parts",
            "/console/health", len(wrong),
        )
    ]  # fmt: skip


async def _database(db: Db) -> Part:
    server = await store.server(db)
    await store.ping(db)  # The first one prepares the statement; only the second is a bare round trip.
    began = time.perf_counter()
    await store.ping(db)
    took = (time.perf_counter() - began) * 1000
    share = server.connections / server.connections_max
    state, advice = "fine", ""
    if server.oldest_transaction_seconds > TRANSACTION_SECONDS_MAX:
        state, advice = "watch", "A transaction has been open for long; it holds every event back. End it."
    elif share > CONNECTIONS_SHARE_MAX:
        state, advice = (
            "watch",
            "Nearly all connections are taken. Lower DATABASE_POOL_MAX or raise the server's limit.",
        )
    elif took > SLOW_MS:
        state, advice = "watch", "It answers slowly. Look at its load."
    connections = f"{server.connections} of {server.connections_max} connections"
    of = f"PostgreSQL {server.release.split()[0]}, {connections}, {size(server.bytes_used)}"
    return Part("Database", state, f"{max(took, 0.1):.1f} ms", of, advice)


async def _redis(redis: Redis) -> Part:
    began = time.perf_counter()
    if not await redis.is_up():
        advice = "Limits are counted by each process alone and caches are empty until it is back. Nothing is lost."
        return Part("Redis", "broken", "away", "limits and caches", advice)
    return Part("Redis", "fine", f"{(time.perf_counter() - began) * 1000:.1f} ms", "limits and caches")


def _pool(site: Site) -> Part:
    used, most = site.pool.get_size() - site.pool.get_idle_size(), site.pool.get_max_size()
    is_full = used >= most
    advice = "Requests wait for a connection. If this lasts, add a process." if is_full else ""
    return Part("Connections", "watch" if is_full else "fine", f"{used} of {most}", "in use by this process", advice)


async def _readers(db: Db) -> list[Part]:
    backlog = await outbox.backlog(db, BACKLOG_MAX)
    found = []
    if CARRIER not in {reader.handler for reader in backlog}:
        found.append(Part("NATS", "idle", "off", "events stay in this database"))
    for reader in backlog:
        seconds = _seconds(reader.oldest_at) if reader.oldest_at else 0
        state = "broken" if seconds >= STOPPED_SECONDS else "watch" if seconds >= LATE_SECONDS else "fine"
        advice = "" if state == "fine" else "It does not keep up. See that a worker runs, and look into its log."
        of = f"waiting, the oldest for {span(seconds)}" if reader.waiting else "caught up"
        more = "+" if reader.waiting >= BACKLOG_MAX else ""
        name = "NATS carrier" if reader.handler == CARRIER else reader.handler
        found.append(Part(name, state, f"{reader.waiting:,}{more}".replace(",", "\u202f"), of, advice))
    return found


def _folded(readers: list[Part]) -> list[Part]:
    fine = [each for each in readers if each.state == "fine"]
    if not fine:
        return readers
    behind = sum(each.of != "caught up" for each in fine)
    of = "read on, seconds behind" if behind else "caught up"
    return [Part("Readers", "fine", str(len(fine)), of), *(each for each in readers if each.state != "fine")]


async def _letters(db: Db) -> Part:
    tally = {state: each.count for state, each in (await outbox.open_letters(db)).items()}
    state = "broken" if tally.get("dead") else "watch" if tally else "fine"
    advice = "Read the fault, mend its cause, then replay." if tally.get("dead") else ""
    of = ", ".join(f"{count} {state}" for state, count in tally.items()) or "every event delivered"
    return Part("Letters", state, str(sum(tally.values())), of, advice, "/console/letters")


async def _jobs(db: Db) -> Part:
    tally: dict[str, int] = {}
    for each in await jobs.tally_jobs(db):
        tally[each.state] = tally.get(each.state, 0) + each.count
    state = "broken" if tally.get("dead") else "fine"
    advice = "Read the fault, mend its cause, then rerun." if tally.get("dead") else ""
    of = ", ".join(f"{count} {state}" for state, count in tally.items()) or "none open"
    return Part("Jobs", state, str(sum(tally.values())), of, advice, "/console/jobs")


async def _workers(db: Db) -> Part:
    present = await _present(db)
    if not present:
        return Part("Workers", "broken", "0", "running", "Nothing reacts and no job runs. Start one: playerbase work.")
    hosts = len({each.host for each in present})
    return Part("Workers", "fine", str(len(present)), f"running, on {counted(hosts, 'machine')}")


async def _present(db: Db) -> list[jobs.Worker]:
    return [each for each in await jobs.workers(db) if _seconds(each.seen_at) < SILENT_SECONDS]


async def _invariants(db: Db) -> Part:
    wrong = await _wrong(db)
    of = ", ".join(wrong[:5]) if wrong else f"all {len(schema.INVARIANTS)} hold"
    advice = "Rows exist that must not. Run the query of that name and find out how they came to be." if wrong else ""
    return Part("Invariants", "broken" if wrong else "fine", str(len(wrong)), of, advice)


async def _wrong(db: Db) -> list[str]:
    global _held  # noqa: PLW0603 - one answer a minute for the whole process
    if time.monotonic() - _held[0] >= INVARIANTS_SECONDS:
        _held = (time.monotonic(), await broken(db, schema.INVARIANTS))
    return _held[1]


async def _audit(db: Db) -> Part:
    watched = await audit.watched(db)
    if watched is None:
        return Part("Audit", "watch", "not yet", "verified", "A worker verifies it every hour.", "/console/audit")
    verdict = watched.verdict
    if not verdict.holds:
        advice = "The log is not as it was written. Treat it as a break-in."
        return Part("Audit", "broken", str(len(verdict.findings)), "findings", advice, "/console/audit")
    seconds = _seconds(verdict.ended_at)
    advice = "It should be verified every hour. See that a worker runs." if seconds > AUDIT_SECONDS_MAX else ""
    return Part(
        "Audit", "watch" if advice else "fine", span(seconds), "since it was verified", advice, "/console/audit"
    )


def _clock(site: Site) -> Part:
    ahead = clock.offset().total_seconds()
    if not ahead:
        return Part("Clock", "fine", "0 s", "ahead of the machine")
    advice = "Somebody moved it to try something out. Set it back when done." if not site.in_production else ""
    return Part("Clock", "watch", span(ahead), "ahead of the machine", advice)


def _cut(fault: str) -> str:
    """The beginning of a fault, as a sentence."""
    line = fault.partition("\n")[0]
    return line.rstrip(".") + "." if len(line) <= FAULT_SHOWN_MAX else f"{line[:FAULT_SHOWN_MAX].rstrip()} …"


def counted(count: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}".replace(",", "\u202f")


def span(seconds: float) -> str:
    """A length of time in its largest unit."""
    whole = int(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if whole >= length:
            return f"{whole // length} {unit}"
    return f"{whole} s"


def size(count: float) -> str:
    """Bytes in the unit that suits."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1024:  # noqa: PLR2004 - what a kilobyte is
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"


def _seconds(since: datetime) -> float:
    return max(0.0, (clock.now() - since).total_seconds())


def _ago(since: datetime) -> str:
    return span(_seconds(since))
