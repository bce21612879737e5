"""Experience: what matches give, once, and what voids take back."""

from datetime import timedelta
from uuid import UUID

import pytest

from playerbase import battlepass, seasons
from playerbase.battlepass import actions
from playerbase.battlepass.actions import ExperienceGrant, NewChallenge
from playerbase.battlepass.model import GrantedOtherwise, Measure, Period, TooLittleExperience
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Fault
from tests.battlepass.passes import DAY, a_match, a_pass, a_season, gained, log, player, running, told, void, xp


async def level(tx: Tx, player_id: UUID) -> int:
    found: int = await tx.fetchval("select total_xp from profiles.profiles where player_id = $1", player_id)
    return found


async def challenge(tx: Tx, code: str = "three_wins", **given: object) -> None:
    fields = {"name": "Win", "measure": Measure.WINS, "goal": 2, "period": Period.DAY, "xp": 500} | given
    await actions.create_challenge(tx, "test", NewChallenge(game="demo", code=code, **fields))  # type: ignore[arg-type]


async def test_matches_give_experience_once_to_everybody_in_them(tx: Tx) -> None:
    await running(tx)
    ann, bob = await player(tx, "Ann"), await player(tx, "Bob")
    won = a_match(ann, bob, winner=ann, kills=3, streak=2, seconds=125)
    draw = a_match(ann, bob)

    await battlepass.follow(tx, [won, draw, won])
    await battlepass.follow(tx, [won])

    assert await log(tx, ann) == [("match_win", 147), ("match_draw", 81)]
    assert await log(tx, bob) == [("match_loss", 97), ("match_draw", 81)]
    assert (await xp(tx, ann), await xp(tx, bob)) == ((228, 0), (178, 0))
    assert (await level(tx, ann), await level(tx, bob)) == (228, 178)


async def test_a_tier_is_told_when_it_is_reached_and_not_again(tx: Tx) -> None:
    await running(tx)
    ann = await player(tx)
    matches = [a_match(ann, winner=ann, kills=40) for _ in range(4)]
    await battlepass.follow(tx, matches)
    assert await xp(tx, ann) == (1_200, 1)
    assert await told(tx, "tier_reached") == 1

    await battlepass.take_back(tx, [void(matches[0])])
    assert await xp(tx, ann) == (900, 0)
    await battlepass.follow(tx, [a_match(ann, winner=ann, kills=40)])
    assert await xp(tx, ann) == (1_200, 1)
    assert await told(tx, "tier_reached") == 1


async def test_a_void_is_taken_back_once_and_never_below_nothing(tx: Tx) -> None:
    await running(tx)
    ann, bob = await player(tx, "Ann"), await player(tx, "Bob")
    one, other = a_match(ann, bob, winner=ann), a_match(ann, bob, winner=bob)
    await battlepass.follow(tx, [one, other])
    await battlepass.take_back(tx, [void(one)])
    await battlepass.take_back(tx, [void(one), void(one)])
    assert await log(tx, ann) == [("match_win", 106), ("match_loss", 56), ("correction", -106)]
    assert await xp(tx, ann) == (56, 0)

    await gained(tx, ann, -50)
    await battlepass.take_back(tx, [void(other)])
    assert await xp(tx, ann) == (0, 0)
    assert await level(tx, ann) == 0
    await battlepass.take_back(tx, [void(a_match(ann))])
    assert await told(tx, "tier_reached") == 0


async def test_a_match_belongs_to_the_season_in_which_it_ended(tx: Tx) -> None:
    season = await a_season(tx)
    await a_pass(tx, season)
    ann = await player(tx)
    before = season.starts_at - timedelta(seconds=1)
    await battlepass.follow(tx, [a_match(ann, winner=ann, at=before), a_match(ann, winner=ann, at=season.starts_at)])
    assert await xp(tx, ann) == (106, 0)
    assert await level(tx, ann) == 212
    await battlepass.follow(tx, [a_match(ann, winner=ann, game="elsewhere")])
    assert (await xp(tx, ann), await level(tx, ann)) == ((106, 0), 318)


async def test_in_a_season_that_is_fenced_nothing_changes_any_more(tx: Tx) -> None:
    season = await a_season(tx)
    await a_pass(tx, season)
    ann = await player(tx)
    match = a_match(ann, winner=ann, seconds=0)
    await battlepass.follow(tx, [match])
    await seasons.close(tx, season.season_id)

    late = a_match(ann, winner=ann, at=season.starts_at)
    await battlepass.follow(tx, [late])
    assert (await xp(tx, ann), await level(tx, ann)) == ((100, 0), 206)
    await battlepass.take_back(tx, [void(match), void(late)])
    assert (await xp(tx, ann), await level(tx, ann)) == ((100, 0), 0)


async def test_a_day_gives_no_more_than_its_cap(tx: Tx) -> None:
    await running(tx, daily_cap=250)
    ann = await player(tx)
    noon = clock.now().replace(hour=12)
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=noon - DAY) for _ in range(2)])
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=noon - DAY)])
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=noon - 2 * DAY)])
    assert [amount for _, amount in await log(tx, ann)] == [100, 100, 50, 100]


async def test_who_is_behind_catches_up_in_the_last_days(tx: Tx) -> None:
    season = await a_season(tx, -60, 24)
    await a_pass(tx, season, catch_up_days=21)
    ann = await player(tx)
    at = season.ends_at - 10 * DAY  # Tier 4 of 5 is expected then, and they are at none.
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=at)])
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=season.ends_at - 22 * DAY)])
    await gained(tx, ann, 1_800)
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=at)])
    rows = await tx.fetch("select amount, bonus from battlepass.experience order by entry_id")
    assert [tuple(row) for row in rows] == [(200, 100), (100, 0), (1_800, 0), (150, 50)]


async def test_challenges_are_awarded_once_in_a_period(tx: Tx) -> None:
    await running(tx)
    await challenge(tx)
    await challenge(tx, "first_match", measure=Measure.MATCHES, goal=1, xp=50, source="daily_bonus")
    await challenge(tx, "season_kills", measure=Measure.KILLS, goal=6, period=Period.SEASON, xp=1_000)
    await challenge(tx, "only_duels", measure=Measure.MATCHES, goal=1, mode="race")
    await challenge(tx, "off", measure=Measure.MATCHES, goal=1, is_on=False)
    ann = await player(tx)
    noon = clock.now().replace(hour=12)
    won = [a_match(ann, winner=ann, seconds=0, kills=2, at=noon - DAY) for _ in range(4)]
    await battlepass.follow(tx, won[:1])
    await battlepass.follow(tx, won[1:])
    await battlepass.follow(tx, [a_match(ann, winner=ann, seconds=0, at=noon - 2 * DAY)])
    assert sorted(await log(tx, ann)) == sorted(
        [("match_win", 110)] * 4 + [("match_win", 100), ("season_challenge", 500), ("season_challenge", 1_000)]
        + [("daily_bonus", 50)] * 2
    )  # fmt: skip
    assert await told(tx, "challenge_completed") == 4


async def test_a_void_takes_back_what_a_challenge_gave_and_it_can_be_earned_anew(tx: Tx) -> None:
    await running(tx)
    await challenge(tx)
    ann = await player(tx)
    won = [a_match(ann, winner=ann, seconds=0) for _ in range(3)]
    await battlepass.follow(tx, won[:2])
    assert await xp(tx, ann) == (700, 0)

    await battlepass.take_back(tx, [void(won[0])])
    await battlepass.take_back(tx, [void(won[0])])
    assert await xp(tx, ann) == (100, 0)
    await battlepass.follow(tx, won[2:])
    assert await xp(tx, ann) == (700, 0)
    found = await actions.challenges(tx, "demo", None, ann)
    assert [(each.count, each.is_completed) for each in found] == [(2, True)]


async def test_staff_grants_once_under_a_reference(tx: Tx) -> None:
    ann = await player(tx)
    await a_season(tx)  # Without a pass it counts for the level alone.
    grant = ExperienceGrant("demo", 500, "ticket-1", "A lost match")
    first = await actions.grant(tx, "test", ann, grant)
    assert first == await actions.grant(tx, "test", ann, grant)
    assert (await xp(tx, ann), await level(tx, ann)) == ((0, 0), 500)
    with pytest.raises(GrantedOtherwise):
        await actions.grant(tx, "test", ann, ExperienceGrant("demo", 501, "ticket-1", "A lost match"))
    with pytest.raises(Fault):
        await actions.grant(tx, "test", ann, ExperienceGrant("demo", 0, "ticket-2", "Nothing"))
    season = await seasons.current(tx, "demo")
    assert season is not None
    await a_pass(tx, season)
    with pytest.raises(TooLittleExperience):
        await actions.grant(tx, "test", ann, ExperienceGrant("demo", -1, "ticket-3", "Too much"))


async def test_a_batch_takes_a_handful_of_statements_however_long_it_is(pool: Pool) -> None:
    async with transaction(pool) as tx:
        await running(tx)
        await challenge(tx)
        people = [await player(tx, f"Player {number}") for number in range(20)]
    counted = []
    for size in (2, 40):
        async with transaction(pool) as tx:
            asked: list[object] = []
            tx.add_query_logger(asked.append)
            await battlepass.follow(
                tx, [a_match(*(people[at % 20], people[(at + 1) % 20]), winner=people[at % 20]) for at in range(size)]
            )
            tx.remove_query_logger(asked.append)
        counted.append(len(asked))
    assert counted[1] <= counted[0] <= 25
