from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from playerbase import games, identity, matches
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.matches import MatchReportedOtherwise, Performance, Report
from playerbase.matches.actions import Intake

AT = datetime(2026, 11, 1, 18, tzinfo=UTC)


@pytest.fixture
async def players(tx: Tx) -> list[UUID]:
    await games.create(tx, slug="demo", name="Demo")
    return [await identity.create(tx) for _ in range(3)]


def a_report(*players: UUID, winner: UUID | None = None, **changes: object) -> Report:
    report = Report(
        match_id=uuid4(), game="demo", started_at=AT, duration_seconds=90,
        players=[Performance(player_id=player, score=at) for at, player in enumerate(players)], winner_id=winner,
    )  # fmt: skip
    return msgspec.structs.replace(report, **changes)


def taken_in(report: Report, game: str | None = "demo") -> Intake:
    return Intake(report, "k:test", game)


async def report(tx: Tx, *reports: Report) -> list[matches.Match | Refusal]:
    return await matches.report(tx, [taken_in(each) for each in reports])


async def topics(tx: Tx) -> list[str]:
    return [row["topic"] for row in await tx.fetch("select topic from kit.events order by id")]


async def test_a_match_is_recorded_and_told_once(tx: Tx, players: list[UUID]) -> None:
    ann, bob, _ = players
    wanted = a_report(ann, bob, winner=ann)

    (first,) = await report(tx, wanted)
    (again,) = await report(tx, wanted)

    assert isinstance(first, matches.Match)
    assert first == again
    assert first.players[1] == Performance(player_id=bob, score=1)
    assert await topics(tx) == ["match.completed"]


async def test_a_second_report_with_other_content_is_refused_and_the_first_stands(tx: Tx, players: list[UUID]) -> None:
    ann, bob, _ = players
    wanted = a_report(ann, bob, winner=ann)
    (first,) = await report(tx, wanted)

    (refusal,) = await report(tx, msgspec.structs.replace(wanted, winner_id=bob))

    assert isinstance(refusal, MatchReportedOtherwise)
    assert await report(tx, wanted) == [first]


async def test_of_two_in_one_batch_the_first_counts(tx: Tx, players: list[UUID]) -> None:
    ann, bob, _ = players
    wanted = a_report(ann, bob, winner=ann)

    first, same, other = await report(tx, wanted, wanted, msgspec.structs.replace(wanted, winner_id=None))

    assert isinstance(first, matches.Match)
    assert same == first
    assert first.winner_id == ann
    assert isinstance(other, MatchReportedOtherwise)
    assert await topics(tx) == ["match.completed"]


async def test_what_is_wrong_is_refused_alone(tx: Tx, players: list[UUID]) -> None:
    ann, bob, carol = players
    good = a_report(ann, bob)
    wrong = [
        a_report(ann, ann),
        a_report(ann, bob, winner=carol),
        a_report(ann, uuid4()),
        a_report(ann, bob, started_at=datetime.now(UTC) + timedelta(minutes=6)),
        a_report(ann, bob, game="unknown-game"),
    ]

    outcomes = await matches.report(tx, [taken_in(each, None) for each in [*wrong, good]])

    fields = [outcome.members["errors"][0]["field"] for outcome in outcomes if isinstance(outcome, Refusal)]  # type: ignore[index]
    assert fields == ["players.1.player_id", "winner_id", "players.1.player_id", "started_at", "game"]
    assert isinstance(outcomes[-1], matches.Match)
    assert await tx.fetchval("select count(*) from matches.matches") == 1


async def test_a_key_reports_for_its_own_game_only(tx: Tx, players: list[UUID]) -> None:
    (refusal,) = await matches.report(tx, [taken_in(a_report(*players[:2]), "other")])
    assert isinstance(refusal, Refusal)
    assert refusal.code == "other_game"


async def test_a_void_is_told_once(tx: Tx, players: list[UUID]) -> None:
    wanted = a_report(*players[:2])
    await report(tx, wanted)

    first = await matches.void(tx, wanted.match_id, "a cheat")
    again = await matches.void(tx, wanted.match_id, "a cheat")

    assert first == again
    assert first.voided_at is not None
    assert await topics(tx) == ["match.completed", "match.voided"]


async def test_a_players_matches_come_latest_first_and_by_pages(tx: Tx, players: list[UUID]) -> None:
    ann, bob, carol = players
    reports = [a_report(ann, bob, started_at=AT + timedelta(hours=hour)) for hour in range(3)]
    await report(tx, *reports, a_report(bob, carol))

    latest = await matches.of_player(tx, ann, datetime.now(UTC), count=2)
    rest = await matches.of_player(tx, ann, latest[-1].started_at, latest[-1].match_id, count=2)

    assert [match.match_id for match in [*latest, *rest]] == [each.match_id for each in reversed(reports)]
