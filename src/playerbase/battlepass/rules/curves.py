"""Tiers: which of them somebody reached, what is wrong with a list, and when a new version is nobody's loss."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

import msgspec

from playerbase.battlepass.model import TIERS_MAX, Curve, Part, Tier, Track

TIERS_USUAL = 100
STEP_USUAL = 1_000
OPEN = (Track.FREE, Track.PREMIUM)


class TierFault(msgspec.Struct, frozen=True):
    """What is wrong with a tier of a list, by its place in it."""

    place: int
    field: str
    code: str
    message: str


class Difference(msgspec.Struct, frozen=True):
    """A tier that is another in a later version; None where it is missing."""

    tier: int
    before: Tier | None
    after: Tier | None


def usual(last: int = TIERS_USUAL, step: int = STEP_USUAL) -> tuple[Tier, ...]:
    """Tiers from 0 to the last, each so much above the one before, without rewards."""
    return tuple(Tier(tier, tier * step) for tier in range(last + 1))


def faults(tiers: Sequence[Tier]) -> list[TierFault]:
    """What is wrong with a list of tiers: it begins at 0 with nothing, has no gap, and always rises."""
    if not tiers:
        return [TierFault(0, "tiers", "missing", "There is no tier")]
    found: list[TierFault] = []
    if len(tiers) > TIERS_MAX + 1:
        found.append(TierFault(TIERS_MAX + 1, "tiers", "too_many", f"The last tier is {TIERS_MAX} at most"))
    for place, each in enumerate(tiers):
        before = tiers[place - 1] if place else None
        expected = before.tier + 1 if before else 0
        if each.tier != expected:
            found.append(TierFault(place, "tier", "gap", _misplaced(each.tier, expected, before)))
        if before is None and each.xp:
            found.append(TierFault(place, "xp", "not_zero", "Tier 0 is where everybody begins: it takes 0"))
        if before is not None and each.xp <= before.xp:
            message = f"Takes {each.xp}, and the tier before takes {before.xp}: it must take more"
            found.append(TierFault(place, "xp", "not_rising", message))
        for track in OPEN:
            found += _part_faults(place, track, each.on(track))
    return found


def tier_at(curve: Curve, xp: int) -> int:
    """The tier reached with so much experience."""
    return bisect_right(curve.tiers, xp, key=lambda each: each.xp) - 1


def last(curve: Curve) -> Tier:
    """The highest tier."""
    return curve.tiers[-1]


def never_worse(new: Curve, old: Curve) -> bool:
    """Whether nobody loses by the new version: no tier is missing, takes more, or gives less of anything."""
    if len(new.tiers) < len(old.tiers):
        return False
    for was, becomes in zip(old.tiers, new.tiers, strict=False):
        if becomes.xp > was.xp:
            return False
        for track in OPEN:
            if _sums(was.on(track)) - _sums(becomes.on(track)):
                return False
    return True


def holding(curves: Sequence[Curve], began_with: int) -> Curve:
    """The version that holds for who began with one: that one, or each later one by which nobody loses."""
    ordered = sorted(curves, key=lambda each: each.version)
    held = next(each for each in ordered if each.version == began_with)
    for each in ordered:
        if each.version > held.version and never_worse(each, held):
            held = each
    return held


def differences(before: Curve, after: Curve) -> list[Difference]:
    """The tiers in which two versions are not the same, lowest first."""
    count = max(len(before.tiers), len(after.tiers))
    pairs = [
        (before.tiers[at] if at < len(before.tiers) else None, after.tiers[at] if at < len(after.tiers) else None)
        for at in range(count)
    ]
    return [Difference(at, was, becomes) for at, (was, becomes) in enumerate(pairs) if was != becomes]


def _sums(parts: Sequence[Part]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for part in parts:
        found[part.kind] += part.count
    return found


def _misplaced(tier: int, expected: int, before: Tier | None) -> str:
    if before is None:
        return f"The list begins with tier {tier}, not with 0"
    if tier <= before.tier:
        return f"Tier {tier} stands after tier {before.tier}"
    missing = f"{expected}" if tier == expected + 1 else f"{expected} to {tier - 1}"
    return f"There is a gap: {missing} is missing"


def _part_faults(place: int, track: Track, parts: Sequence[Part]) -> list[TierFault]:
    found = []
    for at, part in enumerate(parts):
        if part.fault:
            found.append(TierFault(place, f"{track}.{at}", "not_one", part.fault))
    return found
