"""Statements: signed with the published keys, and never to be taken for a token."""

from collections.abc import Mapping

import msgspec

from playerbase.access.actions.configured import configured_keys
from playerbase.access.actions.keyring import ALGORITHM, Keyring
from playerbase.kit import clock
from playerbase.kit.crypto import signed, unpadded

KIND = "statement+jws"


async def state(keyring: Keyring, said: Mapping[str, object]) -> str:
    """What is said, signed (RFC 7515): whoever has the published keys can check it, wherever it was kept.

    Its head says another type than that of access tokens, which are believed by their type alone.
    """
    signer = await keyring.signer(configured_keys(), clock.now())
    head = unpadded(msgspec.json.encode({"alg": ALGORITHM, "typ": KIND, "kid": signer.kid}))
    return signed(signer.private, head, msgspec.json.encode(said))


async def is_published(keyring: Keyring, kid: str) -> bool:
    """Whether the key of this name is among those published now."""
    return any(key["kid"] == kid for key in await keyring.jwks(configured_keys()))
