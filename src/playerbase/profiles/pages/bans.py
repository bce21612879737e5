"""The pages that keep a player out and let them in again: with a reason, a scope and an end."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec

from playerbase import access, audit, games, identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff
from playerbase.profiles import actions

SESSIONS_MAX = 100
BANS_MAX = 100
WRITE = staff("players.write")
KIND_OF = {"suspend": identity.BanKind.SUSPENDED, "ban": identity.BanKind.BANNED}
LENGTHS = {"1": "a day", "3": "three days", "7": "a week", "30": "30 days", "90": "90 days", "": "for good"}

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class BarringAsked(msgspec.Struct, frozen=True):
    """What the form sends: the reason is told to the player, the note to staff."""

    reason: Reason
    scope: Annotated[str, msgspec.Meta(max_length=32)] = ""
    days: Literal["1", "3", "7", "30", "90", ""] = ""
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get("/console/players/{player_id}/suspend", policy=WRITE, limit="console", page=True)
@get("/console/players/{player_id}/ban", policy=WRITE, limit="console", page=True)
async def ask_bar(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """The form before a player is kept out."""
    name, sessions = await named(db, player_id), len(await access.sessions(db, player_id, None, SESSIONS_MAX))
    verb = request.path.rpartition("/")[2]
    return rendering.page(
        request, "profiles/bar.html", player_id=player_id, name=name, verb=verb, sessions=sessions,
        games=await games.games(db), lengths=LENGTHS, chosen="7" if verb == "suspend" else "",
    )  # fmt: skip


@post("/console/players/{player_id}/suspend", policy=WRITE, limit="console", page=True)
@post("/console/players/{player_id}/ban", policy=WRITE, limit="console", page=True)
async def bar(tx: Tx, request: Request, player_id: UUID, form: BarringAsked) -> Answer:
    """Keep the player out, everywhere or in one game, for a while or for good."""
    verb = request.path.rpartition("/")[2]
    if form.scope and await games.game(tx, form.scope) is None:
        raise access.GameUnknown("scope")
    until = clock.now() + timedelta(days=int(form.days)) if form.days else None
    wanted = identity.Barring(KIND_OF[verb], form.reason, form.scope or None, form.note, until)
    await access.bar(tx, player_id, wanted, by=audit.deed(request, "", "player", player_id))
    return redirect(f"/console/players/{player_id}?told={verb}{'-game' if form.scope else ''}")


@get("/console/players/{player_id}/readmit", policy=WRITE, limit="console", page=True)
async def ask_readmit(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """The question before a player is let in again."""
    name, here = await named(db, player_id), f"/console/players/{player_id}"
    return rendering.page(request, "profiles/lift.html", name=name, here=here, path=f"{here}/readmit", ban=None)


@post("/console/players/{player_id}/readmit", policy=WRITE, limit="console", page=True)
async def readmit(tx: Tx, request: Request, player_id: UUID, form: Asked) -> Answer:
    """Lift whatever keeps the player out everywhere."""
    await identity.lapse(tx, [player_id])
    for ban in await identity.bans(tx, player_id, None, BANS_MAX):
        if ban.scope is None and ban.lifted_at is None and ban.lapsed_at is None:
            by = audit.deed(request, "", "player", player_id)
            await access.lift(tx, player_id, ban.ban_id, form.reason, by=by)
    return redirect(f"/console/players/{player_id}?told=readmit")


@get("/console/players/{player_id}/bans/{ban_id}/lift", policy=WRITE, limit="console", page=True)
async def ask_lift(db: Db, request: Request, rendering: Rendering, player_id: UUID, ban_id: UUID) -> Answer:
    """The question before one decision is lifted."""
    found = [each for each in await identity.bans(db, player_id, None, BANS_MAX) if each.ban_id == ban_id]
    if not found:
        raise identity.NoSuchBan
    name, here = await named(db, player_id), f"/console/players/{player_id}"
    path = f"{here}/bans/{quote(str(ban_id))}/lift"
    return rendering.page(request, "profiles/lift.html", name=name, here=here, path=path, ban=found[0])


@post("/console/players/{player_id}/bans/{ban_id}/lift", policy=WRITE, limit="console", page=True)
async def lift(tx: Tx, request: Request, player_id: UUID, ban_id: UUID, form: Asked) -> Answer:
    """Lift one decision before its time."""
    await access.lift(tx, player_id, ban_id, form.reason, by=audit.deed(request, "", "player", player_id))
    return redirect(f"/console/players/{player_id}?told=lift")


async def named(db: Db, player_id: UUID) -> str:
    """What the player is called, or else their id; raises PlayerGone."""
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    return (await actions.names(db, [player_id])).get(player_id, str(player_id))
