"""The page of a player's ways of signing in: which there are, what was linked and unlinked, and taking one away."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import access, identity, profiles
from playerbase.accounts import actions
from playerbase.accounts.model import NotUnlinked, Provider, way_name
from playerbase.accounts.pages.proving import prove_first
from playerbase.kit.db import Db, transaction
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, post, redirect, staff

READ, WRITE = staff("players.read"), staff("accounts.write")
ROWS = 25
STAFF = "staff:"

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get("/console/players/{player_id}/ways", policy=READ, limit="console", page=True)
async def list_ways(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    player_id: UUID, cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """By what a player signs in, and all that was ever linked and unlinked, the latest first."""
    name, here = await _named(db, player_id), f"/console/players/{player_id}/ways"
    scope = f"ways {player_id} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.links(db, player_id, before, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = f"{here}?{urlencode({'cursor': cursors.make((shown[-1].link_id,), scope=scope)})}"
    by = {each.by: _staff_of(each.by) for each in shown}
    return rendering.page(
        request, "accounts/ways.html", player_id=player_id, name=name, here=here, way_name=way_name,
        ways=await actions.identities(db, site.keys, player_id), links=shown, by=by, following=following,
        first=here if cursor else "", told="Unlinked. What was signed in by it is signed out." if told else "",
        locks=await access.locks_of(db, player_id), names=await names(site.pages, db, by.values()),
    )  # fmt: skip


@get("/console/players/{player_id}/ways/{provider}/unlink", policy=WRITE, limit="console", page=True)
async def ask_unlink(
    db: Db, request: Request, caller: Caller, rendering: Rendering, player_id: UUID, provider: Provider
) -> Answer:
    """The question before a way of signing in is taken from a player; wants a fresh proof of who asks."""
    name = await _named(db, player_id)
    providers = await identity.providers(db, player_id)
    if provider not in providers:
        raise identity.NotLinked(provider=provider)
    if provider in actions.FIXED:
        raise NotUnlinked(provider=provider)
    try:
        await access.check_fresh(db, caller)
    except access.ReauthRequired:
        return prove_first(request)
    left = [way_name(each) for each in providers if each != provider]
    ends = sum(each.method == provider for each in await access.sessions(db, player_id, None, 100))
    return rendering.page(
        request, "accounts/unlink.html", player_id=player_id, name=name, provider=provider, way=way_name(provider),
        left=left, ends=ends,
    )  # fmt: skip


@post("/console/players/{player_id}/ways/{provider}/unlink", policy=WRITE, limit="console", page=True)
async def unlink(request: Request, site: Site, player_id: UUID, provider: Provider, form: Asked) -> Answer:
    """Take it away; the last way in stays."""
    try:
        async with transaction(site.pool) as tx:
            await actions.unlink_for(tx, request, player_id, provider, form.reason)
    except access.ReauthRequired:
        return prove_first(request)
    return redirect(f"/console/players/{player_id}/ways?told=unlinked")


async def _named(db: Db, player_id: UUID) -> str:
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    return (await profiles.names(db, [player_id])).get(player_id, str(player_id))


def _staff_of(by: str) -> UUID | None:
    """The member of staff behind a line of history, if it was one."""
    try:
        return UUID(by.removeprefix(STAFF)) if by.startswith(STAFF) else None
    except ValueError:
        return None
