"""Facts between two databases over a real NATS: each once, in order, whatever is killed."""

import asyncio
import random
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import nats
import pytest

from playerbase.kit import outbox
from playerbase.kit.db import Pool, open_pool, transaction
from playerbase.kit.outbox.nats import STREAM, carry, receive
from tests.conftest import new_database
from tests.kit.outbox.stage import Moved, Rested, drain, effects, make_effects, moves, tell, writer


class Server:
    """A nats-server that can be killed, wiped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"nats://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = Path(sys.executable).with_name("nats-server")
        argv: list[str | Path] = [program, "-a", "127.0.0.1", "-p", str(self.port), "-js", "-sd", self.folder]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wipe(self) -> None:
        shutil.rmtree(self.folder)
        self.folder.mkdir()


@pytest.fixture
def server_of_nats(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "nats"
    folder.mkdir()
    made = Server(folder)
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def other(server: str, migrated: str) -> AsyncIterator[Pool]:
    """A second database, with a table for effects."""
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        pool = await open_pool(dsn)
        await make_effects(pool)
        yield pool
        await pool.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (
        ("RETRY_SECONDS", 0.05), ("RETRY_SECONDS_MAX", 0.3), ("LOOK_SECONDS", 0.3), ("PATIENCE_SECONDS", 0.1),
        ("PAUSE_SECONDS", 0.02),
    ):  # fmt: skip
        monkeypatch.setattr(f"playerbase.kit.outbox.nats.{name}", seconds)


@asynccontextmanager
async def carried(server: Server, *pools: Pool) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(outbox.transport(pool, server.url, stop)) for pool in pools]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def arrived(pool: Pool, count: int, reaction: outbox.Reaction) -> list[int]:
    """The effects, once there are so many, or when nothing more comes for a while."""
    async with asyncio.timeout(30):
        while len(found := await effects(pool)) < count:
            await drain(pool, reaction)
    return found


async def ready(*pools: Pool) -> None:
    """Every carrier has its place: what is told from here on is carried."""
    async with asyncio.timeout(30):
        for pool in pools:
            async with pool.acquire() as connection:
                while not await connection.fetchval(
                    "select exists (select from kit.streams where stream like '% filled')"
                ):
                    await connection.execute("select pg_sleep(0.02)")


async def test_what_is_told_here_takes_effect_there_and_the_other_way_round(
    stage: Pool, other: Pool, server_of_nats: Server
) -> None:
    here, there = writer(events=(Rested,)), writer(events=(Moved,))
    await outbox.subscribe(stage, [here])
    await outbox.subscribe(other, [there])
    async with carried(server_of_nats, stage, other):
        await ready(stage, other)
        for number in range(0, 1_200, 100):
            await moves(stage, *range(number, number + 100))
            await tell(other, *[Rested(number=each) for each in range(number, number + 100)])
        assert await arrived(other, 1_200, there) == list(range(1_200))
        assert await arrived(stage, 1_200, here) == list(range(1_200))


async def test_a_fact_keeps_its_trace_and_its_moment(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        await moves(stage, 1)
        await arrived(other, 1, reaction)
    columns = "event_id, topic, body::text, traceparent, told_at"
    rows = []
    for pool in (stage, other):
        async with pool.acquire() as connection:
            rows.append(await connection.fetchrow(f"select {columns} from kit.events"))
    assert rows[0] == rows[1]


async def test_what_nobody_there_listens_to_is_not_copied(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer(events=(Rested,))
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        await tell(stage, Moved(number=1), Rested(number=2))
        assert await arrived(other, 1, reaction) == [2]
    async with other.acquire() as connection:
        assert await connection.fetchval("select count(*) from kit.events") == 1


async def test_nats_is_killed_again_and_again(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    dice = random.Random(7)
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        for number in range(0, 1_000, 20):
            await moves(stage, *range(number, number + 20))
            if number % 200 == 100:
                server_of_nats.kill()
            if number % 200 == 160:
                server_of_nats.start()
            if dice.random() < 0.3:
                await drain(other, reaction)
        assert await arrived(other, 1_000, reaction) == list(range(1_000))


async def test_nats_loses_its_disk(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        for number in range(0, 600, 20):
            await moves(stage, *range(number, number + 20))
            if number % 200 == 100:
                server_of_nats.kill()
                server_of_nats.wipe()
                server_of_nats.start()
        assert await arrived(other, 600, reaction) == list(range(600))


async def test_a_stream_that_is_deleted_under_way_is_filled_again(
    stage: Pool, other: Pool, server_of_nats: Server
) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        await moves(stage, *range(10))
        await arrived(other, 10, reaction)
        client = await nats.connect(server_of_nats.url)
        await client.jetstream().delete_stream(STREAM)
        await client.close()
        await moves(stage, *range(10, 20))
        assert await arrived(other, 20, reaction) == list(range(20))


async def test_nats_is_away_when_everything_starts(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    server_of_nats.kill()
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        server_of_nats.start()
        await ready(stage)
        await moves(stage, 1, 2, 3)
        assert await arrived(other, 3, reaction) == [1, 2, 3]


async def test_a_carrier_killed_between_publishing_and_noting_it_doubles_nothing(
    stage: Pool, other: Pool, server_of_nats: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)

    class Killed(BaseException):
        pass

    async def die(*_: object) -> bool:
        raise Killed

    await moves(stage, *range(50))
    for _ in range(2):
        with monkeypatch.context() as patch, suppress(Killed):
            patch.setattr("playerbase.kit.outbox.nats.move_carrier", die)
            await carry(stage, server_of_nats.url, asyncio.Event())
    client = await nats.connect(server_of_nats.url)
    assert (await client.jetstream().stream_info(STREAM)).state.messages == 50
    await client.close()
    async with carried(server_of_nats, stage, other):
        await moves(stage, *range(50, 60))
        assert await arrived(other, 60, reaction) == list(range(60))


async def test_doubles_in_the_stream_are_dropped(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage)
        await moves(stage, *range(30))
        await arrived(other, 30, reaction)
    async with other.acquire() as connection:
        await connection.execute("update kit.streams set position = 0 where stream like '% copied'")
    async with carried(server_of_nats, other, stage):
        await moves(stage, 30)
        assert await arrived(other, 31, reaction) == list(range(31))


async def test_two_carriers_and_two_receivers_at_once(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other, stage, other):
        await ready(stage)
        for number in range(0, 1_000, 20):
            await moves(stage, *range(number, number + 20))
            if number == 500:
                server_of_nats.kill()
                server_of_nats.start()
        assert await arrived(other, 1_000, reaction) == list(range(1_000))


async def test_what_is_no_fact_is_passed_over(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    reaction = writer()
    await outbox.subscribe(other, [reaction])
    async with carried(server_of_nats, stage, other):
        await ready(stage, other)
        client = await nats.connect(server_of_nats.url)
        await client.jetstream().publish("pb.events.test.moved", b"{not json")
        await client.jetstream().publish("pb.events.test.moved", b'{"number": 7}', headers={"Nats-Msg-Id": "seven"})
        await client.close()
        await moves(stage, 1)
        assert await arrived(other, 1, reaction) == [1]


async def test_nothing_comes_back_to_where_it_was_told(stage: Pool, other: Pool, server_of_nats: Server) -> None:
    here, there = writer(), writer()
    await outbox.subscribe(stage, [here])
    await outbox.subscribe(other, [there])
    async with carried(server_of_nats, stage, other):
        await ready(stage, other)
        await moves(stage, 1, 2)
        await arrived(other, 2, there)
        async with transaction(other) as tx:
            await outbox.emit(tx, Moved(number=3))
        assert await arrived(stage, 3, here) == [1, 2, 3]
    for pool in (stage, other):
        async with pool.acquire() as connection:
            assert await connection.fetchval("select count(*) from kit.events") == 3


async def test_receiving_ends_when_it_is_told_to_whatever_waits(
    stage: Pool, other: Pool, server_of_nats: Server
) -> None:
    async with carried(server_of_nats, stage):
        await ready(stage)
        await moves(stage, 1)
        await in_stream(server_of_nats, 1)
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(20):
        while True:
            with suppress(OSError, nats.errors.Error):
                await receive(other, server_of_nats.url, stop)
                break
    async with other.acquire() as connection:
        assert await connection.fetchval("select count(*) from kit.events") == 0
        assert await connection.fetchval("select position from kit.streams where stream like '% copied'") == 0


async def in_stream(server: Server, count: int) -> None:
    """So many facts are on their way."""
    client = await nats.connect(server.url)
    async with asyncio.timeout(30):
        while (await client.jetstream().stream_info(STREAM)).state.messages < count:
            pass
    await client.close()
