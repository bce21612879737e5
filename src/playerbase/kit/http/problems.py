"""Problem documents (RFC 9457): the one shape every error has."""

from http import HTTPStatus

import msgspec

from playerbase.kit.errors import Invalid, NotFound, Refusal
from playerbase.kit.http.message import Answer

MEDIA = b"application/problem+json"
_encode = msgspec.json.Encoder(enc_hook=str).encode


class NoSuchPath(NotFound):
    """There is nothing at this path."""


class MethodNotAllowed(Invalid):
    """This path does not know this method."""

    status = 405


class TooLarge(Invalid):
    """The body is larger than this path accepts."""

    status = 413


class HeadersTooLarge(Invalid):
    """The headers are larger than 16 KB."""

    status = 431


class AddressTooLong(Invalid):
    """The address is longer than 8 KB."""

    status = 414


class InternalError(Refusal):
    """Something went wrong on our side; it has been logged under this request id."""


def problem(refusal: Refusal, request_id: str, docs: str) -> Answer:
    """The answer that tells a client of a refusal."""
    return described(refusal.status, refusal.code, refusal.title(), str(refusal), refusal.members, request_id, docs)


def described(
    status: int, code: str, title: str, detail: str, members: dict[str, object], request_id: str, docs: str
) -> Answer:
    """A problem document from its parts."""
    body = {
        "type": f"{docs}#{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        "docs": f"{docs}#{code}",
        "errors": [],
        **members,
    }
    headers = [(b"retry-after", str(members["retry_after"]).encode())] if "retry_after" in members else []
    if isinstance(allowed := members.get("allowed"), list):
        headers.append((b"allow", ", ".join(allowed).encode()))
    if status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    return Answer(_encode(body), status=status, media=MEDIA, headers=headers)


def codes() -> list[type[Refusal]]:
    """Every refusal this process can give, by code."""

    def below(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in below(child))]

    return sorted(
        {kind.code: kind for kind in below(Refusal) if kind is not Refusal}.values(), key=lambda kind: kind.code
    )
