"""One season: when it is, what its rules are, and how far its close is; opening it and ending it."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import audit, games
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Conflict
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff
from playerbase.seasons import actions, rules
from playerbase.seasons.actions.noting import note
from playerbase.seasons.model import State

HERE = "/console/seasons"
READ, WRITE = staff("seasons.read"), staff("seasons.write")
REFRESH_SECONDS = 3  # A close is watched; what its parts say of themselves is told to nobody.
TOLD = {
    "planned": "Planned. It opens by itself when its time comes.",
    "changed": "Changed. It holds from now.",
    "opened": "Open. Everybody may play for it.",
    "ended": "Ended. It is closed once reports under way have had their time.",
    "skipped": "Taken for done.",
}
Word = Literal["open", "close"]


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(f"{HERE}/{{season_id}}", policy=READ, limit="console", page=True)
async def read_season(db: Db, request: Request, rendering: Rendering, season_id: UUID, told: str = "") -> Answer:
    """One season, and how far it is; while it closes, the page looks again by itself."""
    season = await actions.season(db, season_id)
    parts = await actions.parts(db, season_id)
    calendar = await actions.calendar(db, season.game)
    after = [each for each in calendar.seasons if each.starts_at >= season.ends_at]
    game = await games.game(db, season.game)
    answer = rendering.page(
        request, "seasons/one.html", season=season, parts=parts, after=after[0] if after else None,
        name=game.name if game else season.game, fences_at=rules.fences_at(season), told=TOLD.get(told, ""),
    )  # fmt: skip
    if season.state is State.CLOSING:
        answer.headers.append((b"refresh", str(REFRESH_SECONDS).encode()))
    return answer


@get(f"{HERE}/{{season_id}}/{{word}}", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, rendering: Rendering, season_id: UUID, word: Word) -> Answer:
    """The question before a season is opened or ended by hand."""
    season = await actions.season(db, season_id)
    return rendering.page(request, "seasons/ask.html", season=season, word=word, fault="")


@post(f"{HERE}/{{season_id}}/{{word}}", policy=WRITE, limit="console", page=True)
async def turn(tx: Tx, request: Request, rendering: Rendering, season_id: UUID, word: Word, form: Asked) -> Answer:
    """Open a season, or end it."""
    was = await actions.season(tx, season_id)
    try:
        now = await (actions.activate if word == "open" else actions.close)(tx, season_id)
    except Conflict as refusal:
        return rendering.page(request, "seasons/ask.html", status=409, season=was, word=word, fault=str(refusal))
    action = "season_opened" if word == "open" else "season_ended"
    await note(tx, request, action, was, now, form.reason)
    return redirect(f"{HERE}/{season_id}?told={'opened' if word == 'open' else 'ended'}")


@get(f"{HERE}/{{season_id}}/parts/{{part}}/skip", policy=WRITE, limit="console", page=True)
async def ask_skip(db: Db, request: Request, rendering: Rendering, season_id: UUID, part: str) -> Answer:
    """The question before a part of a close is taken for done."""
    season = await actions.season(db, season_id)
    return rendering.page(request, "seasons/skip.html", season=season, part=part)


@post(f"{HERE}/{{season_id}}/parts/{{part}}/skip", policy=WRITE, limit="console", page=True)
async def skip(tx: Tx, request: Request, season_id: UUID, part: str, form: Asked) -> Answer:
    """Take a part of a close for done that its module will never finish."""
    await actions.skip_part(tx, season_id, part)
    deed = audit.deed(request, "season_part_skipped", "season", season_id, after={"part": part}, reason=form.reason)
    await audit.record(tx, deed)
    return redirect(f"{HERE}/{season_id}?told=skipped")
