"""A million random postings against the ledger in plain Python, as in the suite thirty thousand; then the proof."""

import itertools
import sys
import time
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from playerbase import audit, identity, ledger, schema
from playerbase.kit import clock, engines
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, broken, migrate, open_pool, reading, transaction
from playerbase.ledger import Known
from playerbase.ledger.actions import end_holds, expire_lots
from playerbase.ledger.model import Flaw
from tests.ledger.conftest import told
from tests.ledger.reference import Reference
from tests.ledger.world import BATCHES, MINUTES, PLAYERS, World, agree

COUNT = 1_000_000
AGREE_EVERY = 20_000  # Every balance, hold and lot is compared that often, and what is long ago is forgotten.
LINE_SECONDS = 2.0


async def soak(count: int, seed: int) -> dict[str, Any]:
    """Post so many, hold each outcome and every balance against the reference, and prove the ledger in the end."""
    with engines.throwaway_home() as home, engines.postgres(home, {"fsync": "off"}) as engine:
        keys = Keys.derive(bytes(32))
        ledger.use_keys(keys)
        audit.use(keys, home / "anchors.jsonl")
        pool = await open_pool(engine.url, size_max=4)
        await migrate(pool, schema.MIGRATIONS)
        began = time.monotonic()
        words = await _posted(pool, count, Random(seed))
        posted_seconds = time.monotonic() - began
        await pool.execute("analyze")  # The server does so by itself within a minute, and plans for little until then.
        # What ends by the clock was left to lie, for the reference sweeps nothing: late is all that may be said of it.
        late = Counter(each.flaw for each in (await ledger.prove(pool, _told)).findings)
        swept = await end_holds(pool) + await expire_lots(pool)
        async with reading(pool) as db:
            wrong = await broken(db, schema.INVARIANTS)
        proving = time.monotonic()
        verdict = await ledger.prove(pool, _told)
        proved_seconds = time.monotonic() - proving
        await pool.close()
    _say("")
    entries = verdict.checked.entries
    return {
        "seed": seed, "postings": words.total(), "outcomes": dict(words.most_common()),
        "postings_per_second": round(words.total() / posted_seconds), "seconds": round(posted_seconds, 1),
        "entries": entries, "blocks": verdict.checked.blocks, "proved_seconds": round(proved_seconds, 1),
        "proved_per_second": round(entries / proved_seconds), "before_sweeping": dict(late),
        "swept": swept, "findings": [f"{it.flaw}: {it.says}" for it in verdict.findings],
        "broken_invariants": [str(each) for each in wrong],
        "errors": verdict.found + len(wrong) + late.total() - late[Flaw.LOT_LATE],
    }  # fmt: skip


async def _posted(pool: Pool, count: int, random: Random) -> Counter[str]:
    world, reference, known = World(random, await _players(pool)), Reference(), Known()
    words: Counter[str] = Counter()
    began = line = time.monotonic()
    goal = AGREE_EVERY
    _stand_still()
    while words.total() < count:
        batch = [world.posting() for _ in range(random.choice(BATCHES))]
        expected = [reference.post(posting, clock.now()) for posting in batch]
        async with transaction(pool) as tx:
            found = told(await ledger.post(tx, batch, known))
        if ["posted" if word == "replayed" else word for word in found] != expected:
            raise SystemExit(f"After {words.total():,} postings: {found} where {expected} was expected")
        words.update(found)
        clock.set_offset(clock.offset() + timedelta(minutes=random.choice(MINUTES)))
        if words.total() >= goal:
            goal += AGREE_EVERY
            await agree(pool, reference)
            reference.forget(world.forget())
            # Another process, and others who play: what somebody has in thousands of lots takes longer each time.
            known, world.players = Known(), await _players(pool)
            await ledger.keep_months(pool)
        if time.monotonic() - line >= LINE_SECONDS:
            line = time.monotonic()
            _say(f"{words.total():,} of {count:,} postings, {words.total() / (line - began):,.0f}/s")
    await agree(pool, reference)
    return words


async def _players(pool: Pool) -> list[UUID]:
    async with transaction(pool) as tx:
        return [await identity.create(tx) for _ in range(PLAYERS)]


def _stand_still() -> None:
    """Have the clock move by hand, and by a microsecond each time it is read: the same run can be had again."""
    moment, read = clock.now() - clock.offset(), itertools.count()

    def now() -> Any:
        return moment + clock.offset() + timedelta(microseconds=next(read))

    clock.now = now


def _told(what: str, done: int, total: int) -> None:
    _say(f"proved {done:,} of {total:,} {what}")


def _say(text: str) -> None:
    end = "\r" if text and sys.stderr.isatty() else "\n"
    print(f"{text}\x1b[K" if sys.stderr.isatty() else text, end=end, file=sys.stderr, flush=True)
