"""What a call for a token by client credentials says (RFC 6749, 2.3.1, 4.4.2, 5.2): read, or refused in its words."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from playerbase.access.rules.tokens import is_allowed_from

FORM = b"application/x-www-form-urlencoded"
PARAMETERS_MAX = 20
CHARACTERS_MAX = 500


class Grant(msgspec.Struct, frozen=True):
    """Who asks, the secret they show, and for which scopes; None asks for all."""

    client_id: str
    secret: str
    scopes: tuple[str, ...] | None


class NotGranted(Exception):
    """Why there is no token: one of RFC 6749's words, and a sentence."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description

    @property
    def status(self) -> int:
        """401 for a client that is not believed, 400 for everything else."""
        return 401 if self.error == "invalid_client" else 400


def read_grant(body: bytes, media: bytes | None, authorization: bytes | None) -> Grant:
    """What is asked for; the client says who it is in the header or in the form, not in both. Raises NotGranted."""
    asked = _form(body, media)
    if "grant_type" not in asked:
        raise NotGranted("invalid_request", "grant_type is missing.")
    client_id, secret = _in_form(asked) if authorization is None else _in_header(authorization, asked)
    if asked["grant_type"] != "client_credentials":
        raise NotGranted("unsupported_grant_type", "Only client_credentials is granted here.")
    scope = asked.get("scope")
    if scope is None:
        return Grant(client_id, secret, None)
    if not all(scope.split(" ")):
        raise NotGranted("invalid_scope", "Scopes are words with one space between them.")
    return Grant(client_id, secret, tuple(sorted(set(scope.split(" ")))))


def granted_scopes(asked: Sequence[str] | None, held: Sequence[str]) -> list[str]:
    """The scopes of the token: those asked for, or all; raises NotGranted if the client lacks one."""
    if beyond := [scope for scope in asked or () if scope not in held]:
        raise NotGranted("invalid_scope", f"This client does not have the scope {beyond[0][:40]!r}.")
    return [*(held if asked is None else asked)]


def check_address(allow: tuple[str, ...], address: str) -> None:
    """Raises NotGranted unless the client may be used from this address."""
    if not is_allowed_from(allow, address):
        raise NotGranted("unauthorized_client", "This client may not be used from this address.")


def _form(body: bytes, media: bytes | None) -> dict[str, str]:
    if (media or b"").split(b";")[0].strip().lower() != FORM:
        raise NotGranted("invalid_request", "Send the form as application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX)
    except ValueError:
        raise NotGranted("invalid_request", "The form could not be read.") from None
    asked = dict(pairs)
    if len(asked) < len(pairs):
        raise NotGranted("invalid_request", "A parameter is given more than once.")
    if any(len(value) > CHARACTERS_MAX for value in asked.values()):
        raise NotGranted("invalid_request", f"A parameter has at most {CHARACTERS_MAX} characters.")
    return asked


def _in_form(asked: Mapping[str, str]) -> tuple[str, str]:
    if "client_id" not in asked or "client_secret" not in asked:
        raise NotGranted("invalid_client", "The client has not said who it is.")
    return asked["client_id"], asked["client_secret"]


def _in_header(authorization: bytes, asked: Mapping[str, str]) -> tuple[str, str]:
    if "client_secret" in asked:
        raise NotGranted("invalid_request", "Show the secret in the header or in the form, not in both.")
    scheme, _, rest = authorization.partition(b" ")
    try:
        pair = base64.b64decode(rest.strip(b" "), validate=True).decode()
    except (binascii.Error, ValueError):
        pair = ""
    written, colon, secret = pair.partition(":")
    if scheme.lower() != b"basic" or not colon:
        raise NotGranted("invalid_client", "The Authorization header could not be read.")
    client_id = unquote_plus(written)
    if asked.get("client_id", client_id) != client_id:
        raise NotGranted("invalid_request", "The header and the form name two clients.")
    return client_id, unquote_plus(secret)
