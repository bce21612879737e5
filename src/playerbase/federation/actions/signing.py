"""Whose key signed a token: the keys a provider publishes, kept by their names."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from playerbase.federation.actions.asking import Line
from playerbase.federation.model import ProviderAway, ProviderRefused
from playerbase.federation.rules import tokens
from playerbase.kit import clock

AGE_SECONDS: Final = 3_600.0  # How soon a key they withdrew is withdrawn here.
AGE_SECONDS_MAX: Final = 86_400.0  # So long their absence locks nobody out whose key is known.
COOL_DOWN_SECONDS: Final = 30.0
KEYS_MAX: Final = 50


class Published(msgspec.Struct, frozen=True):
    """A key set (RFC 7517)."""

    keys: list[dict[str, Any]]


class PublicKeys:
    """The keys one provider signs with. They rotate at any time, so an unknown name makes us look again.

    A look that did not find the name is not repeated for 30 s, however many names are made up.
    """

    def __init__(self, line: Line, address: Callable[[], Awaitable[str]]) -> None:
        self._line, self._address = line, address
        self._keys: dict[str, RSAKey | ECKey] = {}
        self._read_at = self._missed_at = float("-inf")
        self._reading = asyncio.Lock()

    async def verified(self, token: str) -> tokens.Claims:
        """What a rightly signed token claims, not judged yet; raises ProviderRefused, ProviderAway."""
        header = tokens.header_of(token)
        if header is None:
            raise ProviderRefused.because("token_malformed")
        key = await self._key(header.kid)
        if key is None:
            raise ProviderRefused.because("key_unknown")
        if key.key_type != tokens.ALGORITHMS[header.alg]:
            raise ProviderRefused.because("algorithm")
        try:
            signed = jws.deserialize_compact(token, key, algorithms=[header.alg])
        except (JoseError, ValueError, TypeError):
            raise ProviderRefused.because("signature") from None
        try:
            return msgspec.json.decode(signed.payload, type=tokens.Claims)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ProviderRefused.because("claims") from None

    async def _key(self, kid: str) -> RSAKey | ECKey | None:
        if self._age() > AGE_SECONDS or kid not in self._keys:
            read_at = self._read_at
            async with self._reading:
                if self._read_at == read_at:  # Nobody else has looked while this waited.
                    await self._look(kid)
        return self._keys.get(kid)

    async def _look(self, kid: str) -> None:
        is_known = kid in self._keys
        if not is_known and clock.monotonic() - self._missed_at < COOL_DOWN_SECONDS:
            return
        try:
            published = self._line.read(await self._line.get(await self._address()), Published)
        except ProviderAway:
            if is_known and self._age() < AGE_SECONDS_MAX:
                return
            raise
        found = [(each.get("kid"), _imported(each)) for each in published.keys[:KEYS_MAX]]
        self._keys = {kid: key for kid, key in found if isinstance(kid, str) and key is not None}
        self._read_at = clock.monotonic()
        if kid not in self._keys:
            self._missed_at = self._read_at

    def _age(self) -> float:
        return clock.monotonic() - self._read_at


def _imported(published: dict[str, Any]) -> RSAKey | ECKey | None:
    """The key, if it is one that signs and that is strong enough; `alg` and `use` need not be said."""
    if published.get("use", "sig") != "sig":
        return None
    try:
        if published.get("kty") == "RSA":
            rsa = RSAKey.import_key({name: published[name] for name in ("kty", "n", "e")})
            return rsa if tokens.RSA_BITS_MIN <= rsa.public_key.key_size <= tokens.RSA_BITS_MAX else None
        if published.get("kty") == "EC" and published.get("crv") == "P-256":
            return ECKey.import_key({name: published[name] for name in ("kty", "crv", "x", "y")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None
