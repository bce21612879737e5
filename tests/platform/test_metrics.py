import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from playerbase import access, audit
from playerbase.kit.db import transaction
from playerbase.kit.metrics import CONTENT_TYPE
from playerbase.platform import actions
from tests.accounts.people import People, someone
from tests.accounts.phones import enrol
from tests.conftest import Api
from tests.platform.conftest import Start


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is slow answers late, and what it answers is asked about."""
    monkeypatch.setattr("playerbase.platform.actions.observing.ANSWER_SECONDS", 60)


async def figure(api: Api, name: str) -> float:
    """One series of a fresh scrape."""
    api.site.lane(actions.Observer)._begun.clear()
    text = (await api.get("/metrics")).text
    (line,) = (line for line in text.splitlines() if line.rpartition(" ")[0] == name)
    return float(line.rpartition(" ")[2])


async def report_match(api: Api, server: dict[str, str]) -> Any:
    players = [
        someone(await api.post("/api/v1/auth/server/login", json={"external_id": name}, headers=server)).player_id
        for name in ("ada", "bob")
    ]
    match = {
        "match_id": str(uuid4()), "game": "demo", "started_at": "2026-11-01T18:00:00Z", "duration_seconds": 300,
        "players": [{"player_id": str(each), "score": 3} for each in players], "winner_id": str(players[0]),
    }  # fmt: skip
    answer = await api.post("/api/v1/matches", json=match, headers=server)
    assert answer.status_code == 201, answer.text


async def test_a_scrape_counts_what_was_answered(api: Api) -> None:
    before = (await api.get("/metrics")).text
    assert (await api.get("/health")).status_code == 200
    after = await api.get("/metrics")
    assert after.headers["content-type"] == CONTENT_TYPE
    name = 'http_requests_total{method="GET",route="/health",status="200"} '
    counts = [float(text.partition(name)[2].partition("\n")[0] or 0) for text in (before, after.text)]
    assert counts[1] == counts[0] + 1
    assert 'http_request_seconds_bucket{le="0.5",method="GET",route="/health"}' in after.text


async def test_business_is_counted_from_midnight(api: Api, people: People) -> None:
    _, server = await people.begin()
    await report_match(api, server)
    assert await figure(api, "players_active_today") == 3
    assert await figure(api, "players_registered_today") == 3
    assert await figure(api, "matches_reported_today") == 1
    await people.later(days=1)
    assert await figure(api, "players_active_today") == 0
    assert await figure(api, "matches_reported_today") == 0
    assert await figure(api, "matches_stored") == 1
    await people.later(days=1)
    await report_match(api, server)
    assert await figure(api, "matches_reported_today") == 1
    assert await figure(api, "matches_stored") == 2
    assert await figure(api, "matches_stored") == 2


async def test_what_waits_in_the_log_is_counted_and_aged(api: Api, people: People) -> None:
    _, server = await people.begin()
    await report_match(api, server)
    await people.later(seconds=90)
    assert await figure(api, 'outbox_waiting_events{handler="ladder.follow_matches"}') == 1
    assert await figure(api, 'outbox_lag_seconds{handler="ladder.follow_matches"}') >= 90
    await api.drain()
    assert await figure(api, 'outbox_waiting_events{handler="ladder.follow_matches"}') == 0
    assert await figure(api, 'outbox_lag_seconds{handler="ladder.follow_matches"}') == 0


async def test_letters_jobs_and_workers_are_counted(api: Api, people: People) -> None:
    _, server = await people.begin()
    await report_match(api, server)
    pool = api.site.pool
    await pool.execute(
        "insert into kit.letters (handler, event, state, attempts, due_at, fault, opened_at)"
        " select 'ladder.follow_matches', id, 'dead', 3, now(), 'torn', now() - interval '20 minutes'"
        " from kit.events where topic = 'match.completed'"
    )
    await pool.execute(
        "insert into kit.jobs (id, name, args, lane, state, run_at, made_at)"
        " select gen_random_uuid(), 'a.b', '{}', 'high', state, now() - interval '9 minutes', now()"
        " from unnest(array['ready', 'dead']) as state"
    )
    await pool.execute("insert into kit.workers select gen_random_uuid(), 'here', 1, now(), now() - interval '1 hour'")
    assert await figure(api, 'outbox_letters{state="dead"}') == 1
    assert await figure(api, 'outbox_letters{state="held"}') == 0
    assert 1190 < await figure(api, 'outbox_oldest_letter_seconds{state="dead"}') < 1300
    assert await figure(api, 'jobs_open{lane="high",state="dead"}') == 1
    assert 530 < await figure(api, 'jobs_oldest_seconds{lane="high",state="ready"}') < 640
    assert await figure(api, "workers_alive") == 0
    await pool.execute("update kit.workers set seen_at = now()")
    assert await figure(api, "workers_alive") == 1


async def test_tokens_of_twitch_that_wait_for_their_check_are_counted(api: Api, people: People) -> None:
    ada, bob = await people.register(), await people.register("bob@example.com", "Bobolink")
    for who, hours in ((ada, 1), (bob, 3)):
        await api.site.pool.execute(
            "insert into federation.twitch_grants values ($1, $2, 'x', now() - make_interval(hours => $3), now())",
            who.player_id, uuid4(), hours,
        )  # fmt: skip
    assert (await figure(api, "twitch_grants_kept"), await figure(api, "twitch_grants_late")) == (2, 1)
    await api.site.pool.execute("update federation.twitch_grants set checked_at = now()")
    assert (await figure(api, "twitch_grants_kept"), await figure(api, "twitch_grants_late")) == (2, 0)


async def test_a_transaction_that_writes_for_long_is_seen(api: Api, dsn: str) -> None:
    writer = await asyncpg.connect(dsn)
    async with writer.transaction():
        await writer.execute("create temporary table kept (x int) on commit drop")
        began = await writer.fetchval("select extract(epoch from clock_timestamp() - now())::float8")
        assert await figure(api, "oldest_writing_transaction_seconds") >= began
    await writer.close()


async def test_a_broken_invariant_shows_by_name(api: Api, people: People) -> None:
    _, server = await people.begin()
    await report_match(api, server)
    await api.drain()
    counts = 'invariant_broken{invariant="ladder.counts_are_the_ratings_counted"}'
    assert await figure(api, counts) == 0
    await api.site.pool.execute("delete from ladder.counts")
    assert await figure(api, counts) == 1
    assert await figure(api, 'invariant_unchecked{invariant="ladder.counts_are_the_ratings_counted"}') == 0


async def test_redis_says_what_it_holds(api: Api) -> None:
    used, most = await figure(api, "redis_memory_used_bytes"), await figure(api, "redis_memory_max_bytes")
    assert 0 < used < most
    assert await figure(api, "redis_up") == 1


async def test_the_pool_is_watched(api: Api) -> None:
    assert await figure(api, 'database_connections{state="max"}') == 10
    assert await figure(api, 'database_connections{state="open"}') >= 1


async def test_a_database_that_hangs_keeps_no_scrape_waiting(
    api: Api, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await figure(api, "database_up") == 1
    monkeypatch.setattr("playerbase.platform.actions.observing.ANSWER_SECONDS", 0.1)
    blocker = await asyncpg.connect(dsn)
    async with blocker.transaction():
        await blocker.execute("lock table kit.letters in access exclusive mode")
        async with asyncio.timeout(30):
            assert await figure(api, "database_up") == 0
            # Those who scrape meanwhile wait for the same answer: no second question is asked.
            assert await figure(api, "database_up") == 0
        asked = await blocker.fetchval("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        assert asked == 1
    await blocker.close()
    assert await api.site.lane(actions.Observer)._asked is None
    monkeypatch.setattr("playerbase.platform.actions.observing.ANSWER_SECONDS", 60)
    assert await figure(api, "database_up") == 1


async def test_what_was_read_a_moment_ago_is_not_read_again(api: Api, people: People) -> None:
    assert await figure(api, "players_active_today") == 0
    await people.begin()
    text = (await api.get("/metrics")).text
    assert "players_active_today 0.0" in text
    assert await figure(api, "players_active_today") == 1


async def test_in_production_metrics_are_not_for_everybody(start: Start) -> None:
    async with start(PLAYERBASE_ENV="production") as api:
        answer = await api.get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (403, "metrics_are_closed")
        people = People(api)
        operator, _ = await people.begin()
        await enrol(people, operator)
        assert (await api.get("/metrics", headers=operator.headers)).status_code == 200
        ada = await people.register()
        assert (await api.get("/metrics", headers=ada.headers)).status_code == 403
        assert "metrics:read" in access.KEY_SCOPES
        async with transaction(api.site.pool) as tx:
            by = audit.Deed(actor_kind="system", actor_id="test", action="")
            key = await access.create_api_key(tx, name="p", env="live", game=None, scopes=["metrics:read"], by=by)
        headers = {"authorization": f"Bearer {key.secret}"}
        assert (await api.get("/metrics", headers=headers)).status_code == 200
