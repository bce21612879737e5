"""What somebody may claim: every tier reached, on the tracks open to them, but for what they claimed."""

from collections.abc import Collection

from playerbase.battlepass.model import Curve, Pass, Track
from playerbase.battlepass.rules.curves import last, tier_at

Place = tuple[int, Track]


def claimable(curve: Curve, xp: int, claimed: Collection[Place], *, has_premium: bool) -> list[Place]:
    """The rewards that can be claimed, lowest tier first; premium ones for who has premium, however late."""
    tracks = (Track.FREE, Track.PREMIUM) if has_premium else (Track.FREE,)
    reached = curve.tiers[: tier_at(curve, xp) + 1]
    return [
        (each.tier, track)
        for each in reached
        for track in tracks
        if each.on(track) and (each.tier, track) not in claimed
    ]


def excess(seasons_pass: Pass, curve: Curve, xp: int) -> int:
    """How much of the asset is due for experience beyond the last tier: whole steps only."""
    if not seasons_pass.excess_xp or not seasons_pass.excess_amount:
        return 0
    return max(xp - last(curve).xp, 0) // seasons_pass.excess_xp * seasons_pass.excess_amount
