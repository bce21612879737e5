"""Access over HTTP: what verifies our tokens, and staff's work on keys and roles."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import audit, games
from playerbase.access import actions
from playerbase.access.model import ApiKey, Cidr, GameUnknown, NewKey, NotInFuture, Staff
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import ANYONE, Answer, Caller, Cursors, Listing, Request, Site, delete, get, post, put, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Scope = Literal[
    "players:login", "matches:write", "matches:read", "ladder:read", "profiles:read", "events:read", "metrics:read"
]
Role = Literal["moderator", "support", "economy", "admin"]
# Shorter than the time a key is published before it signs, and long enough that nobody asks per token.
JWKS_CACHE = (b"cache-control", b"public, max-age=300")


class KeyWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An API key to be made. Without a game it serves all; without networks it is good from anywhere."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=20)]
    game: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    allow: Annotated[list[Cidr], msgspec.Meta(max_length=20)] = []
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class RolesWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roles a player shall have; none, and they leave."""

    player_id: UUID
    roles: Annotated[list[Role], msgspec.Meta(max_length=4)]


class Demanded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether members of staff have their roles only with a second factor."""

    demand: Literal["required", "optional"]


@get("//.well-known/jwks.json", policy=ANYONE, limit="open")
async def jwks(site: Site) -> Answer:
    """The public keys of access tokens (RFC 7517), those that will sign soon included."""
    keyring: actions.Keyring = site.lane(actions.Keyring)
    return Answer(msgspec.json.encode({"keys": await keyring.jwks(site.keys)}), headers=[JWKS_CACHE])


@get("//.well-known/openid-configuration", policy=ANYONE, limit="open")
async def openid_configuration(site: Site) -> Answer:
    """Where the keys are and what tokens look like, as OpenID Connect Discovery words it."""
    url = site.public_url
    told = {
        "issuer": url,
        "jwks_uri": f"{url}/.well-known/jwks.json",
        "token_endpoint": f"{url}/oauth/token",
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "roles", "providers"],
    }
    return Answer(msgspec.json.encode(told), headers=[JWKS_CACHE])


@get("/admin/api-keys", policy=staff("keys.read"), limit="console")
async def list_api_keys(
    db: Db, request: Request, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[ApiKey]:
    """API keys, newest first, without their secrets."""
    scope = f"api_keys {request.caller.subject}"
    after = cursors.read(cursor, tuple[datetime, str], scope=scope) if cursor else None
    found = await actions.api_keys(db, after, limit + 1)
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
async def revoke_api_key(tx: Tx, request: Request, key_id: Annotated[str, msgspec.Meta(max_length=32)]) -> None:
    """Revoke an API key: the next call with it is refused."""
    await actions.revoke_api_key(tx, key_id, by=audit.deed(request, "", "api_key", ""))


@get("/admin/staff", policy=staff("staff.read"), limit="console")
async def list_staff(
    db: Db, request: Request, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Staff]:
    """Who works here, and in which roles."""
    scope = f"staff {request.caller.subject}"
    after = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await actions.staff(db, after, limit + 1)
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
