"""Pages: templates rendered on the server, and what each module adds to the console."""

import hashlib
import mimetypes
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import jinja2
import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.errors import Refusal
from playerbase.kit.http import csrf
from playerbase.kit.http.message import HTML, Answer, Request, redirect
from playerbase.kit.http.settings import SettingGroup


class Place(msgspec.Struct, frozen=True):
    """An entry of the console's navigation."""

    label: str
    path: str
    icon: str
    group: str  # Now, People, Economy, Live, Platform
    permission: str


class Need(msgspec.Struct, frozen=True):
    """Something that needs a human: what, why, since when, and where the work starts. Rank 0 is worst."""

    rank: int
    icon: str
    title: str
    why: str
    state: str  # late, soon, fine
    clock: str
    action: str
    path: str
    count: int = 1  # Of things behind it: what the navigation shows beside its place.


class Tile(msgspec.Struct, frozen=True):
    """A figure of today on the opening page: what it was over the last hours, and what it is measured against."""

    label: str
    figure: str
    values: list[float] = []
    drift: str = ""
    foot: str = ""
    path: str = ""


class Part(msgspec.Struct, frozen=True):
    """One part: fine, watch, broken or idle; a figure and what it is of; and what to do when it is not fine."""

    name: str
    state: str
    figure: str
    of: str
    advice: str = ""
    path: str = ""


class Happening(msgspec.Struct, frozen=True):
    """One line of a player's timeline."""

    at: datetime
    icon: str
    kind: str  # the filter it belongs to: Sign-ins, Matches, Staff …
    text: str
    detail: str = ""
    figure: str = ""
    tone: str = ""  # good, bad or nothing
    path: str = ""


class Line(msgspec.Struct, frozen=True):
    """A line of a panel: what, how much of it, what is to be said besides, and a word of state."""

    label: str
    figure: str
    detail: str = ""
    path: str = ""
    tone: str = ""  # good, warn, bad or nothing
    state: str = ""


class Panel(msgspec.Struct, frozen=True):
    """What a module keeps for a player: lines, and what may be done, each with the permission it needs."""

    title: str
    lines: list[Line]
    empty: str = ""
    path: str = ""
    more: str = ""
    acts: list[tuple[str, str, str]] = []


class Page(msgspec.Struct, frozen=True):
    """What a module adds to the console: places, needs, and a player's timeline (newest first, before a time)."""

    places: tuple[Place, ...] = ()
    needs: Callable[[Db], Awaitable[list[Need]]] | None = None
    timeline: Callable[[Db, UUID, datetime, int], Awaitable[list[Happening]]] | None = None
    tiles: Callable[[Db], Awaitable[list[Tile]]] | None = None
    about: Callable[[Db, UUID], Awaitable[list[Tile]]] | None = None  # The figures of one player.
    panels: Callable[[Db, UUID], Awaitable[list[Panel]]] | None = None  # What it keeps for one player.
    parts: Callable[[Db], Awaitable[list[Part]]] | None = None  # What it watches, for the health page.
    names: Callable[[Db, list[UUID]], Awaitable[dict[UUID, str]]] | None = None  # What players are called.
    holds: Callable[[Db, UUID], Awaitable[str]] | None = None  # What a player would lose with their account.
    settings: tuple[SettingGroup, ...] = ()  # What staff decides about it.
    undoes: Callable[[Db, UUID], Awaitable[list[str]]] | None = None  # What goes with a match declared void, in words.


async def names(pages: Iterable[Page], db: Db, player_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """What these players are called, for modules that lie below the one which knows; who has no name is left out."""
    wanted = sorted({player_id for player_id in player_ids if player_id is not None})
    found: dict[UUID, str] = {}
    for page in pages:
        if wanted and page.names is not None:
            found |= await page.names(db, wanted)
    return found


async def holdings(pages: Iterable[Page], db: Db, player_id: UUID) -> list[str]:
    """What this player would lose with their account, in words, one for each module that keeps something for them."""
    found = [await page.holds(db, player_id) for page in pages if page.holds is not None]
    return [words for words in found if words]


class Asset(msgspec.Struct, frozen=True):
    """A stylesheet, script or drawing, read once; its version is part of its address, so it may be kept for ever."""

    body: bytes
    media: str
    version: str


class Rendering:
    """The templates of all modules: ``ladder/top.html`` lies in ``ladder/pages/top.html``."""

    def __init__(self, root: Path, **everywhere: Any) -> None:
        folders = {path.parent.name: jinja2.FileSystemLoader(path) for path in sorted(root.glob("*/pages"))}
        self.environment = jinja2.Environment(
            loader=jinja2.PrefixLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=False,
        )  # fmt: skip
        self.assets = {path.name: _asset(path) for path in sorted(root.glob("*/pages/static/*"))}
        self.environment.globals.update(now=clock.now, rfc3339=clock.rfc3339, asset=self.address, **everywhere)

    def address(self, name: str) -> str:
        """Where a page finds an asset."""
        return f"/console/static/{name}?v={self.assets[name].version}"

    def page(self, request: Request, template: str, *, status: int = 200, **context: Any) -> Answer:
        """A page with these values; ``request``, ``caller`` and ``csrf`` are there for every template."""
        caller = request.caller
        held = csrf.token(request.site.keys, caller.session_id) if caller.by_cookie and caller.session_id else ""
        text = self.environment.get_template(template).render(request=request, caller=caller, csrf=held, **context)
        return Answer(text.encode(), status=status, media=HTML, headers=[(b"cache-control", b"no-store")])

    def refusal(self, request: Request, refusal: Refusal) -> Answer:
        """A refusal for a person: sign in first, or what did not happen and the request id."""
        house = "portal" if request.path.startswith("/portal") else "console"
        if refusal.status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
            return redirect(f"/{house}/sign-in?next={quote(request.path)}")
        return self.page(request, f"{house}/refused.html", status=refusal.status, refusal=refusal)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media += "; charset=utf-8" if media.startswith("text/") else ""
    return Asset(body, media, hashlib.sha256(body).hexdigest()[:12])
