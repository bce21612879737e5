"""A player's saves as staff sees them: slots, the history of one, what two versions differ in, restoring."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import profiles
from playerbase.kit import tracing
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect, staff
from playerbase.progression import actions
from playerbase.progression.model import GameSlug, Slot, Spot, Version

READ, WRITE = staff("progression.read"), staff("progression.write")
ROWS = 50
FLAGS = 20
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 2)]


class RestoreAsked(msgspec.Struct, frozen=True):
    """What the form sends: the version that was current when it was shown, and why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
    expected: Number


@get("/console/players/{player_id}/saves", policy=READ, limit="console", page=True)
async def list_saves(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID, cursor: str = ""
) -> Answer:
    """Where each slot of a player stands, and what was flagged of them."""
    scope = f"console saves {player_id} {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else ("", "")
    found = await actions.slots(db, player_id, None, after, ROWS + 1)
    shown, here = found[:ROWS], f"/console/players/{player_id}/saves"
    place = cursors.make((shown[-1].game, shown[-1].slot), scope=scope) if found[ROWS:] else ""
    return rendering.page(
        request, "progression/saves.html", slots=shown, flags=await actions.flags_of(db, player_id, None, FLAGS),
        name=await _name(db, player_id), player_id=player_id, here=here, first=here if cursor else "",
        following=f"{here}?{urlencode({'cursor': place})}" if place else "",
    )  # fmt: skip


@get("/console/players/{player_id}/saves/{game}/{slot}", policy=READ, limit="console", page=True)
async def read_slot(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID, game: GameSlug,
    slot: Slot, before: Number | None = None, after: Number | None = None, cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """The history of a slot, and what two of its versions differ in: the latest and the one before, if not said."""
    spot, here = Spot(player_id, game, slot), f"/console/players/{player_id}/saves/{game}/{slot}"
    there = await actions.load(db, spot)
    scope = f"console history {spot} {caller.subject}"
    (below,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (actions.NEWEST,)
    found = await actions.history(db, spot, below, ROWS + 1)
    shown = found[:ROWS]
    place = cursors.make((shown[-1].version,), scope=scope) if found[ROWS:] else ""
    kept = sorted(each.version for each in shown)
    newer = there.version if after is None else after
    older = before if before is not None else max((each for each in kept if each < newer), default=None)
    differences = None if older is None else await actions.compared(db, spot, older, newer)
    return rendering.page(
        request, "progression/slot.html", there=there, versions=shown, differences=differences, older=older,
        newer=newer, player_id=player_id, name=await _name(db, player_id), here=here, first=here if cursor else "",
        following=f"{here}?{urlencode({'cursor': place})}" if place else "",
        told="Restored as the next version." if told else "",
    )  # fmt: skip


@get("/console/players/{player_id}/saves/{game}/{slot}/restore/{version}", policy=WRITE, limit="console", page=True)
async def ask_restore(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, game: GameSlug, slot: Slot, version: Version
) -> Answer:
    """The question before a version is restored."""
    return await _ask(db, request, rendering, Spot(player_id, game, slot), version, None)


@post("/console/players/{player_id}/saves/{game}/{slot}/restore/{version}", policy=WRITE, limit="console", page=True)
async def restore(
    tx: Tx, request: Request, caller: Caller, rendering: Rendering, player_id: UUID, game: GameSlug, slot: Slot,
    version: Version, form: RestoreAsked,
) -> Answer:  # fmt: skip
    """Restore a version for a player, unless they have saved since the question was shown."""
    spot = Spot(player_id, game, slot)
    wanted = actions.wish(
        spot, "restore", form.expected, by=f"staff:{caller.player_id}", sender=str(caller.session_id),
        of_version=version, is_staff=True, traceparent=tracing.current(),
    )  # fmt: skip
    try:
        await actions.restore_as_staff(tx, request, wanted, form.reason)
    except Refusal as refusal:
        return await _ask(tx, request, rendering, spot, version, refusal)
    return redirect(f"/console/players/{player_id}/saves/{game}/{slot}?told=restored")


async def _ask(
    db: Db, request: Request, rendering: Rendering, spot: Spot, version: int, refusal: Refusal | None
) -> Answer:
    there = await actions.load(db, spot)
    return rendering.page(
        request, "progression/restore.html", status=200 if refusal is None else refusal.status, there=there,
        old=await actions.load_version(db, spot, version), spot=spot, name=await _name(db, spot.player_id),
        fault=str(refusal) if refusal else "",
    )  # fmt: skip


async def _name(db: Db, player_id: UUID) -> str:
    names = await profiles.names(db, [player_id])
    if player_id not in names:
        raise profiles.NoSuchProfile
    return names[player_id]
