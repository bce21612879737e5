"""Accounts over HTTP, for staff: the ways a player signs in, and requests to merge."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.accounts import actions
from playerbase.accounts.model import Identity, Provider
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Cursors, Listing, Request, Site, get, post, staff

READ, WRITE, MERGE = staff("players.read"), staff("accounts.write"), staff("accounts.merge")
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S", description="Why; kept in the audit.")]


class WhyGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is done."""

    reason: Why


class MergeWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is done, and the way of signing in that was looked at."""

    reason: Why
    provider: Provider


class Forecast(msgspec.Struct, frozen=True):
    """A request, and what moving its way of signing in would do now; or the code of what forbids it."""

    request: identity.MergeRequest
    moves: Identity | None
    owner_keeps: list[str]
    owner_signs_in_by: list[str]
    sessions_end: int
    hindrance: str | None


@get("/admin/players/{player_id}/identities", policy=READ, limit="console")
async def list_identities(db: Db, site: Site, player_id: UUID) -> Listing[Identity]:
    """Every way a player signs in, with the name the provider gave for them and never its id."""
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    return Listing(await actions.identities(db, site.keys, player_id), None)


@get("/admin/players/{player_id}/links", policy=READ, limit="console")
async def list_links_of(
    db: Db, request: Request, cursors: Cursors, player_id: UUID, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[identity.Link]:
    """What was linked and unlinked, when and by whom, the latest first."""
    scope = f"links {player_id} {request.caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.links(db, player_id, before, limit + 1)
    if not found and not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    return Listing(found[:limit], cursors.make((found[limit - 1].link_id,), scope=scope) if found[limit:] else None)


@post("/admin/players/{player_id}/identities/{provider}/unlink", policy=WRITE, limit="console", status=204)
async def unlink_identity(tx: Tx, request: Request, player_id: UUID, provider: Provider, body: WhyGiven) -> None:
    """Take a way of signing in from a player; the last one stays. Wants a proof at most 5 minutes old."""
    await actions.unlink_for(tx, request, player_id, provider, body.reason)


@get("/admin/merges", policy=READ, limit="console")
async def list_merges(
    db: Db, request: Request, cursors: Cursors, state: Literal["open", "declined", "merged"] | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[identity.MergeRequest]:  # fmt: skip
    """Requests of players who showed that an identity of another account is theirs, the latest first."""
    scope = f"merges {state} {request.caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.merge_requests(db, state or "", before, limit + 1)
    more = cursors.make((found[limit - 1].request_id,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@get("/admin/merges/{request_id}", policy=READ, limit="console")
async def read_merge(db: Db, site: Site, request_id: UUID) -> Forecast:
    """One request, and what executing it would do now."""
    seen = await actions.look_at_merge(site, db, request_id)
    return Forecast(seen.request, seen.moves, seen.owner.holds, seen.left, seen.ends, seen.hindrance)


@post("/admin/merges/{request_id}/decline", policy=WRITE, limit="console")
async def decline_merge(tx: Tx, request: Request, request_id: UUID, body: WhyGiven) -> identity.MergeRequest:
    """Leave both accounts as they are; who asked is told by letter."""
    await actions.decline_merge(tx, request, request_id, why=body.reason)
    return await identity.merge_request(tx, request_id)


@post("/admin/merges/{request_id}/execute", policy=MERGE, limit="console")
async def execute_merge(tx: Tx, request: Request, request_id: UUID, body: MergeWanted) -> identity.MergeRequest:
    """Move the way of signing in to who asked; both are told by letter. Wants a proof at most 5 minutes old."""
    await actions.merge(tx, request, request_id, provider=body.provider, why=body.reason)
    return await identity.merge_request(tx, request_id)
