"""Take each security check away in turn and see the tests fail: `python -m tests.mutations [part of a name] [-v]`.

Each runs on a copy of the source, against the tests named beside it, which must pass on the untouched source. A check
is seen only when one of these tests fails; code that no longer loads, or stumbles, proves nothing and is not seen.
Ends with 1 below 95 in 100.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import asyncpg

from playerbase import access, schema
from playerbase.kit import engines
from playerbase.kit.crypto import Keys
from playerbase.kit.db import migrate, open_pool, transaction
from tests.conftest import SECRET
from tests.mutations.checks import MUTATIONS
from tests.mutations.keeping import keep, watched
from tests.mutations.mutation import Mutation
from tests.mutations.running import TEMPLATE, Outcome, ran, tried

SHARE_LEAST = 0.95
AT_ONCE = 2
# Of the untouched source the tests of all run in one go.
SECONDS_MAX_OF_ALL = 1_800
Engines = dict[str, str]


@contextmanager
def running_engines(homes: Sequence[Path]) -> Iterator["SimpleQueue[Engines]"]:
    """One PostgreSQL for all, and for each who runs at once a Redis, whose databases are few."""
    free: SimpleQueue[Engines] = SimpleQueue()
    with ExitStack() as stack:
        postgres = None
        for home in homes:
            if postgres is None:
                postgres = stack.enter_context(engines.postgres(home, {"fsync": "off", "max_connections": "300"}))
                asyncio.run(_prepare(postgres.url))
            redis = stack.enter_context(engines.redis(home))
            free.put(
                {
                    "PLAYERBASE_TEST_DATABASE_URL": postgres.url,
                    "PLAYERBASE_TEST_REDIS_URL": redis.url,
                    TEMPLATE: "prepared",
                }
            )
        yield free


async def _prepare(server: str) -> None:
    """A database every run copies: to migrate it and to make its signing key takes longer than most tests."""
    root = await asyncpg.connect(server)
    await root.execute("create database prepared")
    await root.close()
    pool = await open_pool(urlsplit(server)._replace(path="/prepared").geturl())
    await migrate(pool, schema.MIGRATIONS)
    async with transaction(pool) as tx:
        await access.ensure_signing_key(tx, Keys.derive(SECRET))
    await pool.close()


def main() -> int:
    """Run those asked for, two at a time; when this ends, nothing is left of what it has started."""
    return watched(_kept)


def _kept(holder: int) -> int:
    """The folders are of the process that outlives the work, whoever ends that."""
    with ExitStack() as stack:
        homes = [stack.enter_context(engines.throwaway_home()) for _ in range(AT_ONCE)]
        tempfile.tempdir = stack.enter_context(tempfile.TemporaryDirectory(prefix="playerbase-mutations-"))
        return keep(lambda: _work(homes), holder=holder)


def _work(homes: Sequence[Path]) -> int:
    words = [word for word in sys.argv[1:] if word != "-v"]
    wanted = [each for each in MUTATIONS if not words or words[0] in each.name]
    is_whole = True
    begun, counts = time.monotonic(), dict.fromkeys(("seen", "missed", "broken", "gone"), 0)

    def one(mutation: Mutation | None) -> Outcome:
        theirs = free.get()
        try:
            if mutation is None:
                return ran(
                    {},
                    sorted({f"tests/{test}" for each in wanted for test in each.tests.split()}),
                    theirs,
                    SECONDS_MAX_OF_ALL,
                )
            return tried(mutation, theirs)
        finally:
            free.put(theirs)

    with running_engines(homes) as free, ThreadPoolExecutor(AT_ONCE) as threads:
        going = {threads.submit(one, mutation): mutation for mutation in [None, *wanted]}
        for done in as_completed(going):
            mutation, came = going[done], done.result()
            if mutation is None:
                is_whole = came.word == "missed"
                _tell("the source as it is", came._replace(word="whole" if is_whole else "broken"))
            else:
                counts[came.word] += 1
                _tell(mutation.name, came)
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    _say(f"{len(wanted)} run in {(time.monotonic() - begun) / 60:.0f} min: {told}")
    return 0 if is_whole and counts["seen"] >= SHARE_LEAST * len(wanted) else 1


def _tell(name: str, came: Outcome) -> None:
    _say(f"{came.word:7} {name:44} {came.seconds:4.0f} s  {came.test}")
    if came.word in {"broken", "gone"} or "-v" in sys.argv[1:]:
        _say("        " + came.why.strip().replace("\n", "\n        ")[:600])


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what the program is for


if __name__ == "__main__":
    sys.exit(main())
