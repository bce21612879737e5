"""The keys a simulated provider signs with: they rotate, and sign wrongly when asked to."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey, RSAKey

BITS = 2_048
PUBLISHED_MAX = 2


class Signer:
    """A pair of keys, RSA and P-256, made when they are first needed: an RSA key takes a tenth of a second."""

    def __init__(self) -> None:
        self._rsa: list[RSAKey] = []
        self._ec: list[ECKey] = []

    def rotate(self) -> None:
        """Sign with new keys from now on; the last ones stay published beside them."""
        self._rsa = [RSAKey.generate_key(BITS, private=True), *self._rsa][:PUBLISHED_MAX]
        self._ec = [ECKey.generate_key("P-256", private=True), *self._ec][:PUBLISHED_MAX]

    def published(self) -> dict[str, Any]:
        """The key set. Like Epic's it says neither alg nor use."""
        self._ensure()
        keys: list[RSAKey | ECKey] = [*self._rsa, *self._ec]
        return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint()} for key in keys]}

    def sign(self, claims: dict[str, Any], *, alg: str = "RS256", header: dict[str, Any] | None = None) -> str:
        """A token. ``none`` leaves it unsigned, HS256 takes the public key for a password, as forgers do."""
        self._ensure()
        key: RSAKey | ECKey = self._ec[0] if alg == "ES256" else self._rsa[0]
        # Written out by hand: a library would not sign what a forger writes.
        protected = {"alg": alg, "typ": "JWT", "kid": key.thumbprint(), **(header or {})}
        body = f"{_url_safe(json.dumps(protected).encode())}.{_url_safe(json.dumps(claims).encode())}"
        return f"{body}.{_url_safe(_signature(alg, key, body.encode()))}"

    def _ensure(self) -> None:
        if not self._rsa:
            self.rotate()


def _signature(alg: str, key: RSAKey | ECKey, body: bytes) -> bytes:
    if alg == "none":
        return b""
    if alg == "HS256":
        return hmac.digest(key.as_pem(private=False), body, hashlib.sha256)
    if isinstance(key, RSAKey):
        assert key.private_key is not None
        return key.private_key.sign(body, padding.PKCS1v15(), SHA256())
    assert key.private_key is not None
    r, s = utils.decode_dss_signature(key.private_key.sign(body, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
