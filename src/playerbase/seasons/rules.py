"""What makes a calendar sound, and what is due in it; the time is an argument."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from playerbase.kit.errors import Refusal
from playerbase.seasons.model import (
    Calendar,
    NumbersOutOfOrder,
    OffSeasonTooShort,
    Season,
    SeasonEndsTooEarly,
    SeasonNumberTaken,
    SeasonsOverlap,
    State,
    in_order,
)


def unsound(seasons: Sequence[Season], wanted: Season, *, gaps: bool = True) -> Refusal | None:
    """Why a game's seasons could not be these with the wanted one among them, or None; gaps may be left aside."""
    if wanted.ends_at <= wanted.starts_at:
        return SeasonEndsTooEarly(starts_at=wanted.starts_at, ends_at=wanted.ends_at)
    others = [each for each in seasons if each.season_id != wanted.season_id]
    if any(each.number == wanted.number for each in others):
        return SeasonNumberTaken(number=wanted.number)
    for one, other in pairwise(in_order([*others, wanted])):
        if wanted not in {one, other}:
            continue
        near = other if one is wanted else one
        if other.starts_at < one.ends_at:
            return SeasonsOverlap(season_id=near.season_id, number=near.number)
        if other.number < one.number:
            return NumbersOutOfOrder(season_id=near.season_id, number=near.number)
        if gaps and other.starts_at < one.ends_at + timedelta(seconds=one.gap_seconds):
            return OffSeasonTooShort(season_id=near.season_id, number=near.number, gap_seconds=one.gap_seconds)
    return None


def next_number(seasons: Sequence[Season]) -> int:
    """The number after the highest there is."""
    return max((each.number for each in seasons), default=0) + 1


def fences_at(season: Season) -> datetime:
    """From when on nothing may be written into it: reports of what happened before its end are waited for."""
    return season.ends_at + timedelta(seconds=season.settle_seconds)


def due(calendar: Calendar, now: datetime) -> Season | None:
    """The season of a game that is to be opened or fenced now, if there is one: one step, and look again after it."""
    current = calendar.current
    if current is not None:
        return current if fences_at(current) <= now else None
    if calendar.closing is not None:
        return None
    following = calendar.following
    return following if following is not None and following.starts_at <= now else None


def opened(season: Season, now: datetime) -> Season:
    """The season, opened; before its time it begins now."""
    starts_at = min(season.starts_at, now)
    return msgspec.structs.replace(
        season, state=State.ACTIVE, starts_at=starts_at, started_at=now, version=season.version + 1
    )


def cut(season: Season, now: datetime) -> Season:
    """The season, ending now at the latest."""
    if season.ends_at <= now:
        return season
    return msgspec.structs.replace(season, ends_at=now, version=season.version + 1)


def fenced(season: Season, now: datetime) -> Season:
    """The season, in which nothing may be written any more."""
    return msgspec.structs.replace(season, state=State.CLOSING, fenced_at=now, version=season.version + 1)


def closed(season: Season, now: datetime) -> Season:
    """The season, over for good."""
    return msgspec.structs.replace(season, state=State.CLOSED, closed_at=now, version=season.version + 1)
