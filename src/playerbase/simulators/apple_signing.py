"""How the simulated App Store signs: a root, an intermediate and a leaf, and such chains as forgers bring."""

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.x509.oid import NameOID

from playerbase.simulators import made_up

LEAF_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
MIDDLE_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
BEGAN, ENDED, ENDS = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2044))


class Chain(NamedTuple):
    """The leaf's key, and the certificates from the leaf to the root."""

    key: ec.EllipticCurvePrivateKey
    certificates: tuple[x509.Certificate, ...]

    def x5c(self) -> list[str]:
        """The certificates as a header carries them."""
        return [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in self.certificates]


@cache
def root() -> x509.Certificate:
    """The root: always the same to the last byte, because its hash is what is believed."""
    key, name = _root_key(), _name("Simulated Root CA - G3")
    return _certificate(name, key, name, key, BEGAN, ENDS, is_authority=True, serial=1)


@cache
def chain(
    *, leaf_mark: bool = True, middle_mark: bool = True, leaf_ended: bool = False, own_root: bool = False,
    middle_is_authority: bool = True,
) -> Chain:  # fmt: skip
    """A right chain, or one with something wrong about it."""
    root_key = ec.generate_private_key(ec.SECP384R1()) if own_root else _root_key()
    root_name = _name("Simulated Root CA - G3")
    top = _certificate(root_name, root_key, root_name, root_key, BEGAN, ENDS, is_authority=True) if own_root else root()
    middle_key, middle_name = ec.generate_private_key(ec.SECP384R1()), _name("Simulated Developer Relations")
    middle = _certificate(
        middle_name, middle_key, root_name, root_key, BEGAN, ENDS, is_authority=middle_is_authority,
        mark=MIDDLE_MARK if middle_mark else None,
    )  # fmt: skip
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    ends = ENDED if leaf_ended else ENDS
    leaf = _certificate(
        _name("Simulated Receipt Signing"), leaf_key, middle_name, middle_key, BEGAN, ends, is_authority=False,
        mark=LEAF_MARK if leaf_mark else None,
    )  # fmt: skip
    return Chain(leaf_key, (leaf, middle, top))


def sign(
    payload: dict[str, Any], *, by: Chain | None = None, alg: str = "ES256", header: dict[str, Any] | None = None
) -> str:
    """The payload, signed. ``none`` leaves it unsigned; the header may be a forger's."""
    by = by or chain()
    # Written out by hand: a library would not sign what a forger writes.
    protected = {"alg": alg, "x5c": by.x5c(), **(header or {})}
    body = f"{_url_safe(json.dumps(protected).encode())}.{_url_safe(json.dumps(payload).encode())}"
    return f"{body}.{'' if alg == 'none' else _url_safe(_signature(by.key, body.encode()))}"


def _signature(key: ec.EllipticCurvePrivateKey, body: bytes) -> bytes:
    r, s = utils.decode_dss_signature(key.sign(body, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    began: datetime,
    ends: datetime,
    *,
    is_authority: bool,
    mark: x509.ObjectIdentifier | None = None,
    serial: int | None = None,
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if mark is not None:
        made = made.add_extension(x509.UnrecognizedExtension(mark, b"\x05\x00"), critical=False)
    return made.sign(issuer_key, SHA256(), ecdsa_deterministic=True)


def _root_key() -> ec.EllipticCurvePrivateKey:
    found = load_der_private_key(base64.b64decode(made_up.APPLE_ROOT_KEY), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
