"""Challenges: what a match counts for them, and in which period."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from playerbase.battlepass.model import Challenge, Measure, Period, Source


class Deed(msgspec.Struct, frozen=True):
    """What a player did in one match, as far as challenges count it."""

    mode: str
    source: Source
    kills: int
    streak: int
    hits: int
    correct: int
    seconds: int


class Share(msgspec.Struct, frozen=True, array_like=True):
    """What a match counted for a challenge in a period, as it is kept beside the experience it gave."""

    challenge_id: UUID
    period: str
    count: int


def shares(challenges: Sequence[Challenge], deed: Deed, at: datetime, season_id: UUID | None) -> list[Share]:
    """What a match counts for each of these; one for a season needs a season."""
    found = []
    for each in challenges:
        if not each.is_on or each.mode not in {None, deed.mode}:
            continue
        count, period = counted(each.measure, deed), period_of(each.period, at, season_id)
        if count and period is not None:
            found.append(Share(each.challenge_id, period, count))
    return found


def counted(measure: Measure, deed: Deed) -> int:
    """How much of something a match counts."""
    match measure:
        case Measure.MATCHES:
            return 1
        case Measure.WINS:
            return int(deed.source is Source.MATCH_WIN)
        case _:
            return int(getattr(deed, measure.value))


def period_of(period: Period, at: datetime, season_id: UUID | None) -> str | None:
    """The name of the period a moment lies in: its day, its week (ISO 8601), or its season if there is one."""
    moment = at.astimezone(UTC)
    match period:
        case Period.DAY:
            return f"{moment:%Y-%m-%d}"
        case Period.WEEK:
            year, week, _ = moment.isocalendar()
            return f"{year}-W{week:02}"
        case Period.SEASON:
            return str(season_id) if season_id is not None else None


def award_ref(code: str, period: str, times: int) -> str:
    """Under which name an award is noted: once in a period, and anew only after one was taken back."""
    return f"{code} {period}" if times == 1 else f"{code} {period} {times}"
