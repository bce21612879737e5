"""The pages of players: finding one, and everything that is to know of one in one place."""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import access, audit, identity
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
    SettingGroup,
    Site,
    Tile,
    get,
    names,
    post,
    redirect,
    staff,
)
from playerbase.profiles import actions
from playerbase.profiles.model import ProfileSettings
from playerbase.profiles.pages import bans as barring
from playerbase.profiles.pages import figures, images, sessions
from playerbase.profiles.pages.bans import BANS_MAX, SESSIONS_MAX, WRITE, Asked, named

ROWS = 50
LINES = 40
READ = staff("players.read")
TOLD = {
    "suspend": "Suspended. All sessions have ended.",
    "ban": "Banned. All sessions have ended.",
    "suspend-game": "Suspended in that game. What its servers opened has ended.",
    "ban-game": "Banned in that game. What its servers opened has ended.",
    "readmit": "Readmitted. They may sign in again.",
    "lift": "Lifted.",
    "sign-out": "Signed out everywhere.",
}

Query = Annotated[str, msgspec.Meta(max_length=200)]


@get("/console/players", policy=READ, limit="console", page=True)
async def list_players(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, q: Query = "", cursor: str = ""
) -> Answer:
    """Players by name; a whole id leads to its player at once."""
    sought = _as_id(q.strip())
    if sought is not None and await identity.existing(db, [sought]):
        return redirect(f"/console/players/{sought}")
    scope = f"players {q} {caller.subject}"
    after = cursors.read(cursor, tuple[str, UUID], scope=scope) if cursor else None
    found = await actions.search(db, q.strip(), after, ROWS + 1)
    shown = found[:ROWS]
    following = ""
    if found[ROWS:]:
        at = cursors.make(actions.place_of(shown[-1]), scope=scope)
        following = f"/console/players?{urlencode({'q': q, 'cursor': at})}"
    known = await identity.players(db, [each.player_id for each in shown])
    return rendering.page(
        request, "profiles/list.html", q=q, players=[(each, known.get(each.player_id)) for each in shown],
        following=following, first=f"/console/players?{urlencode({'q': q})}" if cursor else "",
    )  # fmt: skip


@get("/console/players/{player_id}", policy=READ, limit="console", page=True)
async def read_player(
    db: Db,
    request: Request,
    site: Site,
    caller: Caller,
    cursors: Cursors,
    rendering: Rendering,
    player_id: UUID,
    kind: Annotated[str, msgspec.Meta(max_length=40)] = "",
    cursor: str = "",
    told: str = "",
) -> Answer:
    """One player: figures, and a timeline of what every module knows of them."""
    player = await _player(db, player_id)
    (profile,) = (await actions.Profiles(site.pool).fetch(db, [player_id])).values() or (None,)
    scope = f"timeline {player_id} {kind} {caller.subject}"
    before = cursors.read(cursor, tuple[datetime], scope=scope)[0] if cursor else clock.now() + timedelta(days=1)
    parts = await _timeline(site, db, player, before, caller.permissions)
    shown, further = merged(parts, kind, LINES, before)
    following = ""
    if further is not None:
        at = cursors.make((further,), scope=scope)
        following = f"/console/players/{player_id}?{urlencode({'kind': kind, 'cursor': at})}"
    bans = await identity.bans(db, player_id, None, BANS_MAX)
    seen_by = []
    if "players.impersonate" in caller.permissions:
        seen_by = await access.impersonations(db, None, SESSIONS_MAX, player_id=player_id)
    deciders = {text: _as_id(text) for ban in bans for text in (ban.by, ban.lifted_by) if text}
    tiles = [tile for page in site.pages if page.about is not None for tile in await page.about(db, player_id)]
    panels = [
        panel for page in site.pages if page.panels is not None and _may_see(page, caller.permissions)
        for panel in await page.panels(db, player_id)
    ]  # fmt: skip
    return rendering.page(
        request, "profiles/detail.html", panels=panels, player=player, profile=profile, lines=shown, kind=kind,
        kinds=sorted({line.kind for part in parts for line in part}),
        following=following, tiles=tiles, is_first=not cursor, told=TOLD.get(told, ""),
        providers=await identity.providers(db, player_id), roles=await access.roles_of(db, player_id),
        sessions=await access.sessions(db, player_id, None, SESSIONS_MAX), bans=bans, deciders=deciders,
        seen_by=seen_by, names=await names(site.pages, db, [*deciders.values(), *(each.actor_id for each in seen_by)]),
    )  # fmt: skip


@get("/console/players/{player_id}/sign-out", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """The question before every session of a player is ended."""
    sessions = len(await access.sessions(db, player_id, None, SESSIONS_MAX))
    name = await named(db, player_id)
    return rendering.page(request, "profiles/ask.html", player_id=player_id, name=name, sessions=sessions)


@post("/console/players/{player_id}/sign-out", policy=WRITE, limit="console", page=True)
async def sign_out(tx: Tx, request: Request, player_id: UUID, form: Asked) -> Answer:
    """End every session of a player, at once and everywhere."""
    await _player(tx, player_id)
    ended = await access.end_sessions(tx, player_id, "staff")
    deed = audit.deed(request, "sessions_ended", "player", player_id, reason=form.reason, after={"ended": ended})
    await audit.record(tx, deed)
    return redirect(f"/console/players/{player_id}?told=sign-out")


async def tiles(db: Db) -> list[Tile]:
    """Players who came new in the last 24 hours."""
    return [await figures.newcomers(db)]


async def _player(db: Db, player_id: UUID) -> identity.Player:
    player = await identity.player(db, player_id)
    if player is None:
        raise identity.PlayerGone
    return player


async def _timeline(
    site: Site, db: Db, player: identity.Player, before: datetime, permissions: frozenset[str]
) -> list[list[Happening]]:
    """What each module knows of the player, latest first, from before a time."""
    arrived = Happening(player.created_at, "staff", "Account", "Became a player")
    parts = [[arrived] if player.created_at < before else []]
    return parts + [
        await page.timeline(db, player.player_id, before, LINES + 1)
        for page in site.pages
        if page.timeline is not None and _may_see(page, permissions)
    ]


def _may_see(page: Page, permissions: frozenset[str]) -> bool:
    """What a person may not look up in its place is not told here either."""
    return all(place.permission in permissions for place in page.places)


def merged(
    parts: list[list[Happening]], kind: str, count: int, before: datetime
) -> tuple[list[Happening], datetime | None]:
    """So many lines of one kind or all, latest first, and the time before which the next page goes on, if there is one.

    A part that gave more than ``count`` lines may know more of the time of its last one, or earlier: what others know
    of then has to wait. Lines of one moment stay together, because the next page begins before it.
    """
    ends = [part[-1].at for part in parts if len(part) > count]
    horizon = max(ends) + timedelta(microseconds=1) if ends else None
    if horizon is not None and horizon >= before:
        horizon = max(ends)  # More lines of one moment than fit: they are cut rather than shown for ever.
    lines = sorted((line for part in parts for line in part), key=lambda line: line.at, reverse=True)
    known = [line for line in lines if kind in {"", line.kind} and (horizon is None or line.at >= horizon)]
    end = count
    while end < len(known) and known[end].at == known[end - 1].at:
        end += 1
    return known[:end], known[end - 1].at if len(known) > end else horizon


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


HANDLERS = (barring, sessions, images)
SETTINGS = SettingGroup(
    "profiles", "Profiles", ProfileSettings, actions.settings, actions.decide, "operations.read", "operations.write"
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(
        Place("Players", "/console/players", "users", "People", "players.read"),
        Place("Files", "/console/files", "tag", "Platform", "operations.read"),
    ),
    tiles=tiles,
    panels=images.panels,
    names=actions.names,
)
