"""Who signed something of the App Store (RFC 7515): the chain it brings along must end in the root we know."""

import base64
import binascii
from datetime import datetime
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from playerbase.payments.model.refusals import NotBelieved

TOKEN_CHARS_MAX: Final = 65_536
CERTIFICATE_CHARS_MAX: Final = 8_192
LINKS: Final = 3
SIGNATURE_BYTES: Final = 64  # ES256: r and s, 32 bytes each (RFC 7518, 3.4).
# What a certificate is for. Any developer has some that lead to the same root, but none with these marks.
SIGNS_RECEIPTS: Final = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
SIGNS_SIGNERS: Final = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
# A key brought along in another way is the forger's, and `crit` asks for what nobody here understands.
_UNWANTED: Final = frozenset({"jwk", "jku", "x5u", "crit", "b64", "zip"})


class Header(msgspec.Struct, frozen=True):
    """How it is signed, and by whom: leaf, intermediate, root."""

    alg: str
    x5c: list[str] = []


def verified(token: str, *, root_sha256: str, now: datetime) -> bytes:
    """What a rightly signed token says, not judged yet; raises NotBelieved.

    All three certificates must hold now: whoever has an older token asks the App Store Server API for a fresh one. That
    no certificate was withdrawn is not asked; whoever must know asks that interface, which signs with what holds.
    """
    header, payload, signature = _parts(token)
    if header.alg != "ES256":
        raise NotBelieved("algorithm")
    leaf = _leaf_below(root_sha256, header.x5c, now)
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NotBelieved("algorithm")
    half = SIGNATURE_BYTES // 2
    if len(signature) != SIGNATURE_BYTES:
        raise NotBelieved("signature")
    der = utils.encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    try:
        key.verify(der, token.rpartition(".")[0].encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise NotBelieved("signature") from None
    return payload


def _leaf_below(root_sha256: str, x5c: list[str], now: datetime) -> x509.Certificate:
    leaf, middle, root = _certificates(x5c)
    if root.fingerprint(SHA256()).hex() != root_sha256:
        raise NotBelieved("root")
    for each in (leaf, middle, root):
        if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
            raise NotBelieved("certificate_expired")
    if not _marked(leaf, SIGNS_RECEIPTS) or not _marked(middle, SIGNS_SIGNERS):
        raise NotBelieved("certificate_purpose")
    if not _may_sign_others(middle) or _may_sign_others(leaf):
        raise NotBelieved("certificate_purpose")
    try:
        leaf.verify_directly_issued_by(middle)
        middle.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        raise NotBelieved("chain") from None
    return leaf


def _parts(token: str) -> tuple[Header, bytes, bytes]:
    if len(token) > TOKEN_CHARS_MAX or token.count(".") != 2 or not token.isascii():  # noqa: PLR2004 - three parts
        raise NotBelieved("malformed")
    try:
        raw, payload, signature = (_unwrapped(part) for part in token.split("."))
        if _UNWANTED & msgspec.json.decode(raw, type=dict[str, Any]).keys():
            raise NotBelieved("malformed")
        return msgspec.json.decode(raw, type=Header), payload, signature
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise NotBelieved("malformed") from None


def _certificates(x5c: list[str]) -> tuple[x509.Certificate, x509.Certificate, x509.Certificate]:
    if len(x5c) != LINKS or any(len(each) > CERTIFICATE_CHARS_MAX for each in x5c):
        raise NotBelieved("chain")
    try:
        leaf, middle, root = (x509.load_der_x509_certificate(base64.b64decode(each, validate=True)) for each in x5c)
        for each in (leaf, middle, root):
            each.extensions  # noqa: B018 - read here, because what cannot be read raises
    except (binascii.Error, ValueError, TypeError):
        raise NotBelieved("chain") from None
    return leaf, middle, root


def _marked(certificate: x509.Certificate, mark: x509.ObjectIdentifier) -> bool:
    return any(extension.oid == mark for extension in certificate.extensions)


def _may_sign_others(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _unwrapped(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
