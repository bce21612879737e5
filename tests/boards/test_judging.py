"""Scores that players claim: sessions, replays, review; and scores that matches bring."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase.boards import rules
from playerbase.boards.model import Action, Counted, Direction, Kind, Operator, ReplayRule, Source
from playerbase.kit import clock
from playerbase.kit.errors import Refusal
from tests.boards.conftest import Arena

RULE = ReplayRule(
    kinds={"coin": Kind(points=10, count_max=3, apart_ms=100), "bonus": Kind(points=5, amount_max=4)}, base=1,
    actions_max=5, seconds_max=60, apart_ms=10,
)  # fmt: skip
DONE = [Action("coin", 0), Action("coin", 150), Action("bonus", 200, 4)]


@pytest.mark.parametrize(
    ("actions", "score", "word"),
    [
        (DONE, 41, None),
        (DONE, 42, "makes 41"),
        ([Action("coin", at) for at in (0, 200, 400, 600)], 41, "4 of coin"),
        ([Action("coin", 0), Action("coin", 50)], 21, "50 ms between two of coin"),
        ([Action("bonus", 0), Action("bonus", 5)], 11, "5 ms between two actions"),
        ([Action("bonus", 20), Action("bonus", 0)], 11, "backwards"),
        ([Action("bonus", 0, 5)], 26, "5 at once"),
        ([Action("sword", 0)], 1, "No rule for sword"),
        ([Action("bonus", 50_000)], 6, "in a session of"),
        ([Action("bonus", 61_000)], 6, "at most 60 s"),
        ([Action("bonus", at * 10) for at in range(6)], 31, "6 actions"),
    ],
)
def test_a_claim_is_replayed(actions: list[Action], score: int, word: str | None) -> None:
    found = rules.doubts(RULE, actions, score, 10_000)
    assert found == [] if word is None else any(word in each for each in found), found


def test_a_rule_whose_scores_pass_64_bits_is_unsound() -> None:
    assert rules.unsound(RULE) is None
    heavy = ReplayRule(kinds={"coin": Kind(points=2**53, amount_max=10**9)})
    assert isinstance(rules.unsound(heavy), Refusal)


@pytest.mark.parametrize("operator", Operator)
@pytest.mark.parametrize("direction", Direction)
def test_what_is_left_is_what_had_come_alone(operator: Operator, direction: Direction) -> None:
    now = clock.now()
    marks = [(score, now + timedelta(seconds=at)) for at, score in enumerate([5, 9, 2, 9, 2])]
    standing = None
    for at, mark in enumerate(marks):
        standing = rules.combined(standing, *mark, operator, direction) or standing
        assert rules.remaining(marks[: at + 1], operator, direction) == standing or operator is Operator.SET
    assert rules.remaining([], operator, direction) is None


async def opened(arena: Arena, name: str = "Ann", **more: Any) -> str:
    answer = await arena.session(name, **more)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["session_id"]
    return token


async def test_a_player_submits_in_a_session_that_a_server_opened(arena: Arena) -> None:
    await arena.board("run", rule=RULE, plausible_max=1_000, session_seconds=60)
    await arena.board("other", rule=RULE, position=1)
    done = [["coin", 0], ["coin", 150], ["bonus", 200, 4]]
    token = await opened(arena)
    claim: dict[str, Any] = {"score": 41, "session_id": token, "actions": done}

    assert (await arena.submit("Bob", **claim)).json()["code"] == "session_invalid"
    assert (await arena.submit("Ann", **claim, board="other")).json()["code"] == "session_invalid"
    assert (await arena.submit("Ann", **claim | {"session_id": token[:-1] + "x"})).json()["code"] == "session_invalid"
    first = await arena.submit("Ann", **claim)
    assert (first.status_code, first.json()["verdict"], first.json()["score"]) == (200, "accepted", 41), first.text
    assert (await arena.submit("Ann", **claim)).json() == first.json()
    assert (await arena.submit("Ann", **claim | {"score": 51})).json()["code"] == "session_spent"
    assert (await arena.put("Ann", 5)).json()["code"] == "not_for_this_board"
    late = await opened(arena)
    await arena.people.later(minutes=2)
    assert (await arena.submit("Ann", **claim | {"session_id": late})).json()["code"] == "session_over"
    assert await arena.standing() == [(1, "Ann", 41)]


async def test_what_is_implausible_waits_for_a_person(arena: Arena) -> None:
    await arena.board("run", rule=RULE)
    pool = arena.api.site.pool
    for name, score in [("Ann", 900), ("Bob", 800), ("Carol", 31)]:
        answer = await arena.submit(
            name, score=score, session_id=await opened(arena, name), actions=[["coin", at] for at in (0, 150, 300)]
        )
        assert answer.json()["verdict"] == ("accepted" if name == "Carol" else "in_review")
    assert await arena.standing() == [(1, "Carol", 31)]
    waiting = await pool.fetch("select submission_id, score from boards.submissions order by score desc")

    async def decide(submission_id: UUID, *, accept: bool, headers: dict[str, str]) -> dict[str, Any]:
        path = f"/api/v1/admin/leaderboards/submissions/{submission_id}/decide"
        answer = await arena.api.post(path, headers=headers, json={"accept": accept, "reason": "as it looks"})
        told: dict[str, Any] = answer.json()
        return told

    staff = arena.operator.headers
    ids = [row["submission_id"] for row in waiting]
    assert (await decide(ids[0], accept=True, headers=arena.server))["status"] == 403
    assert (await decide(ids[0], accept=True, headers=staff))["state"] == "accepted"
    assert (await decide(ids[0], accept=False, headers=staff))["code"] == "already_decided"
    assert (await decide(ids[1], accept=False, headers=staff))["state"] == "rejected"
    assert (await decide(uuid4(), accept=False, headers=staff))["code"] == "no_such_submission"
    assert await arena.standing() == [(1, "Ann", 900), (2, "Carol", 31)]
    assert len(await arena.people.audited("board_submission_accepted")) == 1


async def test_a_changed_rule_judges_only_what_begins_after_it(arena: Arena) -> None:
    made = await arena.board("run", rule=RULE)
    token = await opened(arena)
    draft = {
        "game": "demo", "code": "run", "name": "Run", "rule": {"kinds": {"coin": {"points": 99}}},
    }  # fmt: skip
    path = f"/api/v1/admin/boards/{made.board_id}"
    answer = await arena.api.put(path, headers=arena.operator.headers, json=draft)
    assert (answer.status_code, answer.json()["rule_version"]) == (200, 2), answer.text
    refused = await arena.api.put(path, headers=arena.operator.headers, json=draft | {"operator": "sum"})
    assert refused.json()["code"] == "board_in_use"
    same = await arena.api.post("/api/v1/admin/boards", headers=arena.operator.headers, json=draft)
    assert same.json()["code"] == "board_taken"
    assert (await arena.submit("Ann", score=11, session_id=token, actions=[["coin", 0]])).json()[
        "verdict"
    ] == "accepted"
    later = await opened(arena)
    told = await arena.submit("Ann", score=99, session_id=later, actions=[["coin", 0]])
    assert told.json()["verdict"] == "accepted"


async def test_matches_bring_scores_and_void_ones_take_them_back(arena: Arena) -> None:
    for code, counted, operator in [
        ("kills", Counted.KILLS, Operator.SUM), ("best", Counted.SCORE, Operator.BEST), ("wins", Counted.WINS, "sum"),
    ]:  # fmt: skip
        await arena.board(code, source=Source.MATCHES, counted=counted, operator=Operator(operator))
    ann, bob = [(await arena.player(name)).player_id for name in ("Ann", "Bob")]
    began = clock.now()
    played = []
    for number, (kills, score) in enumerate([(3, 70), (5, 90), (1, 20)]):
        body = {
            "match_id": str(uuid4()), "game": "demo", "duration_seconds": 1, "winner_id": str(ann),
            "started_at": (began + timedelta(seconds=number)).isoformat(),
            "players": [
                {"player_id": str(ann), "kills": kills, "score": score}, {"player_id": str(bob), "kills": number},
            ],
        }  # fmt: skip
        answer = await arena.api.post("/api/v1/matches", headers=arena.server, json=body)
        assert answer.status_code == 201, answer.text
        played.append(body["match_id"])
    await arena.api.drain()
    assert await arena.standing("kills") == [(1, "Ann", 9), (2, "Bob", 3)]
    assert await arena.standing("best") == [(1, "Ann", 90), (2, "Bob", 0)]
    assert await arena.standing("wins") == [(1, "Ann", 3), (2, "Bob", 0)]

    async def void(match_id: object) -> None:
        path = f"/api/v1/admin/matches/{match_id}/void"
        await arena.api.post(path, headers=arena.operator.headers, json={"reason": "a cheat"})
        await arena.api.drain()

    await void(played[1])
    assert await arena.standing("kills") == [(1, "Ann", 4), (2, "Bob", 2)]
    assert await arena.standing("best") == [(1, "Ann", 70), (2, "Bob", 0)]
    await void(played[0])
    await void(played[2])
    assert [await arena.standing(code) for code in ("kills", "best", "wins")] == [[], [], []]
