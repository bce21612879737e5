"""The pages of matches: what is played now, one match, and taking one back."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import audit, games, profiles
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import (
    Answer,
    Caller,
    Cursors,
    Happening,
    Page,
    Place,
    Rendering,
    Request,
    Site,
    Tile,
    get,
    post,
    redirect,
    staff,
)  # fmt: skip
from playerbase.matches import actions, store
from playerbase.matches.model import Match, Performance, Wanted

ROWS = 50
HOURS = 24
MODES_OF = 1_000  # So many of the latest matches say which modes there are.
Slug = Annotated[str, msgspec.Meta(max_length=32)]
Word = Annotated[str, msgspec.Meta(max_length=64)]
Days = Literal["", "1", "7", "30"]
State = Literal["", "void", "counts"]
HOUR_SECONDS = 3_600
READ, WRITE = staff("matches.read"), staff("matches.write")


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get("/console/matches", policy=READ, limit="console", page=True)
async def list_matches(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    player_id: UUID | None = None, game: Slug = "", mode: Word = "", days: Days = "", state: State = "",
    cursor: str = "",
) -> Answer:  # fmt: skip
    """Matches as they were reported, newest first: all, or those of a player, game, mode, time or state."""
    asked = {
        name: value
        for name, value in (
            ("player_id", str(player_id or "")), ("game", game), ("mode", mode), ("days", days), ("state", state)
        )
        if value
    }  # fmt: skip
    scope = f"matches {asked} {caller.subject}"
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else (_end(), store.LAST_ID)
    found = await _found(db, asked, player_id, at)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        last = shown[-1]
        place = (last.started_at if set(asked) == {"player_id"} else last.reported_at, last.match_id)
        following = _linked(asked, cursor=cursors.make(place, scope=scope))
    hours = await _hours(db, HOURS)
    return rendering.page(
        request, "matches/list.html", matches=shown, following=following, player_id=player_id, hours=hours,
        first=_linked(asked) if cursor else "", total=int(sum(hours)), labels=_labels(), asked=asked,
        names=await _names(db, shown, player_id), in_order=_in_order, modes=await store.modes(db, MODES_OF),
        games=await games.games(db), linked=lambda **change: _linked(asked, **change),
        lasted=sorted(each.duration_seconds for each in shown)[len(shown) // 2] if shown else 0,
    )  # fmt: skip


@get("/console/matches/{match_id}", policy=READ, limit="console", page=True)
async def read_match(db: Db, request: Request, rendering: Rendering, match_id: UUID, told: str = "") -> Answer:
    """One match: who played, and how they did."""
    match = await actions.match_seen_by(db, match_id, None, None)
    players = _in_order(match)
    columns = [
        name
        for name in ("kills", "deaths", "streak", "shots", "hits", "answers", "correct")
        if any(getattr(each, name) for each in players)
    ]
    return rendering.page(
        request, "matches/detail.html", match=match, players=players, columns=columns,
        names=await _names(db, [match]), told="Void. What it caused is taken back within a second." if told else "",
    )  # fmt: skip


@get("/console/matches/{match_id}/void", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, site: Site, rendering: Rendering, match_id: UUID) -> Answer:
    """The question before a match is declared void, with all that would be taken back."""
    match = await actions.match_seen_by(db, match_id, None, None)
    undone = [line for page in site.pages if page.undoes is not None for line in await page.undoes(db, match_id)]
    return rendering.page(request, "matches/ask.html", match=match, undone=undone)


@post("/console/matches/{match_id}/void", policy=WRITE, limit="console", page=True)
async def void(tx: Tx, request: Request, match_id: UUID, form: Asked) -> Answer:
    """Declare a match void, once."""
    await actions.void(tx, match_id, form.reason)
    await audit.record(tx, audit.deed(request, "match_voided", "match", match_id, reason=form.reason))
    return redirect(f"/console/matches/{match_id}?told=void")


async def _found(
    db: Db, asked: dict[str, str], player_id: UUID | None, at: tuple[datetime, UUID]
) -> list[Match]:  # fmt: skip
    if set(asked) == {"player_id"} and player_id is not None:
        return await store.of_player(db, player_id, *at, count=ROWS + 1)
    days = asked.get("days")
    since = clock.now() - timedelta(days=int(days)) if days else datetime.min.replace(tzinfo=UTC)
    states = {"void": True, "counts": False}
    wanted = Wanted(asked.get("game"), asked.get("mode"), states.get(asked.get("state", "")), player_id)
    return await store.found(db, wanted, since, *at, count=ROWS + 1)


def _linked(asked: dict[str, str], **changed: str) -> str:
    kept = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"/console/matches?{urlencode(kept)}" if kept else "/console/matches"


async def tiles(db: Db) -> list[Tile]:
    """Matches of the last day, against the day before."""
    hours = await _hours(db, 2 * HOURS)
    before, today = sum(hours[:HOURS]), sum(hours[HOURS:])
    drift = ""
    if before:
        share = round(100 * (today - before) / before)
        drift = f"▲ {share} %" if share > 0 else f"▼ {-share} %" if share < 0 else "steady"
    figure = f"{int(today):,}".replace(",", "\u202f")
    return [Tile("Matches", figure, hours[HOURS:], drift, "in the last 24 hours", "/console/matches")]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What a player played, latest first."""
    found = await store.of_player(db, player_id, before, UUID(int=0), count)
    names = await _names(db, found)
    return [_happening(match, player_id, names) for match in found]


def _happening(match: Match, player_id: UUID, names: dict[UUID, str]) -> Happening:
    others = [each for each in match.players if each.player_id != player_id]
    own = next(each for each in match.players if each.player_id == player_id)
    if match.voided_at is not None:
        result, tone = "Played, later declared void,", ""
    elif match.winner_id == player_id:
        result, tone = "Won", "good"
    elif match.winner_id is None:
        result, tone = "Drew", ""
    else:
        result, tone = "Lost", ""
    against = (
        f"against {names.get(others[0].player_id, 'somebody')}" if len(others) == 1 else f"with {len(others)} others"
    )
    score = f"{own.score} : {others[0].score}" if len(others) == 1 else str(own.score)
    return Happening(
        match.started_at, "swords", "Matches", f"{result} {against}", f"{match.mode}, {match.map}", score, tone,
        f"/console/matches/{match.match_id}",
    )  # fmt: skip


def _in_order(match: Match) -> list[Performance]:
    """Who played, the winner first, then by score."""
    return sorted(match.players, key=lambda each: (each.player_id != match.winner_id, -each.score))


async def _hours(db: Db, count: int) -> list[float]:
    """Matches in each of the last hours, the present one last."""
    since = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=count - 1)
    found = {slot.at: slot.count for slot in await store.tally_since(db, since, HOUR_SECONDS)}
    return [float(found.get(since + timedelta(hours=hour), 0)) for hour in range(count)]


def _labels() -> list[str]:
    """What stands below a plot of the last day."""
    now = clock.now()
    return [f"{now - timedelta(hours=ago):%H:00}" for ago in (23, 17, 11, 5)] + ["now"]


async def _names(db: Db, found: list[Match], *more: UUID | None) -> dict[UUID, str]:
    wanted = {each.player_id for match in found for each in match.players} | {each for each in more if each}
    return await profiles.names(db, sorted(wanted))


def _end() -> datetime:
    return clock.now() + timedelta(days=1)


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they have played: matches and ratings stay with an account."""
    return "matches and ratings" if await store.of_player(db, player_id, _end(), UUID(int=0), 1) else ""


PAGE = Page(
    places=(Place("Matches", "/console/matches", "swords", "Live", "matches.read"),), tiles=tiles, timeline=timeline,
    holds=holds,
)  # fmt: skip
