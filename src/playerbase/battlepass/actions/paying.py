"""Giving what tiers hold: a row for each claim and a gift under its own key, in one transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from playerbase import rewards
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions.knowing import held
from playerbase.battlepass.events import RewardEarned
from playerbase.battlepass.model import Claim, Curve, Part, Pass, Progress, Track
from playerbase.kit import clock, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit

SOURCE = "battlepass"  # Under which rewards know who gives.

_claimed = metrics.Counter("battlepass_rewards", "Rewards of the battle pass that were given, by track.", ["track"])
_encode = msgspec.json.Encoder().encode


class Due(msgspec.Struct, frozen=True):
    """A reward that is to be given now; ``round`` is 2 for one that was taken back and is earned anew."""

    player_id: UUID
    tier: int
    track: Track
    round: int
    parts: tuple[Part, ...]


def key(season_id: UUID, player_id: UUID, tier: int, track: str, round_: int) -> str:
    """The key under which a reward is given once for good."""
    again = f" {round_}" if round_ > 1 else ""
    return f"battlepass {season_id} {player_id} {tier} {track}{again}"


async def due(
    tx: Tx, found: Pass, versions: Sequence[Curve], rows: Sequence[Progress], premium: set[UUID], *, with_excess: bool
) -> list[Due]:
    """Everything that these players have earned and not claimed; their progress must be locked."""
    claims: dict[UUID, list[Claim]] = {}
    for claim in await store.claims_of(tx, found.season_id, [row.player_id for row in rows]):
        claims.setdefault(claim.player_id, []).append(claim)
    return [
        each
        for row in rows
        for each in due_to(found, versions, row, claims.get(row.player_id, []), has_premium=row.player_id in premium,
                           with_excess=with_excess)
    ]  # fmt: skip


def due_to(
    found: Pass, versions: Sequence[Curve], row: Progress, claims: Sequence[Claim], *, has_premium: bool,
    with_excess: bool,
) -> list[Due]:  # fmt: skip
    """Everything that one player has earned and not claimed."""
    curve = held(versions, row.curve)
    standing = {(each.tier, each.track) for each in claims if each.taken_back_at is None}
    rounds = {(each.tier, each.track): each.round + 1 for each in claims if each.taken_back_at is not None}
    mine = [
        Due(row.player_id, tier, track, rounds.get((tier, track), 1), tuple(curve.tiers[tier].on(track)))
        for tier, track in rules.claimable(curve, row.xp, standing, has_premium=has_premium)
    ]
    last = rules.last(curve).tier
    amount = rules.excess(found, curve, row.xp) if with_excess else 0
    if amount and not any(track is Track.EXCESS for _, track in standing):
        mine.append(Due(row.player_id, last, Track.EXCESS, 1, (Part(asset=found.excess_asset, amount=amount),)))
    return mine


async def pay(tx: Tx, found: Pass, wanted: Sequence[Due], how: str) -> None:
    """Give these, and write down that they are claimed. Late in a transaction: the ledger comes last."""
    if not wanted:
        return
    now = clock.now()
    rows = [
        store.NewClaim(
            found.season_id, each.player_id, each.tier, each.track, each.round, how, _encode(each.parts).decode(), now
        )
        for each in wanted
    ]
    written = await store.add_claims(tx, rows)
    assert len(written) == len(rows), "the progress of who claims is locked"
    await emit(
        tx,
        *[
            RewardEarned(
                season_id=found.season_id, game=found.game, player_id=each.player_id, tier=each.tier,
                track=each.track.value, how=how, parts=list(each.parts),
            )
            for each in wanted
        ],
    )  # fmt: skip
    await rewards.give(
        tx,
        [
            rewards.Gift(
                key=key(found.season_id, each.player_id, each.tier, each.track.value, each.round),
                player_id=each.player_id, source=SOURCE, ref=f"{found.season_id} {each.tier} {each.track.value}",
                parts=tuple(rewards.Part(**msgspec.structs.asdict(part)) for part in each.parts),
            )
            for each in wanted
        ],
    )  # fmt: skip
    tracks: dict[str, int] = {}
    for each in wanted:
        tracks[each.track.value] = tracks.get(each.track.value, 0) + 1
    after_commit(tx, lambda: _count(tracks))


async def take_back(tx: Tx, keys: Sequence[str], reason: str) -> None:
    """Take back what was given under these keys: things as far as they are there, amounts into a debt."""
    await rewards.take_back(tx, keys, reason=reason)


def _count(tracks: Mapping[str, int]) -> None:
    for track, count in tracks.items():
        _claimed.labels(track).inc(count)
