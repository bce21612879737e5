"""Providers over HTTP: signing in by what they say, linking and unlinking."""

import secrets
from html import escape
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.access import Challenge, Tokens
from playerbase.accounts import actions
from playerbase.accounts.model import SECOND, LinkedAccount, Linking, Provider, ProviderLogin, SteamLogin
from playerbase.federation import EPIC, STEAM, TWITCH
from playerbase.kit.db import Db, Kept, Key, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import (
    ANYONE,
    PLAYER,
    Answer,
    Caller,
    Cursors,
    Listing,
    Pairs,
    Request,
    Site,
    delete,
    get,
    post,
    redirect,
    send_out,
)
from playerbase.kit.http.message import HTML

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Back = Annotated[str, msgspec.Meta(max_length=500)]
COMING_BACK = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Signing in</title>'
    '<meta http-equiv="refresh" content="0;url={address}"><p><a href="{address}">Go on</a></p></html>'
)
WAY, WAY_SECONDS = "playerbase-way", 600

# Where a browser that is signed in comes back to when it went out to link, rather than to sign in.
LINKING = "/portal/security?linked="
STAFF = "staff"  # Who of them it was is not a player's to read.


class Linked(msgspec.Struct, frozen=True):
    """The ways a player signs in."""

    items: list[LinkedAccount]


@post("/auth/steam/login", policy=ANYONE, limit="auth", secret=True)
async def log_in_by_steam(request: Request, key: Key | None, body: SteamLogin) -> Tokens | Challenge | Kept:
    """Sign in by a Steam ticket; on first sight a player is made. Each ticket is good once."""
    return await actions.log_in_by_provider(request, key, STEAM, body.ticket, device_token=body.device_token)


@post("/auth/epic/login", policy=ANYONE, limit="auth", secret=True)
async def log_in_by_epic(request: Request, key: Key | None, body: ProviderLogin) -> Tokens | Challenge | Kept:
    """Sign in by an Epic ID token; on first sight a player is made. Each token signs in once."""
    return await _by_token(request, key, EPIC, body)


@post("/auth/oidc/{provider}/login", policy=ANYONE, limit="auth", secret=True)
async def log_in_by_oidc(
    request: Request, key: Key | None, provider: Provider, body: ProviderLogin
) -> Tokens | Challenge | Kept:
    """Sign in by an ID token of a provider this installation trusts; on first sight a player is made.

    Each token signs in once.
    """
    return await _by_token(request, key, provider, body)


@get("/auth/steam/browser", policy=ANYONE, limit="auth", status=303)
async def leave_for_steam(request: Request, site: Site, back: Back = "/portal") -> Answer:
    """Send a browser to Steam; it comes back signed in, to ``back``."""
    return await _leave(request, site, STEAM, back)


@get("/auth/twitch/authorize", policy=ANYONE, limit="auth", status=303)
async def leave_for_twitch(request: Request, site: Site, back: Back = "/portal") -> Answer:
    """Send a browser to Twitch; it comes back signed in, to ``back``."""
    return await _leave(request, site, TWITCH, back)


@get("/auth/epic/authorize", policy=ANYONE, limit="auth", status=303)
async def leave_for_epic(request: Request, site: Site, back: Back = "/portal") -> Answer:
    """Send a browser to Epic; it comes back signed in, to ``back``."""
    return await _leave(request, site, EPIC, back)


@get("/auth/oidc/{provider}/authorize", policy=ANYONE, limit="auth", status=303)
async def leave_for_oidc(request: Request, site: Site, provider: Provider, back: Back = "/portal") -> Answer:
    """Send a browser to an OpenID Connect provider; it comes back signed in, to ``back``."""
    return await _leave(request, site, provider, back)


@get("/auth/steam/callback", policy=ANYONE, limit="auth", status=303)
async def back_from_steam(request: Request, site: Site, answered: Pairs) -> Answer:
    """Where Steam sends browsers back to."""
    return await _back(request, site, STEAM, answered)


@get("/auth/twitch/callback", policy=ANYONE, limit="auth", status=303)
async def back_from_twitch(request: Request, site: Site, answered: Pairs) -> Answer:
    """Where Twitch sends browsers back to."""
    return await _back(request, site, TWITCH, answered)


@get("/auth/epic/callback", policy=ANYONE, limit="auth", status=303)
async def back_from_epic(request: Request, site: Site, answered: Pairs) -> Answer:
    """Where Epic sends browsers back to."""
    return await _back(request, site, EPIC, answered)


@get("/auth/oidc/{provider}/callback", policy=ANYONE, limit="auth", status=303)
async def back_from_oidc(request: Request, site: Site, provider: Provider, answered: Pairs) -> Answer:
    """Where an OpenID Connect provider sends browsers back to."""
    return await _back(request, site, provider, answered)


@post("/auth/link", policy=PLAYER, limit="auth", status=204)
async def link(request: Request, body: Linking) -> None:
    """Sign in by a provider as well from now on; an identity of somebody else is never moved."""
    await actions.link(request, body.provider, body.credential)


@delete("/auth/link/{provider}", policy=PLAYER, limit="auth")
async def unlink(tx: Tx, request: Request, provider: Provider) -> None:
    """No longer sign in by a provider; the last way in stays."""
    await actions.unlink(tx, request, provider)


@get("/player/linked-accounts", policy=PLAYER)
async def list_linked(db: Db, site: Site, caller: Caller) -> Linked:
    """The ways I sign in."""
    assert caller.player_id is not None
    return Linked(await actions.linked(db, site.keys, caller.player_id))


@get("/player/linked-accounts/history", policy=PLAYER)
async def list_links(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[identity.Link]:
    """What I linked and unlinked, the latest first."""
    assert caller.player_id is not None
    scope = f"links {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.links(db, caller.player_id, before, limit + 1)
    shown = found[:limit]
    told = [msgspec.structs.replace(each, by=STAFF) if each.by.startswith(STAFF) else each for each in shown]
    return Listing(told, cursors.make((shown[-1].link_id,), scope=scope) if found[limit:] else None)


async def _by_token(request: Request, key: Key | None, provider: str, body: ProviderLogin) -> Tokens | Challenge | Kept:
    return await actions.log_in_by_provider(
        request, key, provider, body.id_token, nonce=body.nonce, device_token=body.device_token
    )


async def _leave(request: Request, site: Site, provider: str, back: str) -> Answer:
    browser = request.cookie(WAY) or secrets.token_urlsafe(32)
    address = await actions.leave_for_provider(request, provider, browser, back)
    secure = site.public_url.startswith("https://")
    return send_out(address).cookie(WAY, browser, seconds=WAY_SECONDS, secure=secure)


async def _back(request: Request, site: Site, provider: str, answered: Pairs) -> Answer:
    """Signed in, linked, or back at the door with a word of what went wrong: this is a person in front of a browser."""
    if request.header("sec-fetch-site") == "cross-site":
        # Our cookies are not sent with what comes from another site: let the browser come once more, from here.
        address = escape(f"{request.path}?{request.query_string.decode('latin-1')}")
        return Answer(
            COMING_BACK.format(address=address).encode(), media=HTML, headers=[(b"cache-control", b"no-store")]
        )
    try:
        subject, path = await actions.back_from_provider(request, provider, request.cookie(WAY) or "", answered)
        if request.caller.player_id is not None and path.startswith(LINKING):
            await actions.link_subject(request, subject)
            return redirect(path)
        entry = await actions.log_in_browser_by(request, subject)
        if isinstance(entry, Challenge):
            # Not in the address, where it would stay in the browser's history.
            secure = site.public_url.startswith("https://")
            asked = redirect(f"/portal/sign-in/code?next={quote(path)}")
            return asked.cookie(SECOND, entry.mfa_token, seconds=WAY_SECONDS // 2, secure=secure)
        return actions.let_browser_in(redirect(path), site.public_url, entry)
    except Refusal as refusal:
        door = "/portal/security" if request.caller.player_id is not None else "/portal/sign-in"
        return redirect(f"{door}?fault={quote(refusal.code)}")
