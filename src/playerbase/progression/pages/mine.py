"""A player's own saves: slots, history, restoring and taking a copy home."""

from typing import Annotated
from urllib.parse import urlencode

import msgspec

from playerbase import games
from playerbase.kit import tracing
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get, post, redirect
from playerbase.progression import actions
from playerbase.progression.model import (
    GameSlug,
    NoSuchVersion,
    RestoringNotAllowed,
    SavingTooOften,
    Slot,
    Spot,
    VersionConflict,
)

HERE = "/portal/saves"
ROWS = 25
DIGITS_MAX = 10
Word = Annotated[str, msgspec.Meta(max_length=64)]  # In an address; what names nothing is not there.
FAULTS = {
    refusal.code: refusal.title() for refusal in (NoSuchVersion, RestoringNotAllowed, SavingTooOften, VersionConflict)
}


class Restored(msgspec.Struct, frozen=True):
    """Which version, and the one that was current when it was shown."""

    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 2)]
    expected: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 2)]


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_saves(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """What you have saved, by game."""
    assert caller.player_id is not None
    scope = f"portal saves {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else ("", "")
    found = await actions.slots(db, caller.player_id, None, after, ROWS + 1)
    shown = found[:ROWS]
    place = cursors.make((shown[-1].game, shown[-1].slot), scope=scope) if found[ROWS:] else ""
    return rendering.page(
        request, "progression/mine.html", slots=shown, titles={each.slug: each.name for each in await games.games(db)},
        first=HERE if cursor else "", following=f"{HERE}?{urlencode({'cursor': place})}" if place else "",
    )  # fmt: skip


@get(f"{HERE}/{{game}}/{{slot}}", policy=PLAYER, limit="console", page=True)
async def my_slot(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, game: Word, slot: Word,
    cursor: str = "", told: str = "", fault: str = "",
) -> Answer:  # fmt: skip
    """What was in a slot, version by version."""
    assert caller.player_id is not None
    spot, here = Spot(caller.player_id, game, slot), f"{HERE}/{game}/{slot}"
    there = await actions.load(db, spot)
    scope = f"portal history {spot} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (actions.NEWEST,)
    found = await actions.history(db, spot, before, ROWS + 1)
    shown = found[:ROWS]
    place = cursors.make((shown[-1].version,), scope=scope) if found[ROWS:] else ""
    declared = await actions.declaration(db, game)
    return rendering.page(
        request, "progression/my_slot.html", there=there, versions=shown, may_restore=declared.players_restore,
        here=here, first=here if cursor else "",
        following=f"{here}?{urlencode({'cursor': place})}" if place else "",
        told="Restored. Your devices load it when they next ask." if told else "", fault=FAULTS.get(fault, ""),
    )  # fmt: skip


@get(f"{HERE}/{{game}}/{{slot}}/download/{{version}}", policy=PLAYER, limit="console", page=True)
async def take_home(db: Db, caller: Caller, game: Word, slot: Word, version: Word) -> Answer:
    """A version as a file of JSON."""
    assert caller.player_id is not None
    if not (version.isascii() and version.isdecimal() and len(version) < DIGITS_MAX):
        raise NoSuchVersion
    there = await actions.load_version(db, Spot(caller.player_id, game, slot), int(version))
    named = f'attachment; filename="{game}-{slot}-{version}.json"'.encode()
    return Answer(bytes(there.data), headers=[(b"content-disposition", named), (b"cache-control", b"no-store")])


@post(f"{HERE}/{{game}}/{{slot}}/restore", policy=PLAYER, limit="console", page=True)
async def restore_mine(tx: Tx, caller: Caller, game: GameSlug, slot: Slot, form: Restored) -> Answer:
    """Restore one of your versions as the next one."""
    assert caller.player_id is not None
    here = f"{HERE}/{game}/{slot}"
    wanted = actions.wish(
        Spot(caller.player_id, game, slot), "restore", form.expected, by="player", sender=str(caller.session_id),
        of_version=form.version, device="Portal", traceparent=tracing.current(),
    )  # fmt: skip
    (outcome,) = await actions.write(tx, [wanted])
    if isinstance(outcome, Refusal):
        return redirect(f"{here}?{urlencode({'fault': outcome.code})}")
    return redirect(f"{here}?told=restored")
