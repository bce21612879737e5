"""A browser's way to a provider and back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from playerbase.federation import rules, store
from playerbase.federation.actions.asking import judged
from playerbase.federation.actions.oidc import OidcDoor
from playerbase.federation.actions.providers import Providers
from playerbase.federation.model import (
    EPIC,
    STEAM,
    TWITCH,
    Granted,
    ProviderRefused,
    ProviderUnknown,
    Subject,
    WayBackForeign,
)
from playerbase.kit import clock
from playerbase.kit.crypto import digest, looks_like_token, open_sealed, seal, token
from playerbase.kit.db import Pool, Tx, transaction

AWAY: Final = timedelta(minutes=10)
STATE, VERIFIER = "way", "pkce"
BROWSER_CHARS_MIN: Final = 16


async def begin(providers: Providers, pool: Pool, provider: str, browser: str, return_path: str) -> str:
    """The provider's address to send a browser to; it has ten minutes to come back, once.

    `browser` is what only this browser holds, such as a random cookie. Never call it inside a transaction: some
    providers must be asked where they sign people in. Raises ProviderUnknown, WayBackForeign, ProviderAway.
    """
    assert len(browser) >= BROWSER_CHARS_MIN
    if provider not in providers.names_in_browser:
        raise ProviderUnknown(provider=provider)
    if not rules.is_local(return_path):
        raise WayBackForeign
    state, verifier = token(STATE), token(VERIFIER)
    if provider == STEAM:
        address = providers.steam.login_address(_return_to(providers, state))
    else:
        address = await _flow(providers, provider).login_address(providers.way_back(provider), state, verifier)
    now, hashed = clock.now(), digest(state)
    sealed = seal(providers.keys, verifier.encode(), table="federation.states", column="verifier", row=hashed.hex())
    async with transaction(pool) as tx:
        await store.add_state(tx, hashed, provider, digest(browser), sealed, return_path, now, now + AWAY)
    return address


async def finish(
    providers: Providers, pool: Pool, provider: str, browser: str, answered: Iterable[tuple[str, str]]
) -> tuple[Subject, str]:
    """Who a browser that came back was signed in as, and the path to send it to; `answered` is the callback's query.

    Never call it inside a transaction: it asks the provider. Raises ProviderUnknown, ProviderRefused, ProviderAway.
    """
    if provider not in providers.names_in_browser:
        raise ProviderUnknown(provider=provider)
    with judged(provider):
        pairs = list(answered)
        given = dict(pairs)
        # Of a parameter that stands twice, we and the provider might each read another.
        if len(given) != len(pairs):
            raise ProviderRefused.because("fields")
        state = given.pop("state", "")
        if not looks_like_token(state, STATE):
            raise ProviderRefused.because("state")
        if provider == STEAM:
            return await _finish_steam(providers, pool, browser, state, given)
        return await _finish_code(providers, pool, provider, browser, state, given)


async def _finish_steam(
    providers: Providers, pool: Pool, browser: str, state: str, given: dict[str, str]
) -> tuple[Subject, str]:
    steam = providers.steam
    steam.check(given, _return_to(providers, state))
    async with transaction(pool) as tx:
        _, return_path = await _take(tx, providers, STEAM, browser, state)
        await steam.spend_nonce(tx, given)
    return await steam.confirm(given), return_path


async def _finish_code(
    providers: Providers, pool: Pool, provider: str, browser: str, state: str, given: dict[str, str]
) -> tuple[Subject, str]:
    flow = _flow(providers, provider)
    async with transaction(pool) as tx:
        verifier, return_path = await _take(tx, providers, provider, browser, state)
    await flow.check(given)
    exchanged = await flow.exchange(given["code"], providers.way_back(provider), verifier)
    if provider == EPIC:
        return await providers.epic.believe_exchanged(exchanged, rules.nonce_of(verifier)), return_path
    subject = await flow.believe(exchanged.id_token, rules.nonce_of(verifier))
    if provider == TWITCH:
        # Twitch asks of everybody that an access token be validated before it is relied upon.
        validated = await providers.twitch.validate(exchanged.access_token)
        if validated.user_id != subject.id:
            raise ProviderRefused.because("subject")
        granted = Granted(exchanged.access_token, exchanged.refresh_token, subject.id)
        subject = replace(subject, granted=granted)
    return subject, return_path


async def _take(tx: Tx, providers: Providers, provider: str, browser: str, state: str) -> tuple[str, str]:
    """The verifier and the way back that were kept under a state, once; raises ProviderRefused."""
    hashed = digest(state)
    taken = await store.take_state(tx, hashed, provider, digest(browser), clock.now())
    if taken is None:
        raise ProviderRefused.because("state")
    verifier = open_sealed(
        providers.keys, taken.verifier_sealed, table="federation.states", column="verifier", row=hashed.hex()
    )
    return verifier.decode(), taken.return_path


def _flow(providers: Providers, provider: str) -> OidcDoor:
    if provider == EPIC:
        return providers.epic.code_flow
    return providers.twitch.code_flow if provider == TWITCH else providers.oidc(provider)


def _return_to(providers: Providers, state: str) -> str:
    # Steam has no state of its own; what stands in the way back comes back signed.
    return f"{providers.way_back(STEAM)}?state={state}"
