from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from playerbase import games, seasons, statistics
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Db, Tx
from playerbase.matches import MatchCompleted, MatchVoided, Performance
from playerbase.statistics import Period, actions
from playerbase.statistics.model import StatisticsSettings
from playerbase.statistics.reactions import follow_matches
from tests.statistics.recount import recount, stored

NOW = datetime(2026, 11, 1, 18, tzinfo=UTC)


def a_match(*players: UUID, winner: UUID | None = None, at: datetime = NOW, **did: Any) -> MatchCompleted:
    return MatchCompleted(
        match_id=uuid4(), game="demo", mode="duel", map="pier", started_at=at, duration_seconds=60, winner_id=winner,
        players=[Performance(player_id=player, **did) for player in players],
    )  # fmt: skip


def a_void(match: MatchCompleted) -> MatchVoided:
    players = [each.player_id for each in match.players]
    return MatchVoided(match_id=match.match_id, game="demo", player_ids=players, reason="a cheat")


def at_random(dice: Random, players: Sequence[UUID], count: int, days: float) -> list[MatchCompleted]:
    """Matches of two to four, each now and then at the same moment as another, in the order they were played."""
    found = []
    for number in range(count):
        who = dice.sample(players, dice.choice([2, 2, 2, 3, 4]))
        fastest = dice.choice([None, dice.randrange(100, 999)])
        found.append(
            a_match(
                *who, winner=dice.choice([*who, *who, None]),
                at=NOW - timedelta(days=days * (count - number // 2) / count), kills=dice.randrange(9),
                deaths=dice.randrange(9), shots=9, hits=dice.randrange(9), streak=dice.randrange(9), answers=5,
                correct=dice.randrange(5), answer_ms_total=dice.randrange(9_000), score=dice.randrange(-5, 100),
                fastest_answer_ms=fastest,
            )
        )  # fmt: skip
    return found


async def test_what_is_stored_is_what_a_fan_would_count_however_it_came(tx: Tx) -> None:
    dice = Random(11)
    players = [uuid4() for _ in range(6)]
    told = at_random(dice, players, 160, days=20)
    late = [match for match in told if dice.random() < 0.2]
    in_time = [match for match in told if match not in late]
    while in_time:
        size = dice.choice([1, 7, 40])
        batch, in_time = in_time[:size], in_time[size:]
        dice.shuffle(batch)
        await follow_matches.run(tx, batch)
        await follow_matches.run(tx, batch[: dice.randrange(4)])
    for match in late:
        await follow_matches.run(tx, [match])
    assert await stored(tx) == recount(told)

    void = dice.sample(told, 50)
    await follow_matches.run(tx, [a_void(match) for match in void[:40]])
    for match in void[40:]:
        await follow_matches.run(tx, [a_void(match), a_void(match)])
    assert await stored(tx) == recount(told, frozenset(match.match_id for match in void))
    assert await actions.differences(tx, players) == ([], 0)

    await follow_matches.run(tx, [a_void(match) for match in told])
    await follow_matches.run(tx, told)
    assert await stored(tx) == {}


async def against(db: Db, player_id: UUID) -> list[int]:
    (row,) = await db.fetch("select one_won, drawn, other_won from statistics.pairs where one_id = $1", player_id)
    return list(row)


async def test_a_match_belongs_to_when_it_ended(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    sunday = datetime(2026, 10, 25, 23, 59, 30, tzinfo=UTC)
    await follow_matches.run(tx, [a_match(ann, bob, winner=ann, at=sunday)])

    for period in (Period.DAY, Period.WEEK):
        before = await actions.span_at(tx, ann, "demo", period, sunday.date())
        after = await actions.span_at(tx, ann, "demo", period, sunday.date() + timedelta(days=1))
        assert (before.played, after.played) == (0, 1)
    assert after.begins_at == datetime(2026, 10, 26, tzinfo=UTC)


async def test_rates_follow_from_counts_and_a_rate_of_nothing_is_null(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    did: dict[str, Any] = {
        "kills": 6,
        "deaths": 4,
        "shots": 40,
        "hits": 25,
        "answers": 8,
        "correct": 6,
        "answer_ms_total": 12_000,
    }
    await follow_matches.run(tx, [a_match(ann, bob, winner=ann, **did), a_match(ann, bob, winner=bob)])

    found = await statistics.lifetime(tx, ann, "demo")
    assert (found.win_rate, found.kd_ratio, found.accuracy_pct) == (0.5, 1.5, 62.5)
    assert (found.answer_rate, found.avg_answer_time_ms, found.playtime_seconds) == (0.75, 1500, 120)
    nothing = await statistics.lifetime(tx, uuid4(), "demo")
    rates = (nothing.win_rate, nothing.kd_ratio, nothing.accuracy_pct, nothing.answer_rate, nothing.avg_answer_time_ms)
    assert rates == (None,) * 5
    assert nothing.bests == statistics.model.Bests(None, 0, 0, None)


async def test_a_surpassed_best_is_told_and_the_first_is_not(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    for minute, (winner, fastest) in enumerate([(ann, 400), (bob, 300), (ann, 350), (ann, 350)]):
        match = a_match(ann, bob, winner=winner, at=NOW + timedelta(minutes=minute))
        match = MatchCompleted(**{**{f: getattr(match, f) for f in match.__struct_fields__}, "players": [
            Performance(player_id=ann, fastest_answer_ms=fastest), Performance(player_id=bob)]})  # fmt: skip
        await follow_matches.run(tx, [match])

    told = await tx.fetch("select body::json ->> 'best', body::json ->> 'now' from kit.events order by id")
    assert [tuple(row) for row in told] == [("fastest_answer_ms", "300"), ("best_win_streak", "2")]


async def test_who_met_whom_stays_what_it_is_when_the_ids_are_swapped(tx: Tx) -> None:
    ann, bob = sorted([uuid4(), uuid4()])
    told = [
        a_match(ann, bob, winner=ann),
        a_match(bob, ann, winner=ann),
        a_match(bob, ann),
        a_match(ann, bob, winner=bob),
    ]
    await follow_matches.run(tx, [*told, a_match(ann, bob, uuid4(), winner=ann)])

    assert await against(tx, ann) == [
        2,
        1,
        1,
    ]
    await follow_matches.run(tx, [a_void(match) for match in told[:3]])
    assert await against(tx, ann) == [
        0,
        0,
        1,
    ]


async def test_old_days_and_weeks_go_and_stay_away(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    now = the_clock.now()
    old, older, new = (a_match(ann, bob, winner=ann, at=now - timedelta(days=days)) for days in (300, 500, 1))
    await follow_matches.run(tx, [older, old, new])
    assert len([span for span in await stored(tx) if span[0] == ann and span[1] == 3]) == 2  # Beyond the default.

    await actions.set_settings(tx, StatisticsSettings(days_kept=100, weeks_kept=30), "test")
    await actions.set_settings(tx, StatisticsSettings(days_kept=1_000, weeks_kept=300), "test")
    late = a_match(ann, bob, winner=ann, at=now - timedelta(days=200))
    await follow_matches.run(tx, [late, a_void(old), a_void(older)])

    # What was counted before the decision stays until the job comes; nothing is added to or taken from what is going.
    assert (await stored(tx))[ann, 0, 0][0] == 2
    assert len([span for span in await stored(tx) if span[0] == ann and span[1] == 3]) == 2
    assert await actions.differences(tx, [ann, bob]) == ([], 0)


async def test_what_was_spoilt_is_found_and_mended(tx: Tx) -> None:
    players = [uuid4() for _ in range(4)]
    told = at_random(Random(3), players, 30, days=5)
    await follow_matches.run(tx, told)
    await tx.execute("update statistics.counts set kills = kills + 1 where player_id = $1 and period = 3", players[0])
    await tx.execute("delete from statistics.counts where player_id = $1 and period = 2", players[1])

    found, _ = await actions.differences(tx, players)
    assert {each.player_id for each in found} == set(players[:2])
    await actions.mend(tx, players)
    assert await actions.differences(tx, players) == ([], 0)
    assert await stored(tx) == recount(told)


async def test_a_match_counts_in_the_season_it_ended_in_and_in_none_between(tx: Tx) -> None:
    await games.create(tx, slug="demo", name="Demo")
    ann, bob = uuid4(), uuid4()
    now = the_clock.now()
    day = timedelta(days=1)
    for begins in (-0.5, 20):
        draft = seasons.Draft(
            name="Any", starts_at=now + begins * day, ends_at=now + (begins + 10) * day, gap_seconds=0
        )
        await seasons.plan(tx, "demo", draft)
    within, between = a_match(ann, bob, winner=ann, at=now), a_match(ann, bob, winner=ann, at=now - day)
    last = a_match(ann, bob, winner=bob, at=now + 9.5 * day - timedelta(seconds=61))
    after = a_match(ann, bob, winner=bob, at=now + 9.5 * day - timedelta(seconds=59))
    await follow_matches.run(tx, [within, between, last, after])

    first = await statistics.span_of_season(tx, ann, "demo", 1)
    assert first is not None
    assert (first.played, first.won, first.season) == (2, 1, 1)
    second = await statistics.span_of_season(tx, ann, "demo", 2)
    assert second is not None
    assert second.played == 0
    await follow_matches.run(tx, [a_void(within)])
    first = await statistics.span_of_season(tx, ann, "demo", 1)
    assert first is not None
    assert (first.played, first.lost) == (1, 1)
    assert await actions.differences(tx, [ann, bob]) == ([], 0)
