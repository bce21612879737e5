"""What clients see while connections to the database die, and what they leave behind when they die themselves."""

import asyncio
import json

import asyncpg

from tests.kit.http import little
from tests.kit.http.conftest import Edge, Serve

LEFT = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
OTHERS = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
NUMBER = "/api/v1/numbers/018f0000-0000-7000-8000-000000000000?count=7"


async def until(edge: Edge, query: str, count: int) -> None:
    """Wait for as long as it takes; what a session does shows in pg_stat_activity a moment after it does it."""
    async with asyncio.timeout(60):
        while await edge.site.pool.fetchval(query) != count:
            assert (await edge.get("/api/v1/ping")).status_code == 200


async def test_a_restart_of_the_database_fails_no_request_that_had_not_begun(edge: Edge, dsn: str) -> None:
    del dsn
    killer = await asyncpg.connect(edge.site.pool._connect_args[0])  # type: ignore[attr-defined]  # Where it leads.
    await asyncio.gather(*[edge.get(NUMBER) for _ in range(30)])
    for round_ in range(5):
        await killer.execute(f"select pg_terminate_backend(pid) {OTHERS}")
        reads = await asyncio.gather(*[edge.get(NUMBER) for _ in range(10)])
        assert {answer.status_code for answer in reads} == {200}, round_
        await killer.execute(f"select pg_terminate_backend(pid) {OTHERS}")
        writes = await asyncio.gather(
            edge.post("/api/v1/things", json={"name": "a"}), edge.post("/api/v1/lane", json={"name": "a"})
        )
        assert {answer.status_code for answer in writes} == {201}, round_
    await killer.close()


async def test_a_database_that_takes_nobody_is_away_for_a_while(serve: Serve) -> None:
    async with serve() as edge:
        where = edge.site.pool._connect_args[0]  # type: ignore[attr-defined]  # Where it leads.
        name = await edge.site.pool.fetchval("select current_database()")
        other = await asyncpg.connect(where.replace(name, "postgres"))
        await other.execute(f'alter database "{name}" allow_connections false')
        await other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        for method, path in (("GET", NUMBER), ("POST", "/api/v1/things"), ("POST", "/api/v1/lane")):
            answer = await edge.request(method, path, json={"name": "a"} if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (503, "database_away"), path
            assert answer.headers["retry-after"] == "5"
        assert (await edge.get("/api/v1/ping")).status_code == 200
        await other.execute(f'alter database "{name}" allow_connections true')
        await other.close()
        assert (await edge.get(NUMBER)).status_code == 200
        assert (await edge.post("/api/v1/things", json={"name": "a"})).status_code == 201


async def test_clients_that_go_away_leave_nothing_open(edge: Edge) -> None:
    body = json.dumps({"name": "slow"}).encode()
    head = b"POST /api/v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    for number in range(1, 6):
        _, writer = await asyncio.open_connection("127.0.0.1", edge.port)
        writer.write(head % len(body) + body)
        while little.started["slow"] < number:
            await asyncio.wait([asyncio.ensure_future(edge.get("/api/v1/ping"))])
        writer.transport.abort()
    await until(edge, LEFT, 5)
    little.gate.set()
    await until(edge, "select count(*) from things", 5)  # What was asked for was done.
    await until(edge, LEFT, 0)
    answers = await asyncio.gather(*[edge.get(NUMBER) for _ in range(30)])
    assert {answer.status_code for answer in answers} == {200}
