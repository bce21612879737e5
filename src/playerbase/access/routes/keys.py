"""Access over HTTP: staff's work on keys and roles."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import audit, games
from playerbase.access import actions
from playerbase.access.model import ApiKey, Cidr, GameUnknown, NewKey, NotInFuture, Staff
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, delete, get, post, put, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Scope = Literal[
    "players:login",
    "matches:write",
    "matches:read",
    "ladder:read",
    "boards:read",
    "boards:write",
    "ledger:read",
    "ledger:write",
    "catalog:read",
    "profiles:read",
    "profiles:write",
    "inventory:read",
    "inventory:write",
    "progression:read",
    "progression:write",
    "store:write",
    "events:read",
    "metrics:read",
]
Role = Literal["moderator", "support", "economy", "admin"]
State = Literal["active", "expired", "revoked"]
KeyId = Annotated[str, msgspec.Meta(max_length=32)]
GameSlug = Annotated[str, msgspec.Meta(max_length=32)]


class KeyWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API key to be made. Without a game it serves all; without networks it is good from anywhere."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=20)]
    game: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    allow: Annotated[list[Cidr], msgspec.Meta(max_length=20)] = []
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many hours the old secret stays good beside the new one."""

    overlap_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 24


class RolesWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roles a player shall have; none, and they leave."""

    player_id: UUID
    roles: Annotated[list[Role], msgspec.Meta(max_length=4)]


class Demanded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether members of staff have their roles only with a second factor."""

    demand: Literal["required", "optional"]


@get("/admin/api-keys", policy=staff("keys.read"), limit="console")
async def list_api_keys(
    db: Db, request: Request, cursors: Cursors, game: GameSlug = "", state: State | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[ApiKey]:  # fmt: skip
    """API keys, newest first, without their secrets: of one game or any, in one state or any."""
    scope = f"api_keys {game} {state or ''} {request.caller.subject}"
    after = cursors.read(cursor, tuple[datetime, str], scope=scope) if cursor else None
    found = await actions.api_keys(db, after, limit + 1, game=game, state=state or "")
    more = cursors.make((found[limit - 1].created_at, found[limit - 1].key_id), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@post("/admin/api-keys", policy=staff("keys.write"), limit="console", status=201, secret=True)
async def create_api_key(tx: Tx, request: Request, body: KeyWanted) -> NewKey:
    """Make an API key; its secret is in this answer and nowhere else."""
    if body.game is not None and await games.game(tx, body.game) is None:
        raise GameUnknown
    if body.expires_at is not None and body.expires_at <= clock.now():
        raise NotInFuture
    return await actions.create_api_key(
        tx, name=body.name, env="live" if request.site.in_production else "dev", game=body.game,
        scopes=[*body.scopes], allow=body.allow, expires_at=body.expires_at,
        by=audit.deed(request, "", "api_key", ""),
    )  # fmt: skip


@delete("/admin/api-keys/{key_id}", policy=staff("keys.write"), limit="console")
async def revoke_api_key(tx: Tx, request: Request, key_id: KeyId) -> None:
    """Revoke an API key: the next call with it is refused."""
    await actions.revoke_api_key(tx, key_id, by=audit.deed(request, "", "api_key", ""))


@post("/admin/api-keys/{key_id}/rotate", policy=staff("keys.write"), limit="console", status=201, secret=True)
async def rotate_api_key(tx: Tx, request: Request, key_id: KeyId, body: Rotation) -> NewKey:
    """Make a successor of an API key, whose secret is in this answer alone; both work until the overlap has passed."""
    by = audit.deed(request, "", "api_key", "")
    return await actions.rotate_api_key(tx, key_id, overlap=timedelta(hours=body.overlap_hours), by=by)


@get("/admin/staff", policy=staff("staff.read"), limit="console")
async def list_staff(
    db: Db, request: Request, cursors: Cursors, role: Role | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[Staff]:  # fmt: skip
    """Who works here, and in which roles; those with one role, or all."""
    scope = f"staff {role or ''} {request.caller.subject}"
    after = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await actions.staff(db, after, limit + 1, role=role or "")
    more = cursors.make((found[limit - 1].player_id,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@put("/admin/staff", policy=staff("staff.write"), limit="console")
async def set_staff(tx: Tx, request: Request, body: RolesWanted) -> RolesWanted:
    """Give a player these roles instead of those they have; it holds from their next request on."""
    await actions.set_roles(tx, body.player_id, [*body.roles], by=audit.deed(request, "", "player", body.player_id))
    return RolesWanted(body.player_id, sorted(set(body.roles)))


@get("/admin/staff/second-factor", policy=staff("staff.read"), limit="console")
async def read_staff_factor(db: Db) -> Demanded:
    """Whether staff needs a second factor; until somebody decides, in production alone."""
    return Demanded("required" if await actions.is_second_factor_demanded(db) else "optional")


@put("/admin/staff/second-factor", policy=staff("staff.write"), limit="console")
async def demand_staff_factor(tx: Tx, request: Request, caller: Caller, body: Demanded) -> Demanded:
    """Decide whether staff needs one; who has none is a player only, from the next request on, until they enrol.

    Wants a proof of who you are that is at most 5 minutes old, and to require it a second factor of your own.
    """
    assert caller.player_id is not None
    await actions.check_fresh(tx, caller)
    by = audit.deed(request, "", "policy", "")
    has_one = await actions.has_factor(tx, caller.player_id)
    await actions.demand_second_factor(tx, body.demand, has_one=has_one, by=by)
    return body
