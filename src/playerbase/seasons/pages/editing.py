"""Making a season and changing one, without code: each fault stands at its field."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec

from playerbase import games
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Faults, Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff
from playerbase.seasons import actions, rules
from playerbase.seasons.actions.noting import note
from playerbase.seasons.model import Reset, Season, SeasonDraft

HERE = "/console/seasons"
WRITE = staff("seasons.write")
TIME = "%Y-%m-%dT%H:%M"
# Where a refusal stands; all others stand above the form.
FIELDS = {
    "season_ends_too_early": "ends_at", "seasons_overlap": "starts_at", "off_season_too_short": "starts_at",
    "numbers_out_of_order": "number", "season_number_taken": "number", "no_such_game": "game",
    "season_begun": "starts_at",
}  # fmt: skip
WANTED = {
    "name": "1 to 100 characters", "theme": "At most 100 characters", "number": "A number from 1 to 100000",
    "starts_at": "A day and a time, in UTC", "ends_at": "A day and a time, in UTC",
    "reset": "None, soft or hard", "reset_factor": "A share from 0 to 1",
    "settle_seconds": "Seconds, at most a day", "gap_seconds": "Hours, at most a year",
}  # fmt: skip
Text = Annotated[str, msgspec.Meta(max_length=200)]


class SeasonAsked(msgspec.Struct, frozen=True):
    """What the form sends, as it was written."""

    game: Text = ""
    name: Text = ""
    theme: Text = ""
    number: Text = ""
    starts_at: Text = ""
    ends_at: Text = ""
    reset: Text = ""
    reset_factor: Text = ""
    settle_seconds: Text = ""
    gap_hours: Text = ""
    version: Text = ""


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_new(db: Db, request: Request, rendering: Rendering, game: Text = "") -> Answer:
    """The form of a new season: it begins where the last one of the game ends."""
    known = [each for each in await games.games(db) if each.status == "active"]
    chosen = game or (known[0].slug if known else "")
    return await _form(db, request, rendering, await _proposed(db, chosen), None, {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def plan(tx: Tx, request: Request, rendering: Rendering, form: SeasonAsked) -> Answer:
    """Put a season into the calendar."""
    draft, faults = read(form)
    if draft is None:
        return await _form(tx, request, rendering, form, None, faults)
    try:
        made = await actions.plan(tx, form.game, draft.draft(), number=draft.number)
    except Refusal as refusal:
        return await _form(tx, request, rendering, form, None, _at(refusal))
    await note(tx, request, "season_planned", None, made)
    return redirect(f"{HERE}/{made.season_id}?told=planned")


@get(f"{HERE}/{{season_id}}/change", policy=WRITE, limit="console", page=True)
async def ask_change(db: Db, request: Request, rendering: Rendering, season_id: UUID) -> Answer:
    """The form of a season as it is."""
    season = await actions.season(db, season_id)
    return await _form(db, request, rendering, _written(season), season, {})


@post(f"{HERE}/{{season_id}}/change", policy=WRITE, limit="console", page=True)
async def change(tx: Tx, request: Request, rendering: Rendering, season_id: UUID, form: SeasonAsked) -> Answer:
    """Make a season what the form says."""
    season = await actions.season(tx, season_id)
    draft, faults = read(form)
    if draft is None:
        return await _form(tx, request, rendering, form, season, faults)
    expected = int(form.version) if form.version.isascii() and form.version.isdigit() else 0
    # Minutes are all that the form knows; an unchanged moment keeps its seconds.
    wanted = draft.draft()
    for name in ("starts_at", "ends_at"):
        if getattr(season, name).strftime(TIME) == getattr(form, name):
            wanted = msgspec.structs.replace(wanted, **{name: getattr(season, name)})
    try:
        was, now = await actions.change(tx, season_id, wanted, expected_version=expected, number=draft.number)
    except Refusal as refusal:
        return await _form(tx, request, rendering, form, season, _at(refusal))
    await note(tx, request, "season_changed", was, now)
    return redirect(f"{HERE}/{season_id}?told=changed")


def read(form: SeasonAsked) -> tuple[SeasonDraft | None, dict[str, str]]:
    """What a person wrote as a season, or what is wrong with it, by field."""
    sent: dict[str, Any] = {
        name: value.strip()
        for name in ("name", "theme", "number", "reset", "reset_factor", "settle_seconds")
        if (value := getattr(form, name)).strip()
    }
    faults: dict[str, str] = {}
    for name in ("starts_at", "ends_at"):
        try:
            sent[name] = datetime.fromisoformat(getattr(form, name).strip()).replace(tzinfo=UTC)
        except ValueError:
            faults[name] = WANTED[name]
    if form.gap_hours.strip():
        try:
            sent["gap_seconds"] = round(float(form.gap_hours) * 3_600)
        except (ValueError, OverflowError):
            faults["gap_hours"] = WANTED["gap_seconds"]
    kinds = {field.name: field.type for field in msgspec.structs.fields(SeasonDraft)}
    for name in ("name", *(name for name in sent if name != "name")):
        try:
            msgspec.convert(sent.get(name, ""), kinds[name], strict=False)
        except msgspec.ValidationError:
            faults["gap_hours" if name == "gap_seconds" else name] = WANTED[name]
    return (None, faults) if faults else (msgspec.convert(sent, SeasonDraft, strict=False), {})


def _at(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, Faults):
        told = cast("list[dict[str, str]]", refusal.members["errors"])
        return {each["field"]: each["message"] for each in told}
    return {FIELDS.get(refusal.code, "form"): str(refusal)}


async def _proposed(db: Db, game: str) -> SeasonAsked:
    bounds = await actions.settings(db)
    seasons = (await actions.calendar(db, game)).seasons
    hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    starts_at = hour
    if seasons:
        last = max(seasons, key=lambda each: each.ends_at)
        free = last.ends_at + timedelta(seconds=last.gap_seconds)
        free += timedelta(minutes=1) - timedelta(seconds=free.second, microseconds=free.microsecond)
        starts_at = max(hour, free)
    return SeasonAsked(
        game=game, number=str(rules.next_number(seasons)), starts_at=starts_at.strftime(TIME),
        ends_at=(starts_at + timedelta(days=bounds.length_days)).strftime(TIME), reset=bounds.reset.value,
        reset_factor=f"{bounds.reset_factor:g}", settle_seconds=str(bounds.settle_seconds),
        gap_hours=f"{bounds.gap_seconds / 3_600:g}",
    )  # fmt: skip


def _written(season: Season) -> SeasonAsked:
    return SeasonAsked(
        game=season.game, name=season.name, theme=season.theme, number=str(season.number),
        starts_at=season.starts_at.strftime(TIME), ends_at=season.ends_at.strftime(TIME), reset=season.reset.value,
        reset_factor=f"{season.reset_factor:g}", settle_seconds=str(season.settle_seconds),
        gap_hours=f"{season.gap_seconds / 3_600:g}", version=str(season.version),
    )  # fmt: skip


async def _form(
    db: Db, request: Request, rendering: Rendering, form: SeasonAsked, season: Season | None, faults: dict[str, str]
) -> Answer:
    return rendering.page(
        request, "seasons/form.html", status=422 if faults else 200, form=form, faults=faults, season=season,
        games=[each for each in await games.games(db) if each.status == "active"], resets=list(Reset),
    )  # fmt: skip
