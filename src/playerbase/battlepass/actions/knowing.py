"""What is known of a season's pass: its tiers in every version, the rates of its game, and which season is meant."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase import seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.model import Curve, CurveRow, NoBattlePass, Pass, PassNotBegun, PassOver, Rates, Tier
from playerbase.kit import clock
from playerbase.kit.db import Db

CURVES_KEPT = 200  # Decoded, of all seasons: two megabytes.

# A version of the tiers never changes, so it is decoded once. One that was undone has another moment of its making.
_kept: dict[tuple[UUID, int, datetime], Curve] = {}


class Ground(msgspec.Struct, frozen=True):
    """A pass that is open to be written into, with its season and its tiers."""

    found: Pass
    season: seasons.Season
    curves: list[Curve]

    @property
    def newest(self) -> Curve:
        """The tiers that newcomers begin with."""
        return next(each for each in self.curves if each.version == self.found.curve)


async def curves(db: Db, season_ids: Collection[UUID]) -> dict[UUID, list[Curve]]:
    """Every version of the tiers of these seasons, in order."""
    wanted = sorted(set(season_ids))
    names = await store.curve_names(db, wanted) if wanted else []
    keys = [(each.season_id, each.version, each.made_at) for each in names]
    if missing := sorted({season_id for season_id, version, at in keys if (season_id, version, at) not in _kept}):
        if len(_kept) > CURVES_KEPT:
            _kept.clear()
        for row in await store.curves_of(db, missing if _kept else wanted):
            _kept[row.season_id, row.version, row.made_at] = opened(row)
    found: dict[UUID, list[Curve]] = {season_id: [] for season_id in wanted}
    for key in keys:
        found[key[0]].append(_kept[key])
    return found


def opened(row: CurveRow) -> Curve:
    """A version of the tiers from its row."""
    return Curve(row.season_id, row.version, tuple(msgspec.json.decode(row.tiers, type=list[Tier])))


async def rates(db: Db, games: Collection[str]) -> dict[str, Rates]:
    """What a match gives in each of these games: as it was decided, or as is usual."""
    found = {game: Rates() for game in games}
    for row in await store.rates_of(db, sorted(found)):
        found[row.game] = Rates(**{field: getattr(row, field) for field in Rates.__struct_fields__})
    return found


async def meant(db: Db, game: str, season: str | None = None) -> tuple[seasons.Season, Pass]:
    """The season of this number or id and its pass; without one that which runs, else the latest still in its grace.

    Raises NoBattlePass.
    """
    calendar = await seasons.calendar(db, game)
    if season is not None:
        chosen = [each for each in calendar.seasons if season in {str(each.number), str(each.season_id)}]
        return await _with_pass(db, chosen)
    running = [each for each in (calendar.current, calendar.at(clock.now())) if each is not None]
    over = [each for each in reversed(calendar.seasons) if each.ends_at <= clock.now()]
    return await _with_pass(db, [*running, *over[:1]], within_grace=True)


def check_open(season: seasons.Season, found: Pass, now: datetime) -> None:
    """Nothing, while rewards can be claimed: from a season's beginning until its grace is over.

    Raises PassNotBegun, PassOver.
    """
    if now < season.starts_at and season.state is seasons.State.PLANNED:
        raise PassNotBegun(starts_at=season.starts_at)
    if now >= grace_ends(season, found):
        raise PassOver(ended_at=season.ends_at)


def grace_ends(season: seasons.Season, found: Pass) -> datetime:
    """Until when premium may be bought, and rewards claimed."""
    return season.ends_at + timedelta(days=found.grace_days)


def held(versions: Sequence[Curve], began_with: int) -> Curve:
    """The version that holds for who began with one."""
    if versions[-1].version == began_with:
        return versions[-1]
    return rules.holding(versions, began_with)


async def pass_of(db: Db, season_id: UUID) -> Pass | None:
    """The pass of a season, if it was given one."""
    return await store.pass_of(db, season_id)


async def _with_pass(
    db: Db, wanted: Sequence[seasons.Season], *, within_grace: bool = False
) -> tuple[seasons.Season, Pass]:
    for season in wanted:
        found = await store.pass_of(db, season.season_id)
        if found is None:
            continue
        if within_grace and clock.now() >= grace_ends(season, found):
            continue
        return season, found
    raise NoBattlePass
