"""Claims: each reward once, however often and from wherever it is asked for; premium opens what was reached."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from playerbase import battlepass, inventory, seasons
from playerbase.battlepass import Tier, Track, actions, reactions
from playerbase.battlepass.model import (
    NoBattlePass,
    NoSuchReward,
    Pass,
    PassNotBegun,
    PassOver,
    PremiumNeeded,
    RewardClaimed,
    TierNotReached,
)
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Refusal
from tests.battlepass.passes import (
    COINS,
    DAY,
    GEMS,
    a_match,
    a_pass,
    a_season,
    gained,
    has,
    player,
    premium,
    running,
    tiers,
    told,
    xp,
)  # fmt: skip
from tests.conftest import MovingClock


async def claim(tx: Tx, found: Pass, who: UUID, tier: int, track: Track = Track.FREE) -> actions.Due:
    return await actions.claim(tx, await seasons.season(tx, found.season_id), found, who, tier, track)


async def granted(tx: Tx, who: UUID) -> inventory.Entitlement:
    """Premium, and told."""
    thing = await premium(tx, who)
    await follow(tx)
    return thing


async def follow(tx: Tx) -> None:
    """What the worker would do with what was told of things, once."""
    kinds = {kind.topic: kind for kind in (inventory.ItemGranted, inventory.ItemRevoked)}
    rows = await tx.fetch("delete from kit.events where topic = any($1) returning id, topic, body", list(kinds))
    for row in sorted(rows, key=lambda each: each["id"]):
        fact = msgspec.json.decode(row["body"], type=kinds[row["topic"]])
        await reactions.follow_premium.run(tx, [fact])


async def test_a_reward_is_claimed_once_and_by_who_has_reached_it(tx: Tx) -> None:
    found = await running(tx)
    ann = await player(tx)
    await claim(tx, found, ann, 0)
    with pytest.raises(TierNotReached) as refused:
        await claim(tx, found, ann, 2)
    assert refused.value.members == {"xp": 0, "required": 2_000}
    await gained(tx, ann, 2_500)
    await claim(tx, found, ann, 2)
    with pytest.raises(RewardClaimed):
        await claim(tx, found, ann, 2)
    with pytest.raises(PremiumNeeded):
        await claim(tx, found, ann, 1, Track.PREMIUM)
    with pytest.raises(NoSuchReward):
        await claim(tx, found, ann, 6)
    with pytest.raises(NoSuchReward):
        await claim(tx, found, ann, 0, Track.EXCESS)
    assert await has(tx, ann) == {"coins": 100}
    assert await told(tx, "reward_earned") == 2


async def test_premium_opens_what_was_reached_before(tx: Tx) -> None:
    found = await running(tx)
    ann, season = await player(tx), await seasons.season(tx, found.season_id)
    await gained(tx, ann, 5_100)
    assert len(await actions.claim_all(tx, season, found, ann)) == 6
    await granted(tx, ann)
    assert await told(tx, "premium_opened") == 1
    got = await actions.claim_all(tx, season, found, ann)
    assert [(each.tier, each.track) for each in got] == [(tier, Track.PREMIUM) for tier in range(6)]
    assert await actions.claim_all(tx, season, found, ann) == []
    assert await has(tx, ann) == {"coins": 250, "cup": 1, "gems": 600, "embers_pass": 1}
    assert await tx.fetchval("select title from profiles.profiles where player_id = $1", ann) == "Champion"


@pytest.mark.parametrize("refunds", ["take_back", "keep"])
async def test_a_refund_of_premium_takes_back_what_it_gave_or_lets_it_be(tx: Tx, refunds: str) -> None:
    found = await running(tx, refunds=refunds)
    ann, season = await player(tx), await seasons.season(tx, found.season_id)
    await gained(tx, ann, 2_000)
    thing = await granted(tx, ann)
    await actions.claim_all(tx, season, found, ann)
    at_stake = await actions.at_stake(tx, found.season_id, ann)
    assert [each.tier for each in at_stake] == [0, 1, 2]

    for _ in range(2):
        revocation = inventory.Revocation(player_id=ann, reason="Charged back", entitlement_id=thing.entitlement_id)
        await inventory.hold(tx, [ann])
        await inventory.revoke(tx, [revocation])
        await follow(tx)
    gems = {} if refunds == "take_back" else {"gems": 300}
    assert await has(tx, ann) == {"coins": 150} | gems
    assert await told(tx, "premium_closed") == 1
    with pytest.raises(PremiumNeeded):
        await claim(tx, found, ann, 1, Track.PREMIUM)

    # Bought again: what was taken back is there to be claimed once more, and what was kept is not.
    await granted(tx, ann)
    again = await actions.claim_all(tx, season, found, ann)
    assert [each.round for each in again] == ([2, 2, 2] if refunds == "take_back" else [])
    assert await has(tx, ann) == {"coins": 150, "gems": 300, "embers_pass": 1}


async def test_premium_from_elsewhere_stays_when_one_of_two_is_taken(tx: Tx) -> None:
    found = await running(tx)
    ann = await player(tx)
    one, _ = await granted(tx, ann), await granted(tx, ann)
    await inventory.hold(tx, [ann])
    await inventory.revoke(tx, [inventory.Revocation(player_id=ann, reason="x", entitlement_id=one.entitlement_id)])
    await follow(tx)
    await claim(tx, found, ann, 0, Track.PREMIUM)
    assert await told(tx, "premium_closed") == 0


async def test_what_was_claimed_stays_when_experience_is_taken(tx: Tx) -> None:
    found = await running(tx)
    ann = await player(tx)
    await gained(tx, ann, 1_000)
    await claim(tx, found, ann, 1)
    await gained(tx, ann, -500)
    assert await has(tx, ann) == {"coins": 50}
    with pytest.raises(TierNotReached):
        await claim(tx, found, ann, 1)
    await gained(tx, ann, 500)
    with pytest.raises(RewardClaimed):
        await claim(tx, found, ann, 1)


async def test_a_version_holds_for_who_began_with_it_unless_nobody_loses(tx: Tx) -> None:
    found = await running(tx)
    ann, bob, carol = [await player(tx, name) for name in ("Ann", "Bob", "Carol")]
    await gained(tx, ann, 1_500)

    dearer = [Tier(each.tier, each.xp * 2, each.free, each.premium) for each in tiers()]
    found = await actions.change_tiers(tx, "test", found.season_id, dearer, "Too fast")
    await gained(tx, bob, 1_500)
    season = await seasons.season(tx, found.season_id)
    assert [(await actions.mine(tx, season, found, who)).tier for who in (ann, bob)] == [1, 0]

    # Nobody loses against the second, and those on the first would: they stay there.
    kinder = [Tier(each.tier, each.xp * 3 // 2, [*each.free, GEMS], each.premium) for each in tiers()]
    found = await actions.change_tiers(tx, "test", found.season_id, kinder, "Too slow")
    await gained(tx, carol, 1_500)
    seen = [await actions.mine(tx, season, found, who) for who in (ann, bob, carol)]
    assert [(each.tier, each.curve) for each in seen] == [(1, 1), (1, 3), (1, 3)]
    assert (await claim(tx, found, ann, 1)).parts == (COINS,)
    assert (await claim(tx, found, bob, 1)).parts == (COINS, GEMS)
    await gained(tx, bob, 1)
    assert await tx.fetchval("select curve from battlepass.progress where player_id = $1", bob) == 3
    same = await actions.change_tiers(tx, "test", found.season_id, kinder, "The same again")
    assert same.curve == 3


async def test_claims_are_for_the_season_and_its_grace(tx: Tx, clock: MovingClock) -> None:
    with pytest.raises(NoBattlePass):
        await actions.meant(tx, "demo")
    season = await a_season(tx, 1, 3)
    found = await a_pass(tx, season)
    ann = await player(tx)
    with pytest.raises(PassNotBegun):
        await claim(tx, found, ann, 0)
    clock.forward(days=16.9)
    await claim(tx, found, ann, 0)
    clock.forward(days=0.2)
    with pytest.raises(PassOver):
        await claim(tx, found, ann, 0, Track.PREMIUM)
    with pytest.raises(NoBattlePass):
        await actions.meant(tx, "demo")
    assert (await actions.meant(tx, "demo", "1"))[0].season_id == season.season_id
    assert the_clock.now() > season.ends_at + 14 * DAY


async def test_many_claims_at_once_give_once(pool: Pool) -> None:
    async with transaction(pool) as tx:
        found = await running(tx)
        people = [await player(tx, f"Player {number}") for number in range(3)]
        for each in people:
            await gained(tx, each, 3_000)
            await granted(tx, each)

    async def one(who: UUID, tier: int, track: Track) -> str:
        try:
            async with transaction(pool) as tx:
                await claim(tx, found, who, tier, track)
        except Refusal as refusal:
            return refusal.code
        return "given"

    async def everything(who: UUID) -> str:
        async with transaction(pool) as tx:
            return str(len(await actions.claim_all(tx, await seasons.season(tx, found.season_id), found, who)))

    tracks = (Track.FREE, Track.PREMIUM)
    singles = [one(who, tier, track) for who in people for tier in range(4) for track in tracks for _ in range(2)]
    said = await asyncio.gather(*singles, *(everything(who) for who in people for _ in range(2)))
    assert set(said) <= {"given", "reward_claimed", *map(str, range(9))}
    assert said.count("given") + sum(int(each) for each in said if each.isdecimal()) == 3 * 8
    async with transaction(pool) as tx:
        assert [await has(tx, who) for who in people] == [{"coins": 200, "gems": 400, "embers_pass": 1}] * 3


async def test_a_claim_and_a_refund_at_once_leave_nothing_behind(pool: Pool) -> None:
    async with transaction(pool) as tx:
        found = await running(tx)
        people = [await player(tx, f"Player {number}") for number in range(6)]
        things = {}
        for each in people:
            things[each] = await granted(tx, each)

    async def claimed(who: UUID) -> bool:
        try:
            async with transaction(pool) as tx:
                await claim(tx, found, who, 0, Track.PREMIUM)
        except PremiumNeeded:
            return False
        return True

    async def refunded(who: UUID) -> None:
        async with transaction(pool) as tx:
            await inventory.hold(tx, [who])
            gone = inventory.Revocation(player_id=who, reason="x", entitlement_id=things[who].entitlement_id)
            await inventory.revoke(tx, [gone])

    await asyncio.gather(*(act(who) for who in people for act in (claimed, refunded)))
    async with transaction(pool) as tx:
        await follow(tx)
        await follow(tx)
        assert [await has(tx, who) for who in people] == [{}] * len(people)


async def test_matches_and_grants_and_claims_at_once_neither_lose_nor_stop_one_another(pool: Pool) -> None:
    async with transaction(pool) as tx:
        await running(tx)
        people = [await player(tx, f"Player {number}") for number in range(8)]
    played = [
        [a_match(people[(at + of) % 8], people[(at + of + 3) % 8], seconds=0) for at in range(8)] for of in range(3)
    ]

    async def follow_all() -> None:
        for batch in played:
            async with transaction(pool) as tx:
                await battlepass.follow(tx, batch)

    async def grant(who: UUID) -> None:
        for _ in range(3):
            async with transaction(pool) as tx:
                await gained(tx, who, 10)

    await asyncio.gather(follow_all(), *(grant(who) for who in people))
    async with transaction(pool) as tx:
        assert [await xp(tx, who) for who in people] == [(6 * 75 + 30, 0)] * 8
