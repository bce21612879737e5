"""The audit log over HTTP and in the console, behind a gateway of its own."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

import playerbase.audit.pages
import playerbase.audit.routes
from playerbase import audit, schema
from playerbase.audit.actions import watch
from playerbase.kit import clock
from playerbase.kit.db import Pool, transaction
from playerbase.kit.errors import Conflict
from playerbase.kit.http import (
    ANYONE,
    PLAYER,
    Answer,
    Caller,
    Gateway,
    NotSignedIn,
    Rendering,
    Request,
    Route,
    Site,
    routes_in,
    staff,
)
from playerbase.kit.outbox import Live
from playerbase.kit.redis import Cache, Limits, open_redis
from tests.audit.conftest import KEYS, Superuser, deed, fill

PLAYER_ID = UUID("01900000-0000-7000-8000-000000000001")
STAFF = frozenset({"audit.read", "audit.export"})
CALLERS = {
    "ilse": Caller("player", "player:ilse", player_id=UUID(int=7), permissions=STAFF),
    "reader": Caller("player", "player:reader", player_id=UUID(int=8), permissions=frozenset({"audit.read"})),
    "player": Caller("player", "player:anna", player_id=PLAYER_ID),
    "server": Caller("server", "key:k1", key_id="k1", scopes=frozenset({"matches:write"})),
}


class AlreadyDone(Conflict):
    """It was done before."""


async def refusing(request: Request) -> Answer:
    """A route that refuses."""
    assert request.body is not None
    raise AlreadyDone


async def serving(request: Request) -> Answer:
    """A route that serves."""
    assert request.body is not None
    return Answer()


def route(path: str, function: Any, policy: Any, *, module: str = "ladder", limit: str = "default") -> Route:
    # A route's module is where its function stands; these stand in for routes of modules above this one.
    async def placed(request: Request) -> Any:
        return await function(request)

    placed.__module__, placed.__name__ = f"playerbase.{module}.routes", path.rpartition("/")[2].strip("{}")
    return Route("POST", path, placed, policy, (limit,), 200, False, False, False)


PROBES = [
    route("/staff/{match_id}/void", refusing, staff("matches.write")),
    route("/player/claim", refusing, PLAYER),
    route("/player/look", serving, PLAYER),
    route("/accounts/register", refusing, ANYONE, module="accounts"),
    route("/accounts/login", serving, ANYONE, module="accounts", limit="login"),
]


async def authenticate(request: Request) -> Caller:
    name = request.header("authorization")
    if name is None:
        return Caller("anonymous", f"ip:{request.ip}")
    if name not in CALLERS:
        raise NotSignedIn
    return CALLERS[name]


@pytest.fixture
async def site(pool: Pool, redis_url: str, anchors: Path) -> AsyncIterator[Site]:
    assert not anchors.exists()
    redis = open_redis(redis_url)
    yield Site(
        pool=pool, redis=redis, keys=KEYS, limits=Limits(redis), cache=Cache(redis), live=Live(pool, ()),
        rendering=Rendering(schema.ROOT), public_url="http://test", in_production=False,
        pages=(playerbase.audit.pages.PAGE,), authenticate=authenticate, openapi=b"",
    )  # fmt: skip
    await redis.close()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    @asynccontextmanager
    async def running() -> AsyncIterator[Site]:
        yield site

    routes = [*routes_in(playerbase.audit.routes, playerbase.audit.pages), *PROBES]
    gateway = Gateway(
        routes, running=running, authenticate=authenticate, on_refusal=audit.note_refusal, public_url="http://test"
    )
    async with gateway.running():
        transport = httpx.ASGITransport(gateway, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


def by(name: str) -> dict[str, str]:
    return {"authorization": name}


async def noted(pool: Pool) -> list[tuple[str, str, str, str]]:
    rows = await pool.fetch(
        "select action, outcome, reason, actor_kind from audit.entries where outcome = 'refused' order by entry_id"
    )
    return [tuple(row) for row in rows]


MATCH = "01900000-0000-7000-8000-00000000aaaa"


async def test_what_is_forbidden_is_written_down(client: httpx.AsyncClient, pool: Pool) -> None:
    await client.post(f"/staff/{MATCH}/void", headers=by("player"), json={"password": "hunter2"})

    assert await noted(pool) == [("ladder_void", "refused", "not_allowed", "player")]
    row = dict(await pool.fetchrow("select * from audit.entries"))  # type: ignore[arg-type]
    assert (row["target_kind"], row["target_id"]) == ("match", MATCH)
    assert (row["actor_id"], row["player_id"]) == (str(PLAYER_ID), PLAYER_ID)
    assert row["request_id"]
    assert "hunter2" not in str(row)


async def test_what_staff_were_refused_is_written_down(client: httpx.AsyncClient, pool: Pool) -> None:
    CALLERS["void"] = Caller("player", "player:v", player_id=UUID(int=9), permissions=frozenset({"matches.write"}))
    await client.post("/staff/not-an-id-but-a-secret/void", headers=by("void"))

    assert await noted(pool) == [("ladder_void", "refused", "already_done", "staff")]
    assert await pool.fetchval("select target_id from audit.entries") == ""


async def test_accounts_are_written_down_and_the_game_is_not(client: httpx.AsyncClient, pool: Pool) -> None:
    await client.post("/player/claim", headers=by("player"))
    await client.post("/player/nowhere", headers=by("player"))
    await client.post("/accounts/register")
    await client.post("/accounts/register")

    assert await noted(pool) == [("accounts_register", "refused", "already_done", "anonymous")] * 2


async def test_wrong_credentials_are_written_down_once_a_minute(
    client: httpx.AsyncClient, pool: Pool, clock: Any
) -> None:
    await client.post("/player/look")
    assert await noted(pool) == []

    for _ in range(3):
        await client.post("/player/look", headers=by("guessed"))
    clock.forward(minutes=2)
    await client.post("/player/look", headers=by("guessed"))

    assert await noted(pool) == [("ladder_look", "refused", "not_signed_in", "anonymous")] * 2


async def test_too_many_logins_are_written_down_once_a_minute(client: httpx.AsyncClient, pool: Pool) -> None:
    answers = [(await client.post("/accounts/login")).status_code for _ in range(9)]

    assert answers == [200] * 5 + [429] * 4
    assert await noted(pool) == [("accounts_login", "refused", "too_many_requests", "anonymous")]


async def test_the_list_is_newest_first_and_pages(client: httpx.AsyncClient, pool: Pool) -> None:
    await fill(pool, 7)
    await fill(pool, 6, actor="tomas")

    first = (await client.get("/api/v1/admin/audit?limit=8", headers=by("reader"))).json()
    rest = (await client.get(f"/api/v1/admin/audit?limit=8&cursor={first['next_cursor']}", headers=by("reader"))).json()

    ids = [entry["entry_id"] for entry in first["items"] + rest["items"]]
    assert len(ids) == 13
    assert ids == sorted(ids, reverse=True)
    assert rest["next_cursor"] is None
    assert first["items"][0]["ip"] == "198.51.100.6"
    assert first["items"][0]["after"] == {"status": "suspended", "days": 6}


async def test_filters(client: httpx.AsyncClient, pool: Pool, clock: Any) -> None:
    player_id = UUID(int=3)
    async with transaction(pool) as tx:
        await audit.record_all(tx, [deed(1), deed(2, outcome="refused"), deed(3, action="x_y", actor="tomas")])
    clock.forward(hours=1)
    between = rfc3339_now()
    async with transaction(pool) as tx:
        await audit.record(tx, deed(4, player_id=player_id))

    async def found(query: str) -> list[str]:
        answer = await client.get(f"/api/v1/admin/audit?{query}", headers=by("reader"))
        assert answer.status_code == 200, answer.text
        return [entry["target_id"] for entry in answer.json()["items"] if entry["action"] != "audit_read"]

    assert await found("actor_id=ilse") == ["player-4", "player-2", "player-1"]
    assert await found("outcome=refused") == ["player-2"]
    assert await found("action=x_y") == ["player-3"]
    assert await found(f"player_id={player_id}") == ["player-4"]
    assert await found(f"from={between}") == ["player-4"]
    assert await found(f"to={between}") == ["player-3", "player-2", "player-1"]
    assert await found("actor_id=ilse&outcome=refused") == ["player-2"]


def rfc3339_now() -> str:
    return clock.rfc3339(clock.now())


@pytest.mark.parametrize("query", ["outcome=else", "from=yesterday", "from=2026-01-01T00:00:00", "limit=101", "q=1"])
async def test_wrong_filters_are_named(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/api/v1/admin/audit?{query}", headers=by("reader"))

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [query.split("=", maxsplit=1)[0]]


async def test_reading_the_log_is_written_down_once_a_reading(client: httpx.AsyncClient, pool: Pool) -> None:
    await fill(pool, 5)
    first = (await client.get("/api/v1/admin/audit?limit=2&actor_id=ilse", headers=by("reader"))).json()
    await client.get(f"/api/v1/admin/audit?limit=2&actor_id=ilse&cursor={first['next_cursor']}", headers=by("reader"))
    await client.get("/api/v1/admin/audit/export?format=json", headers=by("ilse"))

    rows = await pool.fetch(
        "select action, actor_id, after from audit.entries where action like 'audit%' order by entry_id"
    )
    assert [(row["action"], row["actor_id"], json.loads(row["after"])) for row in rows] == [
        ("audit_read", str(UUID(int=8)), {"actor_id": "ilse"}),
        ("audit_export", str(UUID(int=7)), {"format": "json"}),
    ]


async def test_a_cursor_belongs_to_its_reader_and_filter(client: httpx.AsyncClient, pool: Pool) -> None:
    await fill(pool, 5)
    cursor = (await client.get("/api/v1/admin/audit?limit=2", headers=by("reader"))).json()["next_cursor"]

    for query, name in (("limit=2", "ilse"), ("limit=2&actor_id=ilse", "reader")):
        answer = await client.get(f"/api/v1/admin/audit?{query}&cursor={cursor}", headers=by(name))
        assert answer.json()["code"] == "bad_cursor"


async def test_only_who_may_reads_and_only_who_may_exports(client: httpx.AsyncClient) -> None:
    for name, path, status in (
        ("player", "/api/v1/admin/audit", 403),
        ("server", "/api/v1/admin/audit", 403),
        ("reader", "/api/v1/admin/audit/export", 403),
        ("player", "/console/audit", 403),
        ("ilse", "/console/audit/retention", 403),  # Taking a copy is not having the log forget.
    ):
        assert (await client.get(path, headers=by(name))).status_code == status
    assert (await client.get("/api/v1/admin/audit")).status_code == 401


async def test_an_export_of_more_than_one_slice_is_whole(client: httpx.AsyncClient, pool: Pool) -> None:
    await fill(pool, 1_201)

    as_json = (await client.get("/api/v1/admin/audit/export?format=json", headers=by("ilse"))).json()
    answer = await client.get("/api/v1/admin/audit/export?format=csv&actor_id=ilse", headers=by("ilse"))
    as_csv = list(csv.DictReader(io.StringIO(answer.text)))

    assert [row["target_id"] for row in as_csv] == [f"player-{number}" for number in range(1_201, 0, -1)]
    assert [row["target_id"] for row in as_json] == [row["target_id"] for row in as_csv]
    assert as_csv[0]["hash"] == as_json[0]["hash"]
    assert json.loads(as_csv[0]["after"]) == as_json[0]["after"]
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'


async def test_an_empty_export(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/admin/audit/export?format=json&actor_id=nobody", headers=by("ilse"))
    assert answer.json() == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_no_cell_of_an_export_is_a_formula(client: httpx.AsyncClient, pool: Pool, start: str) -> None:
    text = f'{start}cmd|" /C calc"!A0,\n'
    async with transaction(pool) as tx:
        await audit.record(tx, deed(1, reason=text, agent=text, target_id=text))

    answer = await client.get("/api/v1/admin/audit/export?format=csv&actor_id=ilse", headers=by("ilse"))

    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["reason"] == row["agent"] == row["target_id"] == f"'{text}"


async def test_the_explorer_shows_entries_filters_and_the_verdict(client: httpx.AsyncClient, pool: Pool) -> None:
    await fill(pool, 60)
    page = (await client.get("/console/audit?actor_id=ilse&outcome=done", headers=by("ilse"))).text

    assert "Not verified yet" in page
    assert page.count("player_suspended</a>") == 50
    assert "remove this filter" in page
    assert "export?format=csv&amp;actor_id=ilse&amp;outcome=done" in page

    await watch(pool)
    page = (await client.get("/console/audit", headers=by("reader"))).text
    assert "Verified" in page
    assert "export?format" not in page


async def test_the_search_knows_players_from_actions(client: httpx.AsyncClient, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await audit.record_all(tx, [deed(1, player_id=PLAYER_ID), deed(2, action="key_rotated")])

    about = (await client.get(f"/console/audit?q={PLAYER_ID}", headers=by("reader"))).text
    action = (await client.get("/console/audit?q=key_rotated&from=2020-01-01&to=2100-01-01", headers=by("reader"))).text

    assert "player_suspended</a>" in about
    assert "key_rotated</a>" not in about
    assert "key_rotated</a>" in action


async def test_an_entry_shows_what_changed_and_whether_its_hash_fits(
    client: httpx.AsyncClient, pool: Pool, anchors: Path
) -> None:
    await fill(pool, 3)
    chain = await pool.fetchval("select chain from audit.heads where seq = 3")

    page = (await client.get(f"/console/audit/{chain}/2", headers=by("reader"))).text
    assert "<del>active</del>" in page
    assert "<ins>suspended</ins>" in page
    assert "Hash fits" in page

    async with pool.acquire() as connection:
        await Superuser(connection).does("update audit.entries set after = '{{}}' where chain = {chain} and seq = 2")  # type: ignore[arg-type]
    page = (await client.get(f"/console/audit/{chain}/2", headers=by("reader"))).text
    assert "Hash does not fit" in page
    assert (await client.get(f"/console/audit/{chain}/99", headers=by("reader"))).status_code == 404
    assert not (await audit.verify(pool, KEYS, anchors)).holds


async def test_a_log_that_does_not_hold_needs_a_human(client: httpx.AsyncClient, pool: Pool) -> None:
    async with pool.acquire() as connection:
        await fill(pool, 3)
        await watch(pool)
        assert await playerbase.audit.pages.needs(connection) == []  # type: ignore[arg-type]
        await Superuser(connection).does("delete from audit.entries where chain = {chain} and seq = 2")  # type: ignore[arg-type]
        the_day_after = clock.now() + timedelta(days=2)
        clock.set_offset(the_day_after - clock.now())
        try:
            await watch(pool)
        finally:
            clock.set_offset(timedelta())
        (need,) = await playerbase.audit.pages.needs(connection)  # type: ignore[arg-type]

    assert need.rank == 0
    assert "row 2" in need.why
    page = (await client.get("/console/audit", headers=by("reader"))).text
    assert "not as it was written" in page


async def test_a_players_timeline_has_what_concerned_them(pool: Pool, anchors: Path) -> None:
    assert not anchors.exists()
    async with transaction(pool) as tx:
        await audit.record_all(
            tx, [deed(1, player_id=PLAYER_ID), deed(2), deed(3, player_id=PLAYER_ID, outcome="refused")]
        )
        lines = await playerbase.audit.pages.timeline(tx, PLAYER_ID, clock.now() + timedelta(seconds=1), 10)
        assert [line.text for line in lines] == ["Player suspended: refused", "Player suspended"]
        assert len(await playerbase.audit.pages.timeline(tx, PLAYER_ID, clock.now() + timedelta(seconds=1), 1)) == 1
