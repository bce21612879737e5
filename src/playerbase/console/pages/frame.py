"""The frame: assets, the live stream, counts for the navigation, the theme, and finding anything."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.console.pages import now, rates
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db
from playerbase.kit.errors import NotFound, Refusal
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Rendering, Request, Site, get, post, redirect
from playerbase.kit.outbox import STAFF, Live, Stream

FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")
KEEP_ALIVE_SECONDS = 15
THEME_SECONDS = 365 * 86_400
_streams = metrics.Gauge("console_streams", "Consoles that hear what happens as it happens.")

Path = Annotated[str, msgspec.Meta(max_length=500)]


class NoSuchAsset(NotFound):
    """There is no such file."""


class Theme(msgspec.Struct, frozen=True):
    """Light, dark, or as the system says; and the page to go back to."""

    theme: Literal["light", "dark", "system"]
    next: Path = "/console"


@get("/console/static/{name}", policy=ANYONE, limit="open", page=True)
async def read_asset(rendering: Rendering, name: str) -> Answer:
    """A stylesheet, script or drawing: one of those read at start, whatever the name says."""
    asset = rendering.assets.get(name)
    if asset is None:
        raise NoSuchAsset
    return Answer(asset.body, media=asset.media.encode(), headers=[FOREVER])


@get("/console/stream", policy=PLAYER, limit="console", page=True)
async def hear(request: Request, caller: Caller, live: Live) -> Answer:
    """The topic of everything that happens, as it happens; what it was, each page asks with its own permissions."""
    now.must_be_staff(caller)
    stream = await live.join(frozenset({STAFF}), request.header("last-event-id") or "")
    answer = Answer(media=b"text/event-stream", headers=[(b"cache-control", b"no-store")])
    answer.stream = _topics(request, live, stream)
    return answer


async def _topics(request: Request, live: Live, stream: Stream) -> AsyncIterator[bytes]:
    _streams.inc()
    try:
        yield b"retry: 2000\n\n"
        ask_at = clock.monotonic() + KEEP_ALIVE_SECONDS
        while True:
            # However much there is to tell: a busy stream must hear of a dismissal as well.
            patience = ask_at - clock.monotonic()
            pushed = await stream.next(patience) if patience > 0 else False
            rates.look()
            if pushed is None:
                return
            if isinstance(pushed, bool):
                try:
                    # A stream outlives the moment it was allowed in: ask again who is listening.
                    now.must_be_staff(await request.site.authenticate(request))
                except Refusal:
                    return
                ask_at = clock.monotonic() + KEEP_ALIVE_SECONDS
                yield b": still here\n\n"
            else:
                kind = "reset" if pushed.topic == "reset" else "told"
                yield f"id: {pushed.id}\nevent: {kind}\ndata: {pushed.topic}\n\n".encode()
    finally:
        live.leave(stream)
        _streams.dec()


@get("/console/counts", policy=PLAYER, limit="console", page=True)
async def count_needs(site: Site, db: Db, caller: Caller) -> Answer:
    """What waits at each place of the navigation."""
    now.must_be_staff(caller)
    found = now.waiting(site, await now.needs(site, db, caller))
    return Answer(msgspec.json.encode(found), headers=[(b"cache-control", b"no-store")])


@post("/console/theme", policy=ANYONE, limit="console", page=True)
async def choose_theme(site: Site, form: Theme) -> Answer:
    """Remember how this browser wants the console to look."""
    secure = site.public_url.startswith("https:")
    seconds = 0 if form.theme == "system" else THEME_SECONDS
    return redirect(form.next).cookie("theme", form.theme, seconds=seconds, secure=secure)


@get("/console/find", policy=PLAYER, limit="console", page=True)
async def find(db: Db, caller: Caller, q: Annotated[str, msgspec.Meta(max_length=200)] = "") -> Answer:
    """From the one search field to the right page: an id to what it names, a name to players."""
    now.must_be_staff(caller)
    text = q.strip()
    try:
        sought = UUID(text)
    except ValueError:
        return redirect(f"/console/players?{urlencode({'q': text})}")
    if await identity.existing(db, [sought]):
        return redirect(f"/console/players/{sought}")
    return redirect(f"/console/matches/{sought}")
