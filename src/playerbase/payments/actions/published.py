"""Whose key signed a push: the keys a platform publishes, kept by their names."""

import asyncio
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from playerbase.kit import clock
from playerbase.payments.actions.asking import Line
from playerbase.payments.model.refusals import NotBelieved
from playerbase.payments.rules import google as rules

AGE_SECONDS: Final = 3_600.0  # How soon a key they withdrew is withdrawn here.
COOL_DOWN_SECONDS: Final = 30.0  # So long nobody looks again for a name that was not there, however many are made up.
KEYS_MAX: Final = 50


class Published(msgspec.Struct, frozen=True):
    """A key set (RFC 7517)."""

    keys: list[dict[str, Any]]


class PublishedKeys:
    """The keys a platform signs with. They rotate at any time, so an unknown name makes us look again."""

    def __init__(self, line: Line, url: str) -> None:
        self._line, self._url = line, url
        self._keys: dict[str, RSAKey] = {}
        self._read_at = self._missed_at = float("-inf")
        self._reading = asyncio.Lock()

    async def verified(self, token: str) -> bytes:
        """What a rightly signed token says, not judged yet; raises NotBelieved, ProviderAway."""
        header = rules.header_of(token)
        key = await self._key(header.kid)
        if key is None:
            raise NotBelieved("key_unknown")
        try:
            return jws.deserialize_compact(token, key, algorithms=["RS256"]).payload
        except (JoseError, ValueError, TypeError):
            raise NotBelieved("signature") from None

    async def _key(self, kid: str) -> RSAKey | None:
        if clock.monotonic() - self._read_at > AGE_SECONDS or kid not in self._keys:
            read_at = self._read_at
            async with self._reading:
                if self._read_at == read_at:  # Nobody else has looked while this waited.
                    await self._look(kid)
        return self._keys.get(kid)

    async def _look(self, kid: str) -> None:
        if kid not in self._keys and clock.monotonic() - self._missed_at < COOL_DOWN_SECONDS:
            return
        published = self._line.read(await self._line.get(self._url), Published)
        found = [(each.get("kid"), _imported(each)) for each in published.keys[:KEYS_MAX]]
        self._keys = {kid: key for kid, key in found if isinstance(kid, str) and key is not None}
        self._read_at = clock.monotonic()
        if kid not in self._keys:
            self._missed_at = self._read_at


def _imported(published: dict[str, Any]) -> RSAKey | None:
    """The key, if it is one that signs and that is strong enough."""
    if published.get("use", "sig") != "sig" or published.get("kty") != "RSA":
        return None
    try:
        key = RSAKey.import_key({name: published[name] for name in ("kty", "n", "e")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if rules.RSA_BITS_MIN <= key.public_key.key_size <= rules.RSA_BITS_MAX else None
