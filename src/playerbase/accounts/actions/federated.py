"""Signing in by what a provider says of somebody."""

from collections.abc import Iterable
from random import random
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import access, audit, federation, identity, profiles
from playerbase.access import Challenge, Opened, Opening, Tokens
from playerbase.accounts import rules
from playerbase.accounts.actions.entering import OWN_CLIENT, enter, enter_browser
from playerbase.accounts.actions.passwords import opened_once, tokens_or_question
from playerbase.accounts.actions.second import second
from playerbase.accounts.actions.settings import settings
from playerbase.accounts.events import PlayerRegistered
from playerbase.accounts.model import BrowserEntry, WayIn
from playerbase.federation import Providers, Subject
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, blinds, seal
from playerbase.kit.db import Kept, Key, Tx, recalled, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.kit.outbox import emit
from playerbase.profiles import DisplayNameInvalid

ARRIVALS_MAX: Final = 3
PATHS: Final = {"steam": "steam/browser", "epic": "epic/authorize", "twitch": "twitch/authorize"}


class Label(msgspec.Struct, frozen=True):
    """What a provider calls somebody, kept sealed: its id for them, which a shop needs later, and a name to show."""

    id: str
    name: str | None = None


async def log_in_by_provider(
    request: Request,
    key: Key | None,
    provider: str,
    credential: str,
    *,
    nonce: str | None = None,
    device_token: str | None = None,
) -> Tokens | Challenge | Kept:
    """Sign in, or make on first sight, whoever a Steam ticket or an ID token speaks of.

    Raises ProviderUnknown, ProviderRefused, ProviderBanned, ProviderAway, PlayerBarred.
    """
    if key is not None:
        # A ticket is good once: who asks again for the answer must not have to show it again.
        async with transaction(request.site.pool) as tx:
            kept = await recalled(tx, key)
        if kept is not None:
            return await tokens_or_question(request, kept)
    providers: Providers = request.site.lane(Providers)
    subject = await federation.believe(providers, request.site.pool, provider, credential, nonce=nonce)
    named = await _named(request, subject)
    async with transaction(request.site.pool) as tx:
        outcome: Opened | Challenge | Refusal | Kept = await opened_once(
            tx, key, lambda: _opened(tx, request, named, device_token)
        )
    if isinstance(outcome, Refusal):
        raise outcome
    return await tokens_or_question(request, outcome)


def ways_in_browser(request: Request, back: str) -> list[WayIn]:
    """The providers a browser can be sent to; it comes back to ``back``, in which {provider} stands for its name."""
    providers: Providers = request.site.lane(Providers)
    return [
        WayIn(
            name,
            providers.labels[name],
            f"/api/v1/auth/{PATHS.get(name) or f'oidc/{name}/authorize'}?"
            f"{urlencode({'back': back.replace('{provider}', name)})}",
        )
        for name in providers.names_in_browser
    ]


def provider_labels(request: Request) -> dict[str, str]:
    """What the providers of this installation are called where players read it."""
    providers: Providers = request.site.lane(Providers)
    return providers.labels


async def leave_for_provider(request: Request, provider: str, browser: str, return_path: str) -> str:
    """The provider's address to send a browser to; raises ProviderUnknown, WayBackForeign, ProviderAway."""
    providers: Providers = request.site.lane(Providers)
    return await federation.begin(providers, request.site.pool, provider, browser, return_path)


async def back_from_provider(
    request: Request, provider: str, browser: str, answered: Iterable[tuple[str, str]]
) -> tuple[Subject, str]:
    """Who a browser that came back is, and where it wants to go; raises ProviderRefused, ProviderAway."""
    providers: Providers = request.site.lane(Providers)
    subject, path = await federation.finish(providers, request.site.pool, provider, browser, answered)
    return await _named(request, subject), path


async def log_in_browser_by(request: Request, subject: Subject) -> BrowserEntry | Challenge:
    """Sign a browser in as whoever a provider spoke of: its cookies, or the question for a second factor.

    Raises PlayerBarred.
    """
    device_token = request.cookie(access.device_cookie_name(request.site.public_url))
    async with transaction(request.site.pool) as tx:
        outcome: BrowserEntry | Opening | Challenge | Refusal = await _arrived(tx, request, subject, purpose="browser")
        if isinstance(outcome, Opening):
            outcome = await enter_browser(tx, request, outcome, subject.provider, device_token=device_token)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def stand_in(tx: Tx, keys: Keys, subject: Subject) -> bytes:
    """What a provider's subject is known by here: a keyed stand-in, so that a dump does not name anybody.

    Who is known by one that a former secret made is known by the present one from now on.
    """
    index, *formers = blinds(keys, f"{subject.provider}\0{subject.id}", purpose="identity/provider")
    if formers:
        await identity.rename(tx, subject.provider, formers, [index] * len(formers))
    return index


async def keep_granted(tx: Tx, keys: Keys, player_id: UUID, subject: Subject) -> None:
    """Keep what a provider gave us for a browser, if it is one that must be asked again whether it still holds."""
    if subject.granted is not None:
        minutes = (await settings(tx)).twitch_check_minutes
        due_at = rules.next_check(clock.now(), minutes, random())  # noqa: S311 - jitter
        await federation.keep_grant(tx, keys, player_id, subject.granted, due_at=due_at)


def sealed_label(keys: Keys, player_id: object, subject: Subject) -> bytes:
    """The label of a player's identity, as it is stored."""
    text = msgspec.json.encode(Label(subject.id, subject.display_name))
    row = f"{player_id} {subject.provider}"
    return seal(keys, text, table="identity.identities", column="sealed", row=row)


async def _named(request: Request, subject: Subject) -> Subject:
    """With a name where one is needed: the provider is asked for it once, for somebody new."""
    if subject.display_name is not None:
        return subject
    async with transaction(request.site.pool) as tx:
        if await identity.find(tx, subject.provider, await stand_in(tx, request.site.keys, subject)) is not None:
            return subject
    return await federation.named(request.site.lane(Providers), subject)


async def _opened(tx: Tx, request: Request, subject: Subject, device_token: str | None) -> Opened | Challenge | Refusal:
    """Raises ProviderRefused for an ID token that has signed in before."""
    await federation.spend(tx, subject, "login")
    opening = await _arrived(tx, request, subject)
    if not isinstance(opening, Opening):
        return opening
    return await enter(tx, request, opening, subject.provider, device_token=device_token)


async def _arrived(
    tx: Tx, request: Request, subject: Subject, *, purpose: Literal["player", "browser"] = "player"
) -> Opening | Challenge | Refusal:
    """The session to open for a subject; a refusal is returned, because what was written of it must commit."""
    keys, provider = request.site.keys, subject.provider
    index = await stand_in(tx, keys, subject)
    arrival = await _arrival(tx, provider, index)
    if arrival.is_new:
        name = _name(subject) or f"Player-{arrival.player_id.hex[-6:]}"
        await profiles.create(tx, arrival.player_id, name)
        await identity.seal_identity(tx, provider, index, sealed_label(keys, arrival.player_id, subject))
        await emit(tx, PlayerRegistered(player_id=arrival.player_id, display_name=name, provider=provider))
        deed = audit.deed(request, "user_created", "player", arrival.player_id, after={"provider": provider})
        await audit.record(tx, deed)
    refusal = (await access.barred(tx, {arrival.player_id: arrival.status})).get(arrival.player_id)
    if refusal is not None:
        failed = audit.deed(
            request, "authn_login_fail", "player", arrival.player_id, outcome="refused", reason=refusal.code
        )
        await audit.record(tx, failed)
        return refusal.noted()
    await keep_granted(tx, keys, arrival.player_id, subject)
    return await second(tx, request, Opening(arrival.player_id, provider, OWN_CLIENT, request.agent), purpose=purpose)


async def _arrival(tx: Tx, provider: str, index: bytes) -> identity.Arrival:
    """Whose the subject is. Asked again where it was moved or unlinked while its player was waited for.

    Once its player is held it stays theirs until this transaction ends.
    """
    for _ in range(ARRIVALS_MAX):
        arrival = (await identity.arrive(tx, provider, [index]))[index]
        if await identity.find(tx, provider, index) == arrival.player_id:
            return arrival
    raise identity.IdentityGone(provider=provider)


def _name(subject: Subject) -> str | None:
    """The provider's name for somebody, if it may be a name here."""
    try:
        return profiles.check_name((subject.display_name or "").strip()[:50].strip())
    except DisplayNameInvalid:
        return None
