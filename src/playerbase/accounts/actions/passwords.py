"""Registering and signing in by e-mail address and password."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from playerbase import access, audit, identity, profiles
from playerbase.access import Challenge, Opened, Opening, Tokens
from playerbase.accounts.actions.entering import OWN_CLIENT, PASSWORD, enter, enter_browser
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.actions.second import second
from playerbase.accounts.actions.settings import settings
from playerbase.accounts.events import PlayerLoggedIn, PlayerRegistered
from playerbase.accounts.model import BrowserEntry, PasswordLogin, Registration
from playerbase.kit.crypto import blind
from playerbase.kit.db import Kept, Key, Tx, once, transaction
from playerbase.kit.errors import Faults, Invalid, Refusal
from playerbase.kit.http import Request, Site
from playerbase.kit.outbox import emit

UNCONFIRMED: Final = "email_unconfirmed"

Outcome = TypeVar("Outcome")


async def register(request: Request, key: Key | None, wanted: Registration) -> Tokens | Kept | None:
    """Make a player of somebody, and sign them in; a letter asks them to confirm their address.

    Where addresses are confirmed before play, None: a letter says what happens next, to whoever has the address.
    Raises EmailInvalid, DisplayNameInvalid, PasswordTooWeak, EmailTaken, TooBusy.
    """
    site: Site = request.site
    newcomer = await _checked(request, wanted)

    async def make() -> Opened:
        player_id = await _made(tx, request, newcomer)
        opened = await access.open_session(tx, site.keys, Opening(player_id, PASSWORD, OWN_CLIENT, request.agent))
        opened = replace(opened, device_token=await access.remember_device(tx, player_id, None))
        await emit(tx, PlayerLoggedIn(player_id=player_id, session_id=opened.session_id, provider=PASSWORD))
        return opened

    async with transaction(site.pool) as tx:
        if (await settings(tx)).confirm_before_play:
            await _register_quietly(tx, request, newcomer)
            return None
        opened = await opened_once(tx, key, make)
    assert not isinstance(opened, Refusal)
    return await tokens(request, opened)


async def register_browser(request: Request, wanted: Registration) -> BrowserEntry | None:
    """Make a player of somebody, and sign their browser in: what its cookies hold; None and raises as ``register``."""
    newcomer = await _checked(request, wanted)
    async with transaction(request.site.pool) as tx:
        if (await settings(tx)).confirm_before_play:
            await _register_quietly(tx, request, newcomer)
            return None
        player_id = await _made(tx, request, newcomer)
        opening = Opening(player_id, PASSWORD, OWN_CLIENT, request.agent)
        cookie = await access.open_browser_session(tx, opening)
        return BrowserEntry(cookie, await access.remember_device(tx, player_id, None))


async def log_in(request: Request, key: Key | None, wanted: PasswordLogin) -> Tokens | Challenge | Kept:
    """Sign a player in, or ask for their second factor.

    Raises SignInFailed whatever was wrong, CodeWrong where only that was, PlayerBarred, TooBusy.
    """
    site: Site = request.site
    attempt = await access.try_password(
        site.pool, site.keys, wanted.email, wanted.password, wanted.device_token, source_of(request)
    )
    async with transaction(site.pool) as tx:
        # A refusal is carried out of the transaction and raised behind it: what it counted must commit.
        outcome: Opened | Challenge | Refusal | Kept = await opened_once(
            tx, key, lambda: _let_in(tx, request, attempt, wanted)
        )
    if isinstance(outcome, Refusal):
        raise outcome
    return await tokens_or_question(request, outcome)


async def log_in_browser(request: Request, *, email: str, password: str) -> BrowserEntry | Challenge:
    """Sign a player in and return what its cookies hold, for ``access.set_cookie`` and ``access.set_device_cookie``.

    Of whoever has a second factor, the question for it, which ``finish_browser`` answers. Raises as log_in.
    """
    site: Site = request.site
    device_token = request.cookie(access.device_cookie_name(site.public_url))
    attempt = await access.try_password(site.pool, site.keys, email, password, device_token, source_of(request))
    async with transaction(site.pool) as tx:
        outcome: BrowserEntry | Opening | Challenge | Refusal | UUID = await _judged(tx, request, attempt, email)
        if isinstance(outcome, UUID):
            opening = Opening(outcome, PASSWORD, OWN_CLIENT, request.agent)
            outcome = await second(tx, request, opening, account=attempt.account, purpose="browser")
        if isinstance(outcome, Opening):
            outcome = await enter_browser(tx, request, outcome, "browser", device_token=device_token)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def opened_once(
    tx: Tx, key: Key | None, do: Callable[[], Awaitable[Outcome | Refusal]]
) -> Outcome | Refusal | Kept:
    """What ``do`` opens, the same each time the key comes. What it returns as a refusal is not kept, but committed."""
    if key is None:
        return await do()

    async def keep() -> Kept | Refusal:
        outcome = await do()
        if isinstance(outcome, Refusal):
            return outcome
        return Kept(getattr(type(outcome), "http_status", HTTPStatus.OK), msgspec.json.encode(outcome))

    return await once(tx, key, keep)


async def tokens(request: Request, opened: Opened | Kept) -> Tokens | Kept:
    """The tokens of a session; to be called when its transaction has committed, because signing takes its time.

    Under an idempotency key the session was kept, not the tokens: signed again, they are the same.
    """
    site: Site = request.site
    keyring: access.Keyring = site.lane(access.Keyring)
    if isinstance(opened, Opened):
        return await keyring.sign(site.keys, site.public_url, opened)
    if opened.is_refusal:
        return opened
    signed = await keyring.sign(site.keys, site.public_url, msgspec.json.decode(opened.body, type=Opened))
    return Kept(opened.status, msgspec.json.encode(signed), opened.replayed)


def source_of(request: Request) -> str:
    """Where an attempt comes from: what staff is told the number of, when an account is locked."""
    return f"{request.ip}\0{request.agent}"


class _Newcomer(msgspec.Struct, frozen=True):
    """A registration that was found good."""

    email: str
    name: str
    password_hash: str
    country: str | None


async def _checked(request: Request, wanted: Registration) -> _Newcomer:
    """The registration, once all of it is good; raises what is wrong with it, all of it at once if more than one is."""
    checks = (
        lambda: access.normal_email(wanted.email),
        lambda: profiles.check_name(wanted.display_name),
        lambda: access.check_new_password(wanted.password, email=wanted.email, display_name=wanted.display_name),
    )
    wrong = [refusal for check in checks if (refusal := _refused(check)) is not None]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise Faults(errors=[fault for each in wrong for fault in msgspec.to_builtins(each.members["errors"])])
    email, name = access.normal_email(wanted.email), profiles.check_name(wanted.display_name)
    # Whoever is refused for a known address has paid for a hash first: asking many is as slow as signing in.
    hashed = await access.hash_new_password(request.site.keys, wanted.password, email=email, display_name=name)
    return _Newcomer(email, name, hashed, wanted.country)


def _refused(check: Callable[[], object]) -> Invalid | None:
    try:
        check()
    except Invalid as refusal:
        return refusal
    return None


async def tokens_or_question(request: Request, outcome: Opened | Challenge | Kept) -> Tokens | Challenge | Kept:
    """The tokens of a session that was opened, or the question that stands before it, which needs no signing."""
    if isinstance(outcome, Challenge) or (isinstance(outcome, Kept) and outcome.status == Challenge.http_status):
        return outcome
    return await tokens(request, outcome)


async def _let_in(
    tx: Tx, request: Request, attempt: access.Attempt, wanted: PasswordLogin
) -> Opened | Challenge | Refusal:
    player_id = await _judged(tx, request, attempt, wanted.email)
    if isinstance(player_id, Refusal):
        return player_id
    opening = await second(
        tx, request, Opening(player_id, PASSWORD, OWN_CLIENT, request.agent), account=attempt.account, code=wanted.totp
    )
    if not isinstance(opening, Opening):
        return opening
    return await enter(tx, request, opening, PASSWORD, device_token=wanted.device_token)


async def _judged(tx: Tx, request: Request, attempt: access.Attempt, typed: str) -> UUID | Refusal:
    """Who it is; a refusal is returned and not raised, because what it counted must commit."""
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
    if verdict.player_id is not None and attempt.must_confirm:
        # The same words as for any wrong password: who registered with an address that is not theirs is told nothing.
        failed = audit.deed(
            request, "authn_login_fail", "player", verdict.player_id, outcome="refused", reason=UNCONFIRMED
        )
        await audit.record(tx, failed)
        return access.SignInFailed().noted()
    if verdict.player_id is None:
        action = "authn_login_lock" if verdict.locked_now else "authn_login_fail"
        if verdict.locked_now:
            await post(tx, request.site.keys, Kind.LOCKED, email=access.normal_email_or_none(typed) or "")
        failed = audit.deed(
            request, action, "account", account, player_id=attempt.player_id, outcome="failed", reason="sign_in_failed"
        )
        await audit.record(tx, failed)
        return access.SignInFailed().noted()
    return verdict.player_id


async def _made(tx: Tx, request: Request, newcomer: _Newcomer, *, confirm_first: bool = False) -> UUID:
    """A new player with this address, password and profile, and a letter to confirm the address; raises EmailTaken."""
    keys = request.site.keys
    player_id = await identity.create(tx)
    await access.add_password(
        tx, keys, player_id, email=newcomer.email, password_hash=newcomer.password_hash, confirm_first=confirm_first
    )
    await profiles.create(tx, player_id, newcomer.name, newcomer.country)
    await post(tx, keys, Kind.VERIFY, player_id=player_id)
    await emit(tx, PlayerRegistered(player_id=player_id, display_name=newcomer.name, provider=PASSWORD))
    why = UNCONFIRMED if confirm_first else ""
    deed = audit.deed(request, "user_created", "player", player_id, after={"provider": PASSWORD}, reason=why)
    await audit.record(tx, deed)
    return player_id


async def _register_quietly(tx: Tx, request: Request, newcomer: _Newcomer) -> None:
    """Make a player who may sign in once the address is confirmed, or write to whoever has it already."""
    account = blind(request.site.keys, newcomer.email, purpose="failures")[:8].hex()
    try:
        async with tx.transaction():
            await _made(tx, request, newcomer, confirm_first=True)
    except access.EmailTaken as taken:
        await post(tx, request.site.keys, Kind.EXISTS, email=newcomer.email)
        deed = audit.deed(request, "user_created", "account", account, outcome="refused", reason=taken.code)
        await audit.record(tx, deed)
