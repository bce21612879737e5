"""What is earned, which tier that is, and what a list of tiers must be; without a database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerbase.battlepass import rules
from playerbase.battlepass.model import Challenge, Curve, Measure, Part, Period, Rates, Source, Tier, Track

SEASON = UUID(int=7)
WON, LOST, DRAWN = Source.MATCH_WIN, Source.MATCH_LOSS, Source.MATCH_DRAW
COINS = Part(asset="coins", amount=5)


def curve(*steps: int, version: int = 1) -> Curve:
    return Curve(SEASON, version, tuple(Tier(at, xp) for at, xp in enumerate((0, *steps))))


@pytest.mark.parametrize(
    ("source", "kills", "streak", "seconds", "amount"),
    [
        (WON, 0, 0, 0, 100), (LOST, 0, 0, 0, 50), (DRAWN, 0, 0, 0, 75), (WON, 1, 0, 0, 105), (WON, 0, 1, 0, 110),
        (WON, 0, 0, 9, 100), (WON, 0, 0, 10, 101), (WON, 0, 0, 19, 101), (LOST, 3, 2, 601, 145),
        (WON, 40, 0, 0, 300), (WON, 0, 0, 604_800, 300), (WON, 1_000_000, 1_000_000, 604_800, 300),
    ],
)  # fmt: skip
def test_what_a_match_gives(source: Source, kills: int, streak: int, seconds: int, amount: int) -> None:
    assert rules.earned(Rates(), source, kills=kills, streak=streak, seconds=seconds) == amount


def test_a_match_gives_at_least_so_much() -> None:
    assert rules.earned(Rates(loss=0), LOST, kills=0, streak=0, seconds=0) == 50
    assert rules.earned(Rates(loss=0, least=0), LOST, kills=0, streak=0, seconds=0) == 0


@settings(max_examples=100)
@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=30), st.integers(0, 200_000))
def test_a_tier_is_the_last_whose_threshold_is_reached(steps: list[int], xp: int) -> None:
    sums = [sum(steps[: at + 1]) for at in range(len(steps))]
    assert rules.tier_at(curve(*sums), xp) == sum(each <= xp for each in sums)


def test_the_usual_tiers_are_a_hundred_of_a_thousand() -> None:
    usual = rules.usual()
    assert [(usual[0].tier, usual[0].xp), (usual[-1].tier, usual[-1].xp)] == [(0, 0), (100, 100_000)]
    assert rules.faults(usual) == []


@pytest.mark.parametrize(
    ("tiers", "codes"),
    [
        ([], ["missing"]),
        ([Tier(1, 0)], ["gap"]),
        ([Tier(0, 5)], ["not_zero"]),
        ([Tier(0, 0), Tier(2, 10)], ["gap"]),
        ([Tier(0, 0), Tier(1, 10), Tier(1, 20)], ["gap"]),
        ([Tier(0, 0), Tier(1, 10), Tier(2, 10)], ["not_rising"]),
        ([Tier(0, 0), Tier(2, 10), Tier(1, 5)], ["gap", "gap", "not_rising"]),
        ([Tier(0, 0, [Part()])], ["not_one"]),
        ([Tier(0, 0, [Part(item="cup", asset="coins", amount=1)])], ["not_one"]),
        ([Tier(0, 0, [], [Part(asset="coins")])], ["not_one"]),
        ([Tier(0, 0, [Part(title="King", quantity=2)])], ["not_one"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_list_of_tiers(tiers: list[Tier], codes: list[str]) -> None:
    assert [each.code for each in rules.faults(tiers)] == codes


def test_a_version_is_never_worse_if_nothing_is_dearer_or_gives_less() -> None:
    old = Curve(SEASON, 1, (Tier(0, 0, [COINS]), Tier(1, 100, [], [COINS, COINS])))
    same = msgspec.structs.replace(old, version=2)
    more = Curve(SEASON, 2, (*old.tiers, Tier(2, 200)))
    cheaper = Curve(SEASON, 2, (old.tiers[0], Tier(1, 99, [], [Part(asset="coins", amount=10)])))
    dearer = Curve(SEASON, 2, (old.tiers[0], Tier(1, 101, [], [COINS, COINS])))
    poorer = Curve(SEASON, 2, (Tier(0, 0, [Part(asset="coins", amount=4)]), old.tiers[1]))
    moved = Curve(SEASON, 2, (old.tiers[0], Tier(1, 100, [COINS, COINS], [])))
    assert [rules.never_worse(each, old) for each in (same, more, cheaper)] == [True] * 3
    assert [rules.never_worse(each, old) for each in (dearer, poorer, moved)] == [False] * 3
    assert not rules.never_worse(Curve(SEASON, 2, old.tiers[:1]), old)


def test_a_version_holds_until_one_comes_by_which_nobody_loses() -> None:
    versions = [curve(100, 200), curve(150, 300, version=2), curve(90, 250, version=3), curve(90, 180, version=4)]
    assert [rules.holding(versions, began).version for began in (1, 2, 3, 4)] == [4, 4, 4, 4]
    assert [rules.holding(versions[:3], began).version for began in (1, 2, 3)] == [1, 3, 3]


def test_who_is_behind_gains_more_in_the_last_days_only() -> None:
    began, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)

    def bonus(tier: int, at: datetime, days: int = 21) -> int:
        return rules.catch_up(101, tier=tier, tiers=100, days=days, at=at, began=began, ends=ends)

    late = ends - timedelta(days=20)  # Tier 80 is expected.
    assert [bonus(tier, late) for tier in (0, 40, 79, 80, 100)] == [101, 50, 1, 0, 0]
    assert bonus(0, late, days=0) == bonus(0, ends - timedelta(days=22)) == bonus(0, ends) == 0


def test_periods_are_days_weeks_and_seasons_of_utc() -> None:
    night = datetime(2027, 1, 1, 0, 30, tzinfo=UTC).astimezone()
    assert rules.period_of(Period.DAY, night, None) == "2027-01-01"
    assert rules.period_of(Period.WEEK, night, None) == "2026-W53"
    assert rules.period_of(Period.SEASON, night, SEASON) == str(SEASON)
    assert rules.period_of(Period.SEASON, night, None) is None


@pytest.mark.parametrize(("measure", "count"), [*zip(Measure, [1, 1, 3, 2, 9, 4, 60], strict=True)])
def test_what_challenges_count(measure: Measure, count: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    challenge = Challenge(
        uuid4(), "demo", "c", "C", Source.SEASON_CHALLENGE, measure, 5, Period.DAY, None, 1, is_on=True, version=1,
        updated_at=at,
    )  # fmt: skip
    deed = rules.Deed("duel", WON, kills=3, streak=2, hits=9, correct=4, seconds=60)
    assert [each.count for each in rules.shares([challenge], deed, at, None)] == [count]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_of_tiers_reads_as_what_was_written(form: rules.Format) -> None:
    tiers = [
        Tier(0, 0, [COINS]),
        Tier(1, 900, [Part(item="cup", quantity=2), Part(title="Holder * 2")], [Part(item="hat")]),
    ]
    text = rules.as_csv(tiers) if form == "csv" else rules.as_json(tiers)
    assert rules.read(text, form) == (tiers, [2, 3], [])
    assert rules.read("\ufeff" + text, form)[0] == tiers


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "file")]),
        ("tier,xp\n0,0\n", [(1, "file")]),
        ("tier,xp,free,premium\n0,0,,\nx,1000,gold,\n2,-1,item:a b,\n3,5\n", [(3, "tier"), (3, "free"), (4, "xp"),
         (4, "free"), (5, "file")]),
        ("tier,xp,free,premium\n0,0,asset:coins*0,\n1,99999999999,,asset:coins*x\n", [(2, "free"), (3, "xp"),
         (3, "premium")]),
        ('tier,xp,free,premium\n0,0,"unended\n', [(2, "file")]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_csv_is_told_by_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    assert [(each.line, each.field) for each in rules.read(text, "csv")[2]] == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "file")]),
        ("{}", [(1, "file")]),
        ('[\n{"tier": 0, "xp": 0},\n{"tier": "x", "xp": 1},\n{"tier": 2, "a": 1}]', [(3, "tier"), (4, "tier")]),
        ('[\n{"tier": 0, "xp": 0}\n{"tier": 1}]', [(3, "file")]),
        ('[\n{"tier": 0, "xp": 0},\nnonsense]', [(3, "file")]),
        ('[\n{"tier": 0, "xp": 0, "free": [{"item": "A"}]}]', [(2, "free")]),
        ("[" * 100_000, [(1, "file")]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_json_is_told_by_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    assert [(each.line, each.field) for each in rules.read(text, "json")[2]] == faults


def test_what_goes_beyond_the_last_tier_is_worth_something() -> None:
    assert Track.EXCESS not in [track for _, track in rules.claimable(curve(100), 1_000, [], has_premium=True)]
