"""What games declare of their saves, and what was flagged by it; for staff."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, put, staff
from playerbase.progression import actions
from playerbase.progression.actions import Saves
from playerbase.progression.model import Declaration, Declared, Flag, GameSlug, Version
from playerbase.progression.routes.mine import Cursor, Limit, expected_version
from playerbase.progression.routes.serving import Why

READ, RULES, WRITE = staff("progression.read"), staff("progression.rules"), staff("progression.write")


class Declaring(Declared, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that a game is to declare, the version that was seen (0 for the defaults), and why."""

    reason: Why
    expected_version: Version | None = None


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a flagged save stands; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


@get("/admin/progression", policy=READ, limit="console")
async def list_declarations(db: Db) -> Listing[Declaration]:
    """What each game declares of its saves: quotas, rules of fields, and who restores."""
    return Listing(await actions.declarations(db), None)


@get("/admin/progression/{game}", policy=READ, limit="console")
async def read_declaration(db: Db, game: GameSlug) -> Declaration:
    """What a game declares of its saves; version 0 is what holds before it has declared anything."""
    return await actions.declaration(db, game)


@put("/admin/progression/{game}", policy=RULES, limit="console")
async def change_declaration(tx: Tx, request: Request, game: GameSlug, body: Declaring) -> Declaration:
    """Declare anew, from the next save on (elsewhere within a second); what is saved already stays as it is."""
    wanted = Declared(
        quotas=body.quotas, fields=body.fields, undeclared=body.undeclared, players_restore=body.players_restore
    )
    expected = expected_version(request, body.expected_version)
    now = await actions.declare_as_staff(tx, request, game, wanted, expected, body.reason)
    after_commit(tx, request.site.lane(Saves).known.forget)
    return now


@get("/admin/progression/{game}/history", policy=READ, limit="console")
async def list_former_declarations(
    db: Db, caller: Caller, cursors: Cursors, game: GameSlug, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Declaration]:
    """What a game has declared, latest first."""
    scope = f"declarations {game} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (actions.NEWEST,)
    found = await actions.declared_before(db, game, before, limit + 1)
    return Listing(found[:limit], cursors.make((found[limit - 1].version,), scope=scope) if found[limit:] else None)


@get("/admin/progression/flags", policy=READ, limit="console")
async def list_flags(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Flag]:
    """Saves that broke a rule which lets pass, and about which nobody has decided; oldest first."""
    scope = f"save flags {caller.subject}"
    (after,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (None,)
    found = await actions.flags_open(db, after, limit + 1)
    return Listing(found[:limit], cursors.make((found[limit - 1].flag_id,), scope=scope) if found[limit:] else None)


@post("/admin/progression/flags/{flag_id}/stand", policy=WRITE, limit="console")
async def let_flagged_stand(tx: Tx, request: Request, flag_id: UUID, body: Standing) -> Flag:
    """Let a flagged save stand; to undo it instead, restore a version before it."""
    return await actions.let_stand(tx, request, flag_id, body.reason)
