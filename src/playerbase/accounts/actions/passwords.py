"""Registering and signing in by e-mail address and password."""

from typing import Final

from playerbase import access, audit, identity, profiles
from playerbase.access import Opened, Opening, Tokens
from playerbase.accounts.events import PlayerLoggedIn, PlayerRegistered
from playerbase.accounts.model import PasswordLogin, Registration
from playerbase.kit.db import Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request, Site
from playerbase.kit.outbox import emit

PASSWORD: Final = "password"  # noqa: S105 - the name of a way to sign in
OWN_CLIENT: Final = "playerbase"


async def register(request: Request, wanted: Registration) -> Tokens:
    """Make a player of somebody, and sign them in.

    Raises EmailInvalid, DisplayNameInvalid, PasswordTooWeak, EmailTaken, TooBusy.
    """
    site: Site = request.site
    email = access.normal_email(wanted.email)
    name = profiles.check_name(wanted.display_name)
    # Whoever is refused for a known address has paid for a hash first: asking many is as slow as signing in.
    hashed = await access.hash_new_password(site.keys, wanted.password, email=email, display_name=name)
    async with transaction(site.pool) as tx:
        player_id = await identity.create(tx)
        await access.add_password(tx, site.keys, player_id, email=email, password_hash=hashed)
        await profiles.create(tx, player_id, name, wanted.country)
        opened = await access.open_session(tx, site.keys, Opening(player_id, PASSWORD, OWN_CLIENT, request.agent))
        await emit(
            tx,
            PlayerRegistered(player_id=player_id, display_name=name, provider=PASSWORD),
            PlayerLoggedIn(player_id=player_id, session_id=opened.session_id, provider=PASSWORD),
        )
        await audit.record(tx, audit.deed(request, "user_created", "player", player_id, after={"provider": PASSWORD}))
    return await tokens(request, opened)


async def log_in(request: Request, wanted: PasswordLogin) -> Tokens:
    """Sign a player in; raises SignInFailed whatever was wrong, PlayerBarred, TooBusy."""
    outcome = await _signed_in(request, wanted.email, wanted.password, browser=False)
    assert isinstance(outcome, Opened)
    return await tokens(request, outcome)


async def log_in_browser(request: Request, *, email: str, password: str) -> str:
    """Sign a player in and return the value of the cookie that says so, for ``access.set_cookie``; raises as log_in."""
    outcome = await _signed_in(request, email, password, browser=True)
    assert isinstance(outcome, str)
    return outcome


async def tokens(request: Request, opened: Opened) -> Tokens:
    """The tokens of a session; to be called when its transaction has committed, because signing takes its time."""
    site: Site = request.site
    keyring: access.Keyring = site.lane(access.Keyring)
    return await keyring.sign(site.keys, site.public_url, opened)


async def _signed_in(request: Request, email: str, password: str, *, browser: bool) -> Opened | str:
    site: Site = request.site
    attempt = await access.try_password(site.pool, site.keys, email, password)
    async with transaction(site.pool) as tx:
        # A refusal is carried out of the transaction and raised behind it: what it counted must commit.
        outcome = await _settled(tx, request, attempt, browser=browser)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def _settled(tx: Tx, request: Request, attempt: access.Attempt, *, browser: bool) -> Opened | str | Refusal:
    # What is named in the log of an unknown account is a keyed hash: what was typed may be somebody's password.
    account = attempt.account[:8].hex()
    try:
        verdict = await access.settle(tx, attempt)
    except access.PlayerBarred as refusal:
        failed = audit.deed(
            request, "authn_login_fail", "player", attempt.player_id or account, outcome="refused", reason=refusal.code
        )
        await audit.record(tx, failed)
        return refusal.noted()
    if verdict.player_id is None:
        action = "authn_login_lock" if verdict.locked_now else "authn_login_fail"
        failed = audit.deed(
            request, action, "account", account, player_id=attempt.player_id, outcome="failed", reason="sign_in_failed"
        )
        await audit.record(tx, failed)
        return access.SignInFailed().noted()
    player_id = verdict.player_id
    await identity.seen(tx, [player_id])
    opening = Opening(player_id, PASSWORD, OWN_CLIENT, request.agent)
    if browser:
        cookie = await access.open_browser_session(tx, opening)
        await audit.record(tx, audit.deed(request, "authn_login_success", "player", player_id, reason="browser"))
        return cookie
    opened = await access.open_session(tx, request.site.keys, opening)
    await emit(tx, PlayerLoggedIn(player_id=player_id, session_id=opened.session_id, provider=PASSWORD))
    await audit.record(tx, audit.deed(request, "authn_login_success", "player", player_id, reason=PASSWORD))
    return opened
