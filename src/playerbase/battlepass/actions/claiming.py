"""Claiming rewards: one, or everything that is due; and at a season's end everything for everybody."""

from uuid import UUID

from playerbase import catalog, inventory, seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions import knowing, paying
from playerbase.battlepass.actions.paying import Due
from playerbase.battlepass.model import (
    Curve,
    NoSuchReward,
    Pass,
    PremiumNeeded,
    Progress,
    RewardClaimed,
    TierNotReached,
    Track,
)
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Db, Pool, Tx, after_commit, transaction

PART = "battlepass"  # What this module is called among those who have something to do when a season closes.
STEP_PLAYERS = 100  # To a commit: their rewards are at most some thousands, and mostly a few hundred.
STEP_GIFTS_MAX = 500
_log = log.get("battlepass")
_closed = metrics.Counter("battlepass_players_settled", "Players given at a season's end what they had not claimed.")


async def claim(tx: Tx, season: seasons.Season, found: Pass, player_id: UUID, tier: int, track: Track) -> Due:
    """Claim the reward of a tier, once; answers what was given.

    Raises PassNotBegun, PassOver, NoSuchReward, TierNotReached, PremiumNeeded, RewardClaimed.
    """
    knowing.check_open(season, found, clock.now())
    row, versions = await _locked(tx, found, player_id)
    curve = knowing.held(versions, row.curve)
    if tier >= len(curve.tiers) or not curve.tiers[tier].on(track):
        raise NoSuchReward
    if tier > rules.tier_at(curve, row.xp):
        raise TierNotReached(xp=row.xp, required=curve.tiers[tier].xp)
    has_premium = track is Track.PREMIUM and await holds_premium(tx, found, player_id)
    if track is Track.PREMIUM and not has_premium:
        raise PremiumNeeded(item=found.premium_item)
    wanted = await paying.due(tx, found, versions, [row], {player_id} if has_premium else set(), with_excess=False)
    mine = next((each for each in wanted if (each.tier, each.track) == (tier, track)), None)
    if mine is None:
        raise RewardClaimed
    await paying.pay(tx, found, [mine], "claimed")
    return mine


async def claim_all(tx: Tx, season: seasons.Season, found: Pass, player_id: UUID) -> list[Due]:
    """Claim everything that is due, lowest tier first; at most so much that a transaction stays short.

    Raises PassNotBegun, PassOver.
    """
    knowing.check_open(season, found, clock.now())
    row, versions = await _locked(tx, found, player_id)
    premium = {player_id} if await holds_premium(tx, found, player_id) else set()
    wanted = (await paying.due(tx, found, versions, [row], premium, with_excess=False))[:STEP_GIFTS_MAX]
    await paying.pay(tx, found, wanted, "claimed")
    return wanted


async def holds_premium(tx: Tx, found: Pass, player_id: UUID) -> bool:
    """Whether somebody has premium, and keeps it until this transaction ends."""
    if found.premium_item is None:
        return False
    await inventory.hold(tx, [player_id])
    return await has_premium(tx, found, player_id)


async def has_premium(db: Db, found: Pass, player_id: UUID) -> bool:
    """Whether somebody has premium at this moment: the item that opens it."""
    if found.premium_item is None:
        return False
    item = (await catalog.items_by_code(db, [found.premium_item])).get(found.premium_item)
    return item is not None and (await inventory.has(db, player_id, [item.item_id])).get(item.item_id, 0) > 0


async def settle_player(tx: Tx, found: Pass, player_id: UUID) -> list[Due]:
    """Give somebody who got premium after the season's end what they had reached of it."""
    row, versions = await _locked(tx, found, player_id)
    premium = {player_id} if await holds_premium(tx, found, player_id) else set()
    wanted = (await paying.due(tx, found, versions, [row], premium, with_excess=False))[:STEP_GIFTS_MAX]
    await paying.pay(tx, found, wanted, "late")
    return wanted


async def close_season(pool: Pool, season_id: UUID) -> None:
    """Give everybody what they earned and did not claim, a hundred players to a commit, from wherever it stopped."""
    is_going_on = True
    while is_going_on:
        async with transaction(pool) as tx:
            is_going_on = await close_step(tx, season_id)


async def close_step(tx: Tx, season_id: UUID) -> bool:
    """One step of a season's end; False once there is no other. The last one finishes our part of the close."""
    at = await store.lock_closing(tx, season_id)
    if at is None or at.finished_at is not None:
        return False
    found = await store.pass_of(tx, season_id)
    rows = await store.lock_progress_page(tx, season_id, at.after_player, STEP_PLAYERS) if found else []
    if not rows or found is None:
        await store.save_closing(tx, season_id, at.after_player, at.done, clock.now())
        await seasons.finish_part(tx, season_id, PART)
        _log.info("a season's battle pass is settled", season_id=str(season_id), players=at.done)
        return False
    versions = (await knowing.curves(tx, [season_id]))[season_id]
    premium = set(await store.premium_among(tx, season_id, [row.player_id for row in rows]))
    wanted = await paying.due(tx, found, versions, rows, premium, with_excess=True)
    taken = _whole_players(rows, wanted)
    done, last = at.done + len(taken), taken[-1].player_id
    await store.save_closing(tx, season_id, last, done, None)
    await seasons.note_part(tx, season_id, PART, done=done, of=await store.count_progress(tx, season_id))
    players = {row.player_id for row in taken}
    await paying.pay(tx, found, [each for each in wanted if each.player_id in players], "season_end")
    after_commit(tx, lambda: _closed.inc(len(taken)))
    return True


def _whole_players(rows: list[Progress], wanted: list[Due]) -> list[Progress]:
    """As many of these players as fit into a commit with all they are due, and one at least."""
    counts: dict[UUID, int] = {}
    for each in wanted:
        counts[each.player_id] = counts.get(each.player_id, 0) + 1
    total, taken = 0, 0
    for row in rows:
        total += counts.get(row.player_id, 0)
        if taken and total > STEP_GIFTS_MAX:
            break
        taken += 1
    return rows[:taken]


async def _locked(tx: Tx, found: Pass, player_id: UUID) -> tuple[Progress, list[Curve]]:
    """How far a player is, locked; who has not begun, begins now at tier 0."""
    versions = (await knowing.curves(tx, [found.season_id]))[found.season_id]
    rows = await store.lock_progress(tx, [found.season_id], [player_id])
    if not rows:
        await store.begin_progress(tx, [found.season_id], [player_id], [found.curve], clock.now())
        rows = await store.lock_progress(tx, [found.season_id], [player_id])
    return rows[0], versions
