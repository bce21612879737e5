"""What game servers and staff do with players' saves."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.kit.db import Db, Kept, Key, Pool, Tx, reading
from playerbase.kit.http import Answer, Caller, Cursors, Listing, Request, get, post, put, server, staff
from playerbase.progression import actions
from playerbase.progression.actions import Saves
from playerbase.progression.model import GameSlug, OtherGame, Save, Saved, Slot, SlotSeen, Spot, Version, VersionSeen
from playerbase.progression.routes.mine import (
    DEFAULT,
    Cursor,
    Limit,
    Resolving,
    Restoring,
    Saving,
    expected_version,
    history_page,
    resolved,
    restoring,
    saving,
    slots_page,
    tagged,
)

READ = server("progression:read") | staff("progression.read")
WRITE = server("progression:write")
Why = Annotated[str, msgspec.Meta(min_length=3, max_length=500, pattern=r"\S")]


class StaffRestoring(Restoring, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same, and why: kept in the audit."""

    reason: Why


@get("/players/{player_id}/progression", policy=READ, limit="game")
async def load_player_progress(
    db: Db, caller: Caller, player_id: UUID, game: GameSlug, slot: Slot = DEFAULT
) -> Save | Answer:  # fmt: skip
    """What a player saved last in this slot; for the game's servers and staff."""
    return tagged(await actions.load(db, spot_for(caller, player_id, game, slot)))


@put("/players/{player_id}/progression", policy=WRITE, limit="game")
async def save_player_progress(
    pool: Pool, caller: Caller, request: Request, saves: Saves, player_id: UUID, body: Saving
) -> Saved | Answer:
    """Save for a player as the next version, if nobody was faster: as players do, by the same rules."""
    spot = spot_for(caller, player_id, body.game, body.slot)
    expected = expected_version(request, body.expected_version)
    await _check_player(pool, player_id)
    return tagged(await saves.put(saving(caller, spot, "save", expected, body)))


@post("/players/{player_id}/progression/resolve", policy=WRITE, limit="game")
async def resolve_player_progress(
    pool: Pool, caller: Caller, request: Request, saves: Saves, key: Key | None, player_id: UUID, body: Resolving
) -> Saved | Kept:
    """Settle for a player what two sides saved."""
    spot = spot_for(caller, player_id, body.game, body.slot)
    await _check_player(pool, player_id)
    return await resolved(pool, caller, request, saves, key, spot, body)


@get("/players/{player_id}/progression/slots", policy=READ, limit="game")
async def list_player_slots(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID, game: GameSlug | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[SlotSeen]:  # fmt: skip
    """A player's slots: of one game, or of all; a key of one game sees that one's."""
    return await slots_page(db, caller, cursors, player_id, caller.game or game, limit, cursor)


@get("/players/{player_id}/progression/history", policy=READ, limit="game")
async def list_player_versions(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID, game: GameSlug, slot: Slot = DEFAULT, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[VersionSeen]:  # fmt: skip
    """The versions of a player's slot that are kept, latest first."""
    return await history_page(db, caller, cursors, spot_for(caller, player_id, game, slot), limit, cursor)


@get("/players/{player_id}/progression/history/{version}", policy=READ, limit="game")
async def load_player_version(
    db: Db, caller: Caller, player_id: UUID, version: Version, game: GameSlug, slot: Slot = DEFAULT
) -> Save | Answer:  # fmt: skip
    """What was in a player's slot at a version."""
    return tagged(await actions.load_version(db, spot_for(caller, player_id, game, slot), version))


@post("/admin/players/{player_id}/progression/restore", policy=staff("progression.write"), limit="console")
async def restore_for_player(tx: Tx, caller: Caller, request: Request, player_id: UUID, body: StaffRestoring) -> Saved:
    """Restore a version for a player, whatever their game lets them do themselves; audited."""
    expected = expected_version(request, body.expected_version)
    wanted = restoring(
        caller, Spot(player_id, body.game, body.slot), expected, body.version, body.device, is_staff=True
    )
    return await actions.restore_as_staff(tx, request, wanted, body.reason)


def spot_for(caller: Caller, player_id: UUID, game: str, slot: str) -> Spot:
    """A player's slot, for who may see to it; raises OtherGame."""
    if caller.game is not None and caller.game != game:
        raise OtherGame(game=caller.game)
    return Spot(player_id, game, slot)


async def _check_player(pool: Pool, player_id: UUID) -> None:
    async with reading(pool) as db:
        if not await identity.existing(db, [player_id]):
            raise identity.PlayerGone
