"""The opening page: what needs a human, worst first; then today in figures, and the parts."""

from collections.abc import Sequence

import msgspec

from playerbase.console.pages import rates, watching
from playerbase.kit import log
from playerbase.kit.db import Db
from playerbase.kit.http import (
    ANYONE,
    PLAYER,
    Answer,
    Caller,
    Need,
    NotAllowed,
    NotSignedIn,
    Rendering,
    Request,
    Site,
    Tile,
    get,
    redirect,
)  # fmt: skip

_log = log.get("console")


class Waiting(msgspec.Struct):
    """How many things wait at a place, and whether one of them is late."""

    count: int
    is_late: bool


@get("/console", policy=PLAYER, limit="console", page=True)
async def read_now(request: Request, site: Site, db: Db, caller: Caller, rendering: Rendering) -> Answer:
    """What needs a human, today's figures, and how the parts are."""
    must_be_staff(caller)
    found = await needs(site, db, caller)
    return rendering.page(
        request, "console/now.html", urgent=[need for need in found if need.state != "fine"],
        fine=[need for need in found if need.state == "fine"], tiles=await tiles(site, db, caller),
        parts=await watching.parts(site, db, in_short=True) if "operations.read" in caller.permissions else [],
        late=sum(need.state == "late" for need in found),
    )  # fmt: skip


@get("//", policy=ANYONE, limit="open", page=True)
async def read_root() -> Answer:
    """The console is what a browser finds at the root."""
    return redirect("/console")


def must_be_staff(caller: Caller) -> None:
    """Let only people through who work here; raises NotSignedIn, NotAllowed, and why their roles are withheld."""
    if caller.kind != "player":
        raise NotSignedIn
    if caller.withheld is not None:
        raise caller.withheld
    if not caller.is_staff:
        raise NotAllowed(required=["a staff role"])


async def needs(site: Site, db: Db, caller: Caller) -> list[Need]:
    """What needs a human of all modules, as far as it is this person's to know, worst first."""
    found: list[Need] = []
    for page in site.pages:
        if page.needs is None:
            continue
        try:
            found += await page.needs(db)
        except Exception:
            # One part that cannot answer must not hide what the others have to say.
            _log.exception("a module could not say what it needs")
            found.append(
                Need(1, "warn", "A part does not answer", "Its log says why; what it needs is not shown here.", "late",
                     "now", "See the parts", "/console/health")
            )  # fmt: skip
    return sorted((need for need in found if may_see(site, caller, need.path)), key=lambda need: need.rank)


async def tiles(site: Site, db: Db, caller: Caller) -> list[Tile]:
    """Today's figures of all modules, as far as they are this person's to know."""
    found: list[Tile] = []
    for page in site.pages:
        if page.tiles is not None:
            found += [tile for tile in await page.tiles(db) if may_see(site, caller, tile.path)]
    return [*found, rates.tile()] if may_see(site, caller, "/console/health") else found


def waiting(site: Site, found: Sequence[Need]) -> dict[str, Waiting]:
    """Needs by the place of the navigation they belong to; all of them at the opening page."""
    urgent = [need for need in found if need.state != "fine"]
    counts = {"/console": Waiting(len(urgent), any(need.state == "late" for need in urgent))}
    for need in urgent:
        place = _place(site, need.path)
        if place != "/console":
            entry = counts.setdefault(place, Waiting(0, is_late=False))
            entry.count += need.count
            entry.is_late |= need.state == "late"
    return counts


def may_see(site: Site, caller: Caller, path: str) -> bool:
    """Whether this person may go to where a line leads."""
    place = _place(site, path)
    wanted = {each.permission for page in site.pages for each in page.places if each.path == place}
    return all(not permission or permission in caller.permissions for permission in wanted)


def _place(site: Site, path: str) -> str:
    """The place a path belongs to: the longest one it lies at or below."""
    bare = path.partition("?")[0]
    above = [
        each.path
        for page in site.pages
        for each in page.places
        if bare == each.path or bare.startswith(f"{each.path}/")
    ]
    return max(above, key=len, default="/console")
