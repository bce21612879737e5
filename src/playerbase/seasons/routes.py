"""Seasons over HTTP: the list that players read, and the calendar for staff."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, get, post, put, server, staff
from playerbase.seasons import actions
from playerbase.seasons.actions.deciding import decide
from playerbase.seasons.actions.noting import note
from playerbase.seasons.model import Part, Season, SeasonDraft, Settings, State, VersionMissing

READ, WRITE = staff("seasons.read"), staff("seasons.write")
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
StateWord = Literal["planned", "active", "closing", "closed"]


class SeasonListed(msgspec.Struct, frozen=True):
    """A season as everybody sees it."""

    id: UUID
    game: str
    number: int
    name: str
    theme: str
    starts_at: datetime
    ends_at: datetime
    state: State


class SeasonWhole(Season, frozen=True):
    """A season as staff sees it, with who has something to do for its close."""

    parts: list[Part]


class NewSeason(SeasonDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A season of a game."""

    game: Slug


class SeasonChange(SeasonDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a season is to be, and the version that was seen; If-Match says the same."""

    expected_version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


@get("/leaderboards/seasons", policy=PLAYER | server("ladder:read") | staff("seasons.read"), limit="leaderboard")
async def list_seasons(
    db: Db, caller: Caller, cursors: Cursors, game: Slug | None = None, state: StateWord | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[SeasonListed]:  # fmt: skip
    """Seasons, the latest first: of one game or all, in one state or any."""
    found, more = await _page(db, caller, cursors, "seasons", game, state, limit, cursor)
    return Listing([_listed(each) for each in found], more)


@get("/admin/seasons", policy=READ, limit="console")
async def list_calendar(
    db: Db, caller: Caller, cursors: Cursors, game: Slug | None = None, state: StateWord | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Season]:  # fmt: skip
    """Seasons with their rules, the latest first: of one game or all, in one state or any."""
    return Listing(*await _page(db, caller, cursors, "calendar", game, state, limit, cursor))


@get("/admin/seasons/settings", policy=READ, limit="console")
async def read_settings(db: Db) -> Settings:
    """The bounds of the calendar, and what a new season begins with."""
    return await actions.settings(db)


@put("/admin/seasons/settings", policy=WRITE, limit="console")
async def change_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Set the bounds of the calendar; seasons there are keep their rules."""
    return await decide(tx, request, body)


@get("/admin/seasons/{season_id}", policy=READ, limit="console")
async def read_season(db: Db, season_id: UUID) -> SeasonWhole:
    """One season, and how far the parts of its close are."""
    return await _whole(db, await actions.season(db, season_id))


@post("/admin/seasons", policy=WRITE, limit="console", status=201)
async def plan_season(tx: Tx, request: Request, body: NewSeason) -> SeasonWhole:
    """Put a season into a game's calendar, under the next number if none is said.

    It opens and closes by the clock. Seasons of a game do not overlap, and their numbers rise with time.
    """
    made = await actions.plan(tx, body.game, body.draft(), number=body.number)
    await note(tx, request, "season_planned", None, made)
    return await _whole(tx, made)


@put("/admin/seasons/{season_id}", policy=WRITE, limit="console")
async def change_season(tx: Tx, request: Request, season_id: UUID, body: SeasonChange) -> SeasonWhole:
    """Make a season what the body says; of one that runs, its number and beginning stay."""
    expected = _expected(request, body.expected_version)
    was, now = await actions.change(tx, season_id, body.draft(), expected_version=expected, number=body.number)
    await note(tx, request, "season_changed", was, now)
    return await _whole(tx, now)


@post("/admin/seasons/{season_id}/activate", policy=WRITE, limit="console")
async def activate_season(tx: Tx, request: Request, season_id: UUID, body: Reason | None) -> SeasonWhole:
    """Open a season now; before its time, it begins now. One that is open is answered as it is."""
    was = await actions.season(tx, season_id)
    now = await actions.activate(tx, season_id)
    await note(tx, request, "season_opened", was, now, body.reason if body else "")
    return await _whole(tx, now)


@post("/admin/seasons/{season_id}/close", policy=WRITE, limit="console")
async def close_season(tx: Tx, request: Request, season_id: UUID, body: Reason | None) -> SeasonWhole:
    """End a season now: players submit nothing more, and when reports under way have had their time, it is closed.

    One that is ended already is answered as it is.
    """
    was = await actions.season(tx, season_id)
    now = await actions.close(tx, season_id)
    await note(tx, request, "season_ended", was, now, body.reason if body else "")
    return await _whole(tx, now)


async def _page(
    db: Db, caller: Caller, cursors: Cursors, what: str, game: str | None, state: str | None, limit: int,
    cursor: str | None,
) -> tuple[list[Season], str | None]:  # fmt: skip
    scope = f"{what} {game or ''} {state or ''} {caller.subject}"
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else None
    found = await actions.page(db, game, None if state is None else State(state), at, limit + 1)
    last = found[limit - 1] if found[limit:] else None
    more = cursors.make((last.starts_at, last.season_id), scope=scope) if last else None
    return found[:limit], more


async def _whole(db: Db, season: Season) -> SeasonWhole:
    parts = await actions.parts(db, season.season_id)
    return SeasonWhole(**msgspec.structs.asdict(season), parts=parts)


def _listed(season: Season) -> SeasonListed:
    return SeasonListed(
        season.season_id, season.game, season.number, season.name, season.theme, season.starts_at, season.ends_at,
        season.state,
    )  # fmt: skip


def _expected(request: Request, named: int | None) -> int:
    """The version an edit is held against; raises VersionMissing."""
    given = (request.header("if-match") or "").strip().removeprefix("W/").strip('"')
    if named is None and given.isascii() and given.isdigit() and len(given) < 10:  # noqa: PLR2004 - below 2^31
        return int(given)
    if named is None:
        raise VersionMissing
    return named
