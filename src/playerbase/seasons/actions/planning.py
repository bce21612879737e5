"""Planning seasons, and changing what is planned; each with its game's calendar to itself."""

from uuid import UUID

import msgspec

from playerbase import games
from playerbase.kit import clock, ids
from playerbase.kit.db import Tx
from playerbase.kit.errors import Fault
from playerbase.kit.outbox import emit
from playerbase.seasons import rules, store
from playerbase.seasons.actions.looking import calendar, season
from playerbase.seasons.events import SeasonChanged, SeasonPlanned, told
from playerbase.seasons.model import (
    Calendar,
    Draft,
    Season,
    SeasonBegun,
    SeasonEndsTooEarly,
    SeasonOver,
    Settings,
    State,
    TooManySeasons,
    VersionConflict,
)

YEAR_MIN, YEAR_MAX = 2000, 2200  # What is beyond is a slip of the hand, and nothing could be added to the last moments.


async def begin(tx: Tx, game: str) -> Calendar:
    """The calendar of a game, to oneself until the transaction ends."""
    await store.lock_calendar(tx, game)
    # Read behind the lock: a statement sees what was committed before it began.
    return await calendar(tx, game)


async def plan(tx: Tx, game: str, draft: Draft, *, number: int | None = None) -> Season:
    """Put a season into the calendar, under the next number if none is said.

    Raises NoSuchGame, SeasonEndsTooEarly, SeasonsOverlap, OffSeasonTooShort, NumbersOutOfOrder, SeasonNumberTaken,
    TooManySeasons, Fault.
    """
    if await games.game(tx, game) is None:
        raise games.NoSuchGame(game=game)
    present = await begin(tx, game)
    bounds = await store.settings(tx)
    if len(present.seasons) >= bounds.seasons_max:
        raise TooManySeasons(limit=bounds.seasons_max)
    wanted = _drafted(
        Season(
            season_id=ids.uuid7(), game=game, number=number or rules.next_number(present.seasons), name=draft.name,
            theme=draft.theme, starts_at=draft.starts_at, ends_at=draft.ends_at, state=State.PLANNED,
            reset=bounds.reset, reset_factor=bounds.reset_factor, settle_seconds=bounds.settle_seconds,
            gap_seconds=bounds.gap_seconds, version=1, started_at=None, fenced_at=None, closed_at=None,
        ),
        draft,
    )  # fmt: skip
    _check(present, wanted)
    await store.add(tx, wanted)
    await emit(tx, told(SeasonPlanned, wanted))
    return wanted


async def change(
    tx: Tx, season_id: UUID, draft: Draft, *, expected_version: int, number: int | None = None
) -> tuple[Season, Season]:
    """Make a season what the draft says; answers what it was and what it is.

    Of one that runs, the beginning and the number stay. What the draft leaves out of the rules stays as it is.
    Raises NoSuchSeason, VersionConflict, SeasonBegun, SeasonOver, and what ``plan`` raises.
    """
    game = (await season(tx, season_id)).game
    present = await begin(tx, game)
    (was,) = [each for each in present.seasons if each.season_id == season_id]
    if was.version != expected_version:
        raise VersionConflict(current_version=was.version)
    if was.is_fenced:
        raise SeasonOver
    if was.state is State.ACTIVE:
        if draft.starts_at != was.starts_at or (number or was.number) != was.number:
            raise SeasonBegun
        if was.ends_at <= clock.now():
            raise SeasonOver
    wanted = _drafted(msgspec.structs.replace(was, number=number or was.number), draft)
    if wanted == was:
        return was, was
    wanted = msgspec.structs.replace(wanted, version=was.version + 1)
    _check(present, wanted)
    await store.save(tx, wanted)
    await emit(tx, told(SeasonChanged, wanted))
    return was, wanted


async def change_settings(tx: Tx, wanted: Settings) -> tuple[Settings, Settings]:
    """Set the bounds of the calendar; answers what they were and what they are."""
    was = await store.lock_settings(tx)
    if was != wanted:
        await store.save_settings(tx, wanted)
    return was, wanted


def _drafted(season: Season, draft: Draft) -> Season:
    said = {
        name: value
        for name in ("reset", "reset_factor", "settle_seconds", "gap_seconds")
        if (value := getattr(draft, name)) is not None
    }
    return msgspec.structs.replace(
        season, name=draft.name, theme=draft.theme, starts_at=draft.starts_at, ends_at=draft.ends_at, **said
    )


def _check(present: Calendar, wanted: Season) -> None:
    for name, moment in (("starts_at", wanted.starts_at), ("ends_at", wanted.ends_at)):
        if not YEAR_MIN <= moment.year <= YEAR_MAX:
            raise Fault(name, "out_of_range", f"A season lies between the years {YEAR_MIN} and {YEAR_MAX}")
    if wanted.ends_at <= clock.now():
        raise SeasonEndsTooEarly(starts_at=wanted.starts_at, ends_at=wanted.ends_at)
    if (fault := rules.unsound(present.seasons, wanted)) is not None:
        raise fault
