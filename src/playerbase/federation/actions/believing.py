"""Credentials that a game's client has got from a provider and hands to us."""

from playerbase.federation.actions.asking import judged
from playerbase.federation.actions.providers import Providers
from playerbase.federation.model import EPIC, STEAM, TWITCH, ProviderUnknown, Subject
from playerbase.kit.db import Pool


async def believe(
    providers: Providers, pool: Pool, provider: str, credential: str, *, nonce: str | None = None
) -> Subject:
    """About whom a credential speaks: a Steam ticket, or an ID token or access token of the others.

    With a `nonce` the credential must have been asked for with it. Never call it inside a transaction: it asks the
    provider. Raises ProviderUnknown, ProviderRefused, ProviderBanned, ProviderAway.
    """
    if provider not in providers.names:
        raise ProviderUnknown(provider=provider)
    with judged(provider):
        if provider == STEAM:
            return await providers.steam.believe(pool, credential)
        if provider == EPIC:
            return await providers.epic.believe(credential, nonce)
        if provider == TWITCH:
            return await providers.twitch.believe(credential, nonce)
        return await providers.oidc(provider).believe(credential, nonce)


async def named(providers: Providers, subject: Subject) -> Subject:
    """The subject with a name to show, where the provider tells one only when asked; without it if it does not."""
    return await providers.steam.named(subject) if subject.provider == STEAM else subject
