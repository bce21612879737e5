"""What Steam must say to be believed: ids, tickets, and the answer a browser brings back (OpenID 2.0)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

NS: Final = "http://specs.openid.net/auth/2.0"
ANYBODY: Final = f"{NS}/identifier_select"
SIGNED: Final = "signed,op_endpoint,claimed_id,identity,return_to,response_nonce,assoc_handle"
FIELDS: Final = frozenset({*SIGNED.split(","), "ns", "mode", "sig"})
FIELD_CHARS_MAX: Final = 1_024
FRESH: Final = timedelta(seconds=300)
TICKET_CHARS_MAX: Final = 5_120  # GetAuthTicketForWebApi fills at most 2,560 bytes.

# Individual accounts of the public universe (universe 1, type 1, instance 1), account numbers from 1.
_ID_MIN, _ID_MAX = 76561197960265729, 76561202255233023
_ID = re.compile(r"76561[0-9]{12}")
_NONCE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)[\x21-\x7e]{0,235}", re.ASCII)
_TICKET = re.compile(r"(?:[0-9a-fA-F]{2})+")


class Verdict(msgspec.Struct, frozen=True):
    """What AuthenticateUserTicket says of a ticket."""

    result: str
    steamid: str
    ownersteamid: str = ""
    vacbanned: bool = False
    publisherbanned: bool = False


class Mistake(msgspec.Struct, frozen=True):
    """Why AuthenticateUserTicket says nothing of a ticket; it does so with status 200."""

    errorcode: int = 0
    errordesc: str = ""


class Response(msgspec.Struct, frozen=True):
    """Either of the two."""

    params: Verdict | None = None
    error: Mistake | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What Steam wraps around every answer."""

    response: Response


class Named(msgspec.Struct, frozen=True):
    """What a player calls themselves at Steam."""

    steamid: str
    personaname: str = ""


class Summaries(msgspec.Struct, frozen=True):
    """Those of the players asked for that there are, in any order."""

    players: list[Named] = []


class SummariesEnvelope(msgspec.Struct, frozen=True):
    """The same with what Steam wraps around it."""

    response: Summaries


def is_ticket(ticket: str) -> bool:
    """Whether this could be a ticket: bytes in hexadecimal, no more than a ticket has."""
    return len(ticket) <= TICKET_CHARS_MAX and _TICKET.fullmatch(ticket) is not None


def is_player(steam_id: str) -> bool:
    """Whether this is the id of a person: 17 digits within the range people's accounts have."""
    return _ID.fullmatch(steam_id) is not None and _ID_MIN <= int(steam_id) <= _ID_MAX


def reason_of(mistake: Mistake | None) -> str:
    """Why a ticket was not accepted, in a word."""
    reasons = {3: "ticket_malformed", 101: "ticket_invalid", 102: "ticket_for_other_game"}
    return reasons.get(mistake.errorcode if mistake else 0, "ticket_refused")


def asking(endpoint_return_to: str, realm: str) -> dict[str, str]:
    """What a browser is sent to Steam's login page with."""
    return {
        "openid.ns": NS,
        "openid.mode": "checkid_setup",
        "openid.return_to": endpoint_return_to,
        "openid.realm": realm,
        "openid.identity": ANYBODY,
        "openid.claimed_id": ANYBODY,
    }


def suspect(given: Mapping[str, str], *, community_url: str, return_to: str, now: datetime) -> str | None:
    """Why an answer need not even be shown to Steam; None if Steam is to be asked whether it signed it.

    Each of these, left out somewhere, has let people in as anybody they liked (OpenID Authentication 2.0, 11).
    `given` holds every parameter of the answer but `state`.
    """
    if set(given) != {f"openid.{name}" for name in FIELDS}:
        return "fields"
    said = {name: given[f"openid.{name}"] for name in FIELDS}
    checks = {
        "fields": max(map(len, said.values())) <= FIELD_CHARS_MAX,
        "mode": said["mode"] == "id_res" and said["ns"] == NS,
        "endpoint": said["op_endpoint"] == f"{community_url}/openid/login",
        "unsigned": said["signed"] == SIGNED,
        "claimed_id": said["claimed_id"] == said["identity"] and claimed(given, community_url=community_url),
        "return_to": said["return_to"] == return_to,
        "nonce": _is_fresh(said["response_nonce"], now),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def claimed(given: Mapping[str, str], *, community_url: str) -> str | None:
    """The Steam id somebody claims to be, if the whole of the claim is one."""
    match = re.fullmatch(rf"{re.escape(community_url)}/openid/id/({_ID.pattern})/?", given["openid.claimed_id"])
    return match[1] if match and is_player(match[1]) else None


def is_confirmed(body: bytes) -> bool:
    """Whether Steam says that it signed this very answer, just once: lines of `key:value`, each read whole."""
    lines = [line.partition(":")[::2] for line in body.decode("utf-8", "replace").split("\n") if line]
    said = dict(lines)
    return len(said) == len(lines) and said.get("ns") == NS and said.get("is_valid") == "true"


def _is_fresh(nonce: str, now: datetime) -> bool:
    match = _NONCE.fullmatch(nonce)
    if match is None:
        return False
    try:
        made_at = datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(now - made_at) <= FRESH
