"""Security: the ways in, the devices that are in, and what happened."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import access, accounts
from playerbase.kit.db import Db, transaction
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, Site, get, post, redirect
from playerbase.portal.pages.factor import prove_first
from playerbase.portal.pages.naming import names
from playerbase.portal.pages.telling import lately
from playerbase.portal.pages.wording import OTHER_WAY

Provider = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,30}$")]
TOLD = {
    "ended": "That device is signed out.", "others": "All other devices are signed out.",
    "password": "Your password is changed, and all other devices are signed out.",
    "unlinked": "That way to sign in is removed.", "factor_off": "Your second factor is switched off.",
}  # fmt: skip
FAULTS = {
    "identity_taken": "That account belongs to somebody else here. It stays there, and staff will look.",
    "linked_already": "Another account of that provider is linked already. Unlink it first.",
    "provider_refused": "That was not confirmed. Nothing was linked.",
    "provider_banned": "The publisher of the game has banned that account. Nothing was linked.",
    "reauth_required": "It took too long: prove who you are and link it again.",
    "provider_away": "That provider does not answer at the moment. Try again shortly.",
}
LINES, ROWS, DEVICES_MAX = 5, 25, 100
# Not an address of a browser's own making: where it comes back to says what was linked.
LINKING = "/portal/security?linked={provider}"


@get("/portal/security", policy=PLAYER, limit="console", page=True)
async def read_security(
    db: Db,
    request: Request,
    site: Site,
    caller: Caller,
    rendering: Rendering,
    told: str = "",
    linked: str = "",
    fault: str = "",
) -> Answer:
    """All that keeps an account its owner's, on one page."""
    assert caller.player_id is not None
    called = names(request)
    lines, _ = await lately(db, caller.player_id, None, LINES, called)
    devices = await access.sessions(db, caller.player_id, None, DEVICES_MAX)
    return rendering.page(
        request, "portal/security.html", names=called, lines=lines,
        ways=await accounts.linked(db, site.keys, caller.player_id),
        # The way to a provider lies outside the portal: there staff would link it to an account of their own.
        can_link=[] if caller.actor_id else accounts.ways_in_browser(request, LINKING),
        factor=await access.factor_state(db, caller.player_id),
        address=await accounts.own_address(db, site.keys, caller.player_id),
        devices=sorted(devices, key=lambda each: each.session_id != caller.session_id),
        told=f"{called[linked]} is linked." if linked in called else TOLD.get(told, ""),
        fault=FAULTS.get(fault, ""),
    )  # fmt: skip


@get("/portal/ways/{provider}/link", policy=PLAYER, limit="auth", page=True)
async def leave_to_link(db: Db, request: Request, caller: Caller, rendering: Rendering, provider: Provider) -> Answer:
    """Off to the provider; who has not proven lately who they are does that first."""
    goal = next((each.href for each in accounts.ways_in_browser(request, LINKING) if each.provider == provider), None)
    if goal is None or caller.actor_id:
        return redirect("/portal/security")
    try:
        await accounts.check_may_link(db, caller)
    except access.ReauthRequired:
        return prove_first(request, rendering, f"/portal/ways/{provider}/link")
    return redirect(goal)


@get("/portal/ways/{provider}/unlink", policy=PLAYER, limit="console", page=True)
async def ask_unlink(request: Request, rendering: Rendering, provider: Provider) -> Answer:
    """The question before a way to sign in is removed."""
    name = names(request).get(provider, OTHER_WAY)
    return rendering.page(request, "portal/unlink.html", provider=provider, name=name)


@post("/portal/ways/{provider}/unlink", policy=PLAYER, limit="auth", page=True)
async def unlink(request: Request, site: Site, rendering: Rendering, provider: Provider) -> Answer:
    """Remove it; who has not proven lately who they are does that first."""
    try:
        async with transaction(site.pool) as tx:
            await accounts.unlink(tx, request, provider)
    except access.ReauthRequired:
        return prove_first(request, rendering, f"/portal/ways/{provider}/unlink")
    return redirect("/portal/security?told=unlinked")


@get("/portal/history", policy=PLAYER, limit="console", page=True)
async def read_history(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """Everything that happened to the account."""
    assert caller.player_id is not None
    scope = f"portal history {caller.subject}"
    after = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else None
    lines, further = await lately(db, caller.player_id, after, ROWS, names(request))
    following = f"/portal/history?cursor={cursors.make(further, scope=scope)}" if further else ""
    return rendering.page(
        request, "portal/history.html", lines=lines, following=following, first="/portal/history" if cursor else ""
    )
