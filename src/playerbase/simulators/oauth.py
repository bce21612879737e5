"""What Epic, Twitch and OpenID Connect have in common: a login page, codes, and the proof behind a code."""

import base64
import binascii
import hashlib
from urllib.parse import unquote, urlencode

from playerbase.simulators import settings
from playerbase.simulators.web import TEXT, Asked, Reply, page, see
from playerbase.simulators.world import Grant

CLIENTS = {
    "epic": settings.EPIC_CLIENT_ID,
    "twitch": settings.TWITCH_CLIENT_ID,
    "oidc": settings.OIDC_CLIENT_ID,
}


def authorize(name: str, asked: Asked) -> Reply:
    """The login page, which asks who it shall be."""
    provider, query = asked.world.provider(name), asked.query
    if query.get("client_id") != CLIENTS[name] or query.get("response_type") != "code" or not _leads_back(query):
        return Reply("The request is not one of our client's.", 400, TEXT)
    ways = [(each, f"/{name}/choose?person={each.id}&{asked.query_string}") for each in provider.people.values()]
    declined = back(query, {"error": "access_denied", "error_description": "The user denied you access"})
    return page("choose.html", provider=provider, ways=ways, declined=declined, wants=query.get("scope", ""))


def choose(name: str, asked: Asked) -> Reply:
    """Back to where the visitor came from, with a code."""
    provider, query = asked.world.provider(name), asked.query
    if not _leads_back(query):
        return Reply("The request is not one of our client's.", 400, TEXT)
    person = provider.people[query["person"]]
    scopes = tuple(query.get("scope", "").split())
    code = provider.give_code(
        Grant(
            person.id, CLIENTS[name], scopes, query["redirect_uri"], query.get("nonce", ""),
            query.get("code_challenge", ""),
        )
    )  # fmt: skip
    more = {"scope": query.get("scope", "")} if name == "twitch" else {}
    return see(back(query, {"code": code, **more}), 302)


def back(query: dict[str, str], answer: dict[str, str]) -> str:
    """The address of whoever sent the visitor, with this answer and their state."""
    state = {"state": query["state"]} if "state" in query else {}
    url = query.get("redirect_uri", "/")
    return f"{url}{'&' if '?' in url else '?'}{urlencode({**answer, **state})}"


def has_secret(name: str, asked: Asked) -> bool:
    """Whether the caller is our client, by Basic authentication or by the form."""
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(pair).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return (unquote(client_id), unquote(secret)) == (CLIENTS[name], settings.CLIENT_SECRET)
    form = asked.form
    return (form.get("client_id"), form.get("client_secret")) == (CLIENTS[name], settings.CLIENT_SECRET)


def redeem(name: str, asked: Asked) -> Grant | None:
    """What a code stood for, once, if it comes with the same address and the proof it was asked for with."""
    grant = asked.world.provider(name).codes.pop(asked.form.get("code", ""), None)
    if grant is None or asked.form.get("redirect_uri") != grant.redirect_uri:
        return None
    proof = hashlib.sha256(asked.form.get("code_verifier", "").encode()).digest()
    shown = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
    return grant if grant.challenge in {"", shown} else None


def bearer(asked: Asked) -> str:
    """The access token of a call, by either word that providers take for it."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    return token if kind.lower() in {"bearer", "oauth"} else ""


def _leads_back(query: dict[str, str]) -> bool:
    return query.get("redirect_uri", "").startswith(("http://", "https://"))
