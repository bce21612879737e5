"""What is shown of a pass: to everybody, to a player about themselves, and to staff."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog, seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions import knowing, paying
from playerbase.battlepass.actions.claiming import has_premium
from playerbase.battlepass.actions.opening import claimed_of_premium
from playerbase.battlepass.model import (
    Challenge,
    Claim,
    Counted,
    Curve,
    NoSuchCurve,
    Part,
    Pass,
    Progress,
    Track,
)
from playerbase.kit import clock
from playerbase.kit.db import Db


class PriceSeen(msgspec.Struct, frozen=True):
    """What premium costs in one asset, in its smallest unit."""

    asset: str
    amount: int


class PassSeen(msgspec.Struct, frozen=True):
    """A season's pass as everybody sees it. ``claims_until`` is when its grace is over."""

    season_id: UUID
    game: str
    number: int
    name: str
    theme: str
    season_name: str
    state: str
    starts_at: datetime
    ends_at: datetime
    claims_until: datetime
    tiers: int
    xp_last: int
    curve: int
    premium_item: str | None
    premium_prices: list[PriceSeen]
    excess_xp: int
    excess_asset: str
    excess_amount: int
    daily_cap: int | None


class ClaimableReward(msgspec.Struct, frozen=True):
    """A reward that is there to be claimed."""

    tier: int
    track: Track
    parts: list[Part]


class ClaimedReward(msgspec.Struct, frozen=True):
    """A reward that was given; ``how`` is claimed, season_end or late."""

    tier: int
    track: Track
    how: str
    parts: list[Part]
    claimed_at: datetime
    taken_back_at: datetime | None


class Mine(msgspec.Struct, frozen=True):
    """How far somebody is in a season, on the version of the tiers that holds for them."""

    season_id: UUID
    game: str
    number: int
    name: str
    theme: str
    starts_at: datetime
    ends_at: datetime
    claims_until: datetime
    tier: int
    tiers: int
    xp: int
    xp_tier: int  # What this tier took,
    xp_next: int | None  # and what the next one takes; null after the last.
    xp_beyond: int
    curve: int
    has_premium: bool
    claimable: list[ClaimableReward]
    claimed: list[ClaimedReward]


class ChallengeSeen(msgspec.Struct, frozen=True):
    """A challenge, and how far somebody is with it in this period."""

    challenge_id: UUID
    code: str
    name: str
    source: str
    measure: str
    period: str
    mode: str | None
    goal: int
    count: int
    xp: int
    is_completed: bool


class SourceSum(msgspec.Struct, frozen=True):
    """What came from a source, and how often."""

    source: str
    amount: int
    count: int


class Gain(msgspec.Struct, frozen=True):
    """A gain or a correction."""

    entry_id: UUID
    source: str
    ref: str
    amount: int
    bonus: int
    at: datetime
    reason: str


async def seen(db: Db, season: seasons.Season, found: Pass) -> PassSeen:
    """A pass as everybody sees it."""
    newest = (await knowing.curves(db, [found.season_id]))[found.season_id][-1]
    last = rules.last(newest)
    prices: list[PriceSeen] = []
    if found.premium_item is not None:
        item = (await catalog.items_by_code(db, [found.premium_item])).get(found.premium_item)
        prices = [PriceSeen(each.asset, each.amount) for each in item.prices] if item is not None else []
    return PassSeen(
        season.season_id, season.game, season.number, found.name, found.theme or season.theme, season.name,
        season.state.value, season.starts_at, season.ends_at, knowing.grace_ends(season, found), last.tier, last.xp,
        newest.version, found.premium_item, prices, found.excess_xp, found.excess_asset, found.excess_amount,
        found.daily_cap,
    )  # fmt: skip


async def mine(db: Db, season: seasons.Season, found: Pass, player_id: UUID) -> Mine:
    """How far somebody is, what they may claim and what they have."""
    row, curve = await standing(db, found, player_id)
    premium = await has_premium(db, found, player_id)
    claims = await store.claims_of(db, found.season_id, [player_id])
    tier, last = rules.tier_at(curve, row.xp), rules.last(curve)
    due = paying.due_to(found, [curve], row, claims, has_premium=premium, with_excess=False)
    following = curve.tiers[tier + 1].xp if tier < last.tier else None
    return Mine(
        season.season_id, season.game, season.number, found.name, found.theme or season.theme, season.starts_at,
        season.ends_at, knowing.grace_ends(season, found), tier, last.tier, row.xp, curve.tiers[tier].xp, following,
        max(row.xp - last.xp, 0), curve.version, premium,
        [ClaimableReward(each.tier, each.track, list(each.parts)) for each in due],
        [claimed(each) for each in claims],
    )  # fmt: skip


async def standing(db: Db, found: Pass, player_id: UUID) -> tuple[Progress, Curve]:
    """How far somebody is, and the tiers that hold for them; who has not begun is at tier 0 of the newest."""
    versions = (await knowing.curves(db, [found.season_id]))[found.season_id]
    row = await store.progress_of(db, found.season_id, player_id)
    if row is None:
        now = clock.now()
        row = Progress(found.season_id, player_id, 0, found.curve, 0, 0, now, now)
    curve = knowing.held(versions, row.curve)
    return msgspec.structs.replace(row, curve=curve.version), curve


async def tiers(db: Db, found: Pass, player_id: UUID | None, version: int | None = None) -> Curve:
    """The tiers of a version, or those that hold for a player, or the newest. Raises NoSuchCurve."""
    if version is not None:
        for each in (await knowing.curves(db, [found.season_id]))[found.season_id]:
            if each.version == version:
                return each
        raise NoSuchCurve
    if player_id is not None:
        return (await standing(db, found, player_id))[1]
    return (await knowing.curves(db, [found.season_id]))[found.season_id][-1]


async def challenges(db: Db, game: str, season_id: UUID | None, player_id: UUID) -> list[ChallengeSeen]:
    """The challenges of a game that are on, and how far somebody is with each in this period."""
    present = [each for each in await store.challenges_of(db, [game]) if each.is_on]
    now = clock.now()
    periods = {each.challenge_id: rules.period_of(each.period, now, season_id) for each in present}
    wanted = sorted({period for period in periods.values() if period is not None})
    rows = await store.counts_of(db, player_id, [each.challenge_id for each in present], wanted) if wanted else []
    counts = {(row.challenge_id, row.period): row for row in rows}
    return [
        _challenge(each, counts.get((each.challenge_id, period)))
        for each in present
        if (period := periods[each.challenge_id]) is not None
    ]


async def sums(db: Db, player_id: UUID, season_id: UUID) -> list[SourceSum]:
    """What each source gave somebody in a season."""
    return [SourceSum(each.source, each.amount, each.count) for each in await store.by_source(db, player_id, season_id)]


async def gains(db: Db, player_id: UUID, game: str | None, before: UUID, count: int) -> list[Gain]:
    """What somebody gained and lost, the latest first."""
    return [
        Gain(each.entry_id, each.source.value, each.ref, each.amount, each.bonus, each.at, each.reason)
        for each in await store.log_page(db, player_id, before, game, None, count)
    ]


async def at_stake(db: Db, season_id: UUID, player_id: UUID) -> list[ClaimedReward]:
    """What of premium somebody has claimed: what a refund would take back, where the pass says so."""
    return [claimed(each) for each in await claimed_of_premium(db, season_id, player_id)]


def claimed(claim: Claim) -> ClaimedReward:
    """A claim as it is shown."""
    parts = msgspec.json.decode(claim.parts, type=list[Part])
    return ClaimedReward(claim.tier, claim.track, claim.how, parts, claim.claimed_at, claim.taken_back_at)


def _challenge(each: Challenge, row: Counted | None) -> ChallengeSeen:
    count, is_awarded = (row.count, row.is_awarded) if row is not None else (0, False)
    return ChallengeSeen(
        each.challenge_id, each.code, each.name, each.source.value, each.measure.value, each.period.value, each.mode,
        each.goal, min(count, each.goal), each.xp, is_awarded,
    )  # fmt: skip
