"""What an ID token must be to be believed (OpenID Connect Core 1.0, 3.1.3.7), and what it says."""

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

TOKEN_CHARS_MAX: Final = 16_384
SUBJECT_CHARS_MAX: Final = 255
NAME_CHARS_MAX: Final = 100
EMAIL_CHARS_MAX: Final = 254
SKEW_SECONDS: Final = 60  # How far another's clock may be ahead of ours.
LIFE_SECONDS_MAX: Final = 30 * 86_400  # What was used is remembered until it ends; providers give hours, or a day.

# One algorithm to a kind of key: whoever could choose would sign with our public key as a password, or not at all.
ALGORITHMS: Final = {"RS256": "RSA", "ES256": "EC"}
RSA_BITS_MIN, RSA_BITS_MAX = 2_048, 8_192
# A key brought along in the header is the forger's, and `crit` asks for what nobody here understands.
_UNWANTED: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"})
_ACCESS_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})


class Header(msgspec.Struct, frozen=True):
    """Which key is said to have signed, and how; `t` is Epic's mark of an access token."""

    alg: str
    kid: str
    typ: str = ""
    t: str = ""


class Claims(msgspec.Struct, frozen=True):
    """What an ID token says; times are seconds since 1970."""

    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float
    nbf: float = 0
    azp: str | None = None
    nonce: str | None = None
    name: str | None = None
    preferred_username: str | None = None
    email: str | None = None
    email_verified: bool | str = False
    dn: str | None = None  # Epic: display name, product's sandbox, product's deployment.
    pfsid: str | None = None
    pfdid: str | None = None


def header_of(token: str) -> Header | None:
    """The header of a token, or None for what cannot be a token signed by somebody else's key."""
    # RFC 7515, 3.1: three parts; the last is empty where nothing was signed.
    if len(token) > TOKEN_CHARS_MAX or token.count(".") != 2 or token.endswith("."):  # noqa: PLR2004 - see above
        return None
    part = token.split(".", 1)[0]
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        if _UNWANTED & msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).keys():
            return None
        header = msgspec.json.decode(raw, type=Header)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    return header if header.alg in ALGORITHMS and header.typ.lower() not in _ACCESS_TYPES else None


def is_of(issuer: str) -> Callable[[str], bool]:
    """Exactly this issuer."""
    return lambda said: said == issuer


def is_below(url: str) -> Callable[[str], bool]:
    """Any issuer on this host; the slash keeps away `https://api.epicgames.dev.evil`."""
    return lambda said: said.startswith(f"{url}/")


def reject_reason(
    claims: Claims, *, issuer: Callable[[str], bool], audience: str, nonce: str | None, now: datetime
) -> str | None:
    """Why these claims, rightly signed, are still not to be believed; None if they are."""
    seconds = now.timestamp()
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    checks = {
        "issuer": issuer(claims.iss),
        # Of several audiences it must be we who asked for it.
        "audience": audience in audiences and (len(audiences) == 1 or claims.azp == audience),
        "expired": seconds < claims.exp,
        "too_long": claims.exp <= seconds + LIFE_SECONDS_MAX,
        "not_yet": max(claims.iat, claims.nbf) <= seconds + SKEW_SECONDS,
        "nonce": nonce is None or claims.nonce == nonce,
        "subject": 0 < len(claims.sub) <= SUBJECT_CHARS_MAX and claims.sub.isprintable(),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def signed_part(token: str) -> str:
    """What of a token can be written in one way alone; a signature has several, and one of P-256 has a twin."""
    return token.rpartition(".")[0]


def name_of(*said: str | None) -> str | None:
    """The first of these names that says anything, on one line and not too long; it comes from a stranger."""
    for name in said:
        shown = "".join(char for char in name or "" if unicodedata.category(char)[0] != "C").strip()
        if shown:
            return shown[:NAME_CHARS_MAX]
    return None


def email_of(claims: Claims) -> tuple[str | None, bool]:
    """The address, and whether the provider has seen that it is theirs; some say that in a word."""
    if not claims.email or len(claims.email) > EMAIL_CHARS_MAX or not claims.email.isprintable():
        return None, False
    return claims.email, claims.email_verified is True or claims.email_verified == "true"


def challenge_of(verifier: str) -> str:
    """What is shown of a verifier beforehand (RFC 7636, S256)."""
    return _url_safe(hashlib.sha256(verifier.encode()).digest())


def nonce_of(verifier: str) -> str:
    """The nonce that goes with a verifier, so that one secret is kept and not two; it gives nothing of it away."""
    return _url_safe(hashlib.sha256(b"nonce " + verifier.encode()).digest())


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
