"""Addresses that are signed: AWS Signature Version 4 in the query, and Google's V4, which is built alike.

Contracts: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" of Amazon S3, and "Signatures"
and "Canonical requests" of Google Cloud Storage. Every header that is given is signed: none is left out or changed.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec

SECONDS_MAX: Final = 604_800  # Both platforms refuse more than seven days.

Sign = Callable[[str, bytes], str]


class Signer(msgspec.Struct, frozen=True):
    """Who signs, and how: ``sign`` gets the date of the scope and what is to be signed."""

    algorithm: str
    prefix: str  # Of the parameters: X-Amz or X-Goog.
    key_id: str
    scope: str  # Region, service and end of the scope, which begins with the date.
    sign: Sign


def aws(key_id: str, secret: str, region: str) -> Signer:
    """For Amazon S3 and whatever speaks like it."""
    return _by_secret("AWS4-HMAC-SHA256", "X-Amz", key_id, f"AWS4{secret}", f"{region}/s3/aws4_request")


def google(key_id: str, secret: str) -> Signer:
    """For Google Cloud Storage, with an HMAC key."""
    return _by_secret("GOOG4-HMAC-SHA256", "X-Goog", key_id, f"GOOG4{secret}", "auto/storage/goog4_request")


def google_account(email: str, sign: Callable[[bytes], bytes]) -> Signer:
    """For Google Cloud Storage, with the key of a service account (RSA, PKCS #1 v1.5, SHA-256)."""
    return Signer(
        "GOOG4-RSA-SHA256", "X-Goog", email, "auto/storage/goog4_request", lambda _, text: sign(text).hex()
    )  # fmt: skip


def presigned(
    signer: Signer, method: str, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None,
    seconds: int, now: datetime,
) -> str:  # fmt: skip
    """The address with its signature; whoever uses it sends these headers, no more and no fewer."""
    assert 1 <= seconds <= SECONDS_MAX
    parts = urlsplit(url)
    signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()} | {"host": parts.netloc}
    names = ";".join(sorted(signed))
    date = f"{now:%Y%m%d}"
    scope = f"{date}/{signer.scope}"
    asked = {
        **(query or {}),
        f"{signer.prefix}-Algorithm": signer.algorithm,
        f"{signer.prefix}-Credential": f"{signer.key_id}/{scope}",
        f"{signer.prefix}-Date": f"{now:%Y%m%dT%H%M%SZ}",
        f"{signer.prefix}-Expires": str(seconds),
        f"{signer.prefix}-SignedHeaders": names,
    }
    text = canonical_query(asked)
    told = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join([method, quote(parts.path, safe="/~"), text, told, names, "UNSIGNED-PAYLOAD"])
    to_sign = "\n".join(
        [signer.algorithm, f"{now:%Y%m%dT%H%M%SZ}", scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    signature = signer.sign(date, to_sign.encode())
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path, safe='/~')}?{text}&{signer.prefix}-Signature={signature}"


def canonical_query(asked: Mapping[str, str]) -> str:
    """The parameters in order, each written in the one way that is signed (RFC 3986)."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in asked.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def _by_secret(algorithm: str, prefix: str, key_id: str, secret: str, scope: str) -> Signer:
    def sign(date: str, text: bytes) -> str:
        key = secret.encode()
        for part in (date, *scope.split("/")):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text, "sha256").hex()

    return Signer(algorithm, prefix, key_id, scope, sign)
