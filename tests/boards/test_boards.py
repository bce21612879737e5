"""Scores over HTTP: who stands where, whatever becomes of Redis."""

import asyncio
from typing import Any

import pytest

from playerbase import boards
from playerbase.boards import actions
from playerbase.boards.model import SCORE_MAX, SCORE_MIN, Direction, Operator, Source
from tests.boards.conftest import Arena


async def test_scores_stand_in_order_and_beyond_what_doubles_hold(arena: Arena) -> None:
    await arena.board("high", source=Source.SERVERS)
    for name, score in [("Ann", 2**53 + 1), ("Bob", 2**53), ("Carol", SCORE_MAX), ("Dan", SCORE_MIN), ("Eve", 2**53)]:
        answer = await arena.put(name, score)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["verdict"], answer.json()["score_text"]) == ("accepted", str(score))
    assert await arena.standing() == [
        (1, "Carol", SCORE_MAX), (2, "Ann", 2**53 + 1), (3, "Bob", 2**53), (4, "Eve", 2**53), (5, "Dan", SCORE_MIN),
    ]  # fmt: skip
    assert (await arena.put("Carol", 5)).json()["verdict"] == "unchanged"
    near = await arena.around("Eve", n=1)
    assert [row["display_name"] for row in near["items"]] == ["Bob", "Eve", "Dan"]
    assert (near["rank"], near["size"], near["percentile"], near["score_text"]) == (4, 5, 80.0, str(2**53))
    assert [row["rank"] for row in (await arena.around("Carol", n=2))["items"]] == [1, 2, 3, 4, 5]
    nobody = await arena.around("Zed")
    assert (nobody["rank"], nobody["items"]) == (None, [])
    zed = await arena.player("Zed")
    assert (await arena.get(f"rank/{zed.player_id}"))["rank"] is None


async def test_each_board_has_its_operator_direction_and_players(arena: Arena) -> None:
    await arena.board("sum", source=Source.SERVERS, operator=Operator.SUM, position=1)
    await arena.board("last", source=Source.SERVERS, operator=Operator.SET, direction=Direction.ASC, is_regional=True)
    for name, country in [("Ann", "CH"), ("Bob", "CH"), ("Carol", "JP")]:
        who = await arena.player(name)
        await arena.api.put("/api/v1/profiles/me", headers=who.headers, json={"country": country})
    for name, score in [("Ann", 10), ("Bob", 30), ("Carol", 20), ("Ann", 40), ("Bob", 35)]:
        assert (await arena.put(name, score)).status_code == 200  # The first in the game's order, which is `last`.
    assert await arena.standing() == [(1, "Carol", 20), (2, "Bob", 35), (3, "Ann", 40)]
    assert await arena.standing(region="CH") == [(1, "Bob", 35), (2, "Ann", 40)]
    ann = await arena.player("Ann")
    friends = await arena.get("friends", who=ann)
    assert [row["display_name"] for row in friends["items"]] == ["Ann"]

    assert (await arena.put("Ann", 1, "sum")).json()["code"] == "tally_needs_key"
    for key, score in [("a", 2**62), ("a", 2**62), ("b", 2**62 - 1)]:
        told = await arena.put("Ann", score, "sum", **{"idempotency-key": key})
        assert told.status_code == 200, told.text
    assert await arena.standing("sum") == [(1, "Ann", 2**63 - 1)]
    assert (await arena.put("Ann", 1, "sum", **{"idempotency-key": "c"})).json()["code"] == "sum_too_large"
    assert (await arena.put("Ann", 1, "none")).json()["code"] == "no_such_board"
    assert (await arena.api.get(f"{arena.here}/top?limit=101", headers=arena.server)).status_code == 422


async def test_what_is_no_score_is_refused(arena: Arena) -> None:
    await arena.board("high", source=Source.SERVERS, score_min=0, score_max=1_000)
    ann = await arena.player("Ann")
    path, post = f"{arena.here}/scores", arena.api.post

    async def told(score: str, player: str = str(ann.player_id)) -> tuple[int, str]:
        body = f'{{"player_id": "{player}", "score": {score}}}'.encode()
        answer = await post(path, headers=arena.server | {"content-type": "application/json"}, content=body)
        return answer.status_code, answer.json()["code"]

    for nonsense in ["9223372036854775808", "-9223372036854775809", '"12"', "1.5", "1e400", "true", "null"]:
        assert await told(nonsense) == (422, "invalid_input"), nonsense
    assert await told("1001") == (422, "score_out_of_bounds")
    assert (await told("NaN"))[0] in {400, 422}
    assert await told("1", "01890000-0000-7000-8000-000000000000") == (422, "unknown_player")
    assert (await arena.submit("Ann", score=1, session_id="bs_forged")).json()["code"] == "session_invalid"
    assert (
        await post(path, headers=ann.headers, json={"player_id": str(ann.player_id), "score": 1})
    ).status_code == 403
    await arena.people.later(minutes=9)
    assert (await told("1"))[1] == "season_takes_no_scores"
    assert await arena.standing() == []


async def read_everything(arena: Arena) -> list[Any]:
    return [await arena.standing(), [await arena.around(name, n=2) for name in arena.players]]


@pytest.mark.parametrize("cut", [False, True])
async def test_redis_may_be_lost_at_any_time(arena: Arena, monkeypatch: pytest.MonkeyPatch, *, cut: bool) -> None:
    """Emptied, restored from long ago, or away: the answers are the same, and the index becomes whole again."""
    await arena.board("high", source=Source.SERVERS)
    names = [f"Player {number}" for number in range(8)]
    await asyncio.gather(*[arena.put(name, number // 2) for number, name in enumerate(names)])
    run = await arena.run()
    index = actions.configured_index()
    assert index is not None
    assert await index.top(run.run_id, 1, 1) is not None
    before = await read_everything(arena)
    if cut:
        monkeypatch.setattr("playerbase.boards.actions.mending.SHARD_ENTRIES", 4)
        assert await actions.rebuild(arena.api.site.pool, run.run_id)
        run = await arena.run()
        assert run.shards == 3
        assert await read_everything(arena) == before
    client = arena.api.site.redis.client
    kept = {key: await client.dump(key) for key in await client.keys("boards:*{*")}

    await client.flushdb()
    assert await index.top(run.run_id, run.shards, 1) is None
    assert await read_everything(arena) == before
    await arena.put("Player 0", 9)
    after = await read_everything(arena)
    assert after != before
    await arena.api.drain()  # The job that was asked for.
    found = await index.top(run.run_id, run.shards, 1)
    assert found is not None
    assert found.version >= (await arena.run()).version
    assert await read_everything(arena) == after

    # From a backup that knows nothing of what came since: whole as it looks, it is not believed.
    await client.flushdb()
    for key, value in kept.items():
        await client.restore(key, 0, value)
    assert await index.top(run.run_id, run.shards, 1) is not None
    assert await read_everything(arena) == after
    await arena.put("Player 1", 10)
    final = await read_everything(arena)
    assert final[0][0] == (1, "Player 1", 10)

    boards.use_redis(None)
    assert await read_everything(arena) == final


async def test_a_writer_that_died_after_its_commit_is_made_good(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    await arena.board("high", source=Source.SERVERS)
    await arena.put("Ann", 1)
    index = actions.configured_index()
    boards.use_redis(None)
    await arena.put("Bob", 2)
    monkeypatch.setattr("playerbase.boards.actions.configured._index", index)
    assert index is not None
    run = await arena.run()
    found = await index.top(run.run_id, 1, 10)
    assert found is not None
    assert found.version < run.version
    assert await arena.standing() == [(1, "Bob", 2), (2, "Ann", 1)]
    await arena.api.drain()
    found = await index.top(run.run_id, 1, 10)
    assert found is not None
    assert (found.version, found.size) == (run.version, 2)


async def test_what_staff_takes_away_moves_everybody_up_at_once(arena: Arena) -> None:
    await arena.board("high", source=Source.SERVERS)
    for score, name in enumerate(["Dan", "Carol", "Bob", "Ann"]):
        await arena.put(name, score)
    assert (await arena.judge("hide", "Bob")).json()["state"] == "hidden"
    assert await arena.standing() == [(1, "Ann", 3), (2, "Carol", 1), (3, "Dan", 0)]
    assert (await arena.around("Dan"))["rank"] == 3
    assert (await arena.around("Bob"))["rank"] is None
    await arena.put("Bob", 10)
    assert len(await arena.standing()) == 3
    assert (await arena.judge("remove", "Ann")).status_code == 204
    run = await arena.run()
    assert await arena.standing() == [(1, "Carol", 1), (2, "Dan", 0)]
    assert await actions.rebuild(arena.api.site.pool, run.run_id)
    assert await arena.standing() == [(1, "Carol", 1), (2, "Dan", 0)]
    assert (await arena.judge("restore", "Bob")).json()["score"] == 10
    assert (await arena.put("Ann", 1)).json()["verdict"] == "accepted"
    assert await arena.standing() == [(1, "Bob", 10), (2, "Carol", 1), (3, "Ann", 1), (4, "Dan", 0)]
    assert (await arena.judge("hide", "Zed")).json()["code"] == "not_on_board"
    assert [row["outcome"] for row in await arena.people.audited("board_entry_hidden")] == ["done"]


async def test_everybody_at_once_is_as_one_after_another(arena: Arena) -> None:
    await arena.board("high", source=Source.SERVERS)
    names = [f"Player {number}" for number in range(6)]
    for name in names:
        await arena.player(name)
    rounds = [arena.put(name, (number * 7 + turn * 3) % 50) for number, name in enumerate(names) for turn in range(10)]
    answers = await asyncio.gather(*rounds)
    assert {each.status_code for each in answers} == {200}
    best = {name: max((number * 7 + turn * 3) % 50 for turn in range(10)) for number, name in enumerate(names)}
    assert {(name, score) for _, name, score in await arena.standing()} == set(best.items())
    run = await arena.run()
    index = actions.configured_index()
    assert index is not None
    found = await index.top(run.run_id, 1, 10)
    assert found is not None
    assert (found.version, found.size) == (run.version, 6)
