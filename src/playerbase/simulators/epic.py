"""Epic: the login page, tokens, tokenInfo and the published keys."""

import time
from functools import partial
from typing import Any

from playerbase.simulators import oauth, settings
from playerbase.simulators.web import Asked, Reply, Route, route, said
from playerbase.simulators.world import Grant, Person, World, seconds

NAME = "epic"
OAUTH = "/epic/epic/oauth/v2"
LIFE_SECONDS = 7_200


def id_claims(world: World, person: Person, nonce: str = "") -> dict[str, Any]:
    """What an ID token says of somebody."""
    now = seconds()
    claims = {
        "iss": f"{world.url}{OAUTH}", "aud": settings.EPIC_CLIENT_ID, "sub": person.id,
        "appid": settings.EPIC_APPLICATION_ID, "iat": now, "exp": now + LIFE_SECONDS, "dn": person.name,
        "pfpid": "simulated-product", "pfsid": "simulated-sandbox", "pfdid": "simulated-deployment",
        "pltfm": "other",
    }  # fmt: skip
    return {**claims, "nonce": nonce} if nonce else claims


def access_token(world: World, person: Person, client_id: str = settings.EPIC_CLIENT_ID) -> str:
    """An access token: signed by the same keys as an ID token, and marked as what it is."""
    epic = world.provider(NAME)
    claims = {**id_claims(world, person), "aud": client_id, "jti": epic.give_code(Grant(person.id, client_id))}
    token = epic.signer.sign(claims, header={"t": "epic_id"})
    epic.tokens[token] = Grant(person.id, client_id, ("basic_profile", "openid"))
    return token


def token(asked: Asked) -> Reply:
    """A code, or nothing but the client itself, for tokens."""
    epic = asked.world.provider(NAME)
    if not oauth.has_secret(NAME, asked):
        return _mistake(401, "invalid_client", "Sorry the client credentials you are using are invalid", 18033)
    kind = asked.form.get("grant_type")
    if kind == "client_credentials":
        # Its store is told to programs of a deployment alone.
        issued = epic.give_token(Grant("", settings.EPIC_CLIENT_ID, (asked.form.get("deployment_id", ""),)))
        return said({"access_token": issued, "token_type": "bearer", **_ends(), "client_id": settings.EPIC_CLIENT_ID})
    grant = oauth.redeem(NAME, asked) if kind == "authorization_code" else None
    if grant is None:
        return _mistake(400, "invalid_grant", "Sorry the authorization code you supplied was not found", 18059)
    person = epic.people[grant.person_id]
    return said(
        {
            "scope": " ".join(grant.scopes) or "basic_profile", "token_type": "bearer",
            "access_token": access_token(asked.world, person), "refresh_token": epic.give_token(grant),
            "id_token": epic.signer.sign(id_claims(asked.world, person, grant.nonce)), **_ends(),
            "account_id": person.id, "client_id": grant.client_id, "selected_account_id": person.id,
            "application_id": settings.EPIC_APPLICATION_ID, "merged_accounts": [],
        }
    )  # fmt: skip


def token_info(asked: Asked) -> Reply:
    """What a token stands for: flat, and whosever client asked for it."""
    grant = asked.world.provider(NAME).tokens.get(asked.form.get("token", ""))
    if grant is None:
        return said({"active": False})
    named = {"account_id": grant.person_id, "scope": " ".join(grant.scopes)} if grant.person_id else {}
    return said(
        {
            "active": True, "token_type": "bearer", **_ends(), **named, "client_id": grant.client_id,
            "application_id": settings.EPIC_APPLICATION_ID,
        }
    )  # fmt: skip


def keys(asked: Asked) -> Reply:
    """The published keys."""
    published = asked.world.provider(NAME).signer.published()["keys"]
    return said({"keys": [key for key in published if key["kty"] == "RSA"]})


def routes() -> list[Route]:
    """Where Epic answers."""
    return [
        route("GET", "/epic/id/authorize", partial(oauth.authorize, NAME)),
        route("GET", "/epic/choose", partial(oauth.choose, NAME)),
        route("POST", f"{OAUTH}/token", token, provider=NAME),
        route("POST", f"{OAUTH}/tokenInfo", token_info, provider=NAME),
        route("GET", f"{OAUTH}/.well-known/jwks.json", keys, provider=NAME),
    ]


def _ends() -> dict[str, object]:
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + LIFE_SECONDS))
    return {"expires_in": LIFE_SECONDS, "expires_at": at}


def _mistake(status: int, error: str, text: str, number: int) -> Reply:
    return said(
        {
            "errorCode": f"errors.com.epicgames.account.oauth.{error}", "errorMessage": text, "messageVars": [],
            "numericErrorCode": number, "originatingService": "com.epicgames.account.public", "intent": "prod",
            "error": error, "error_description": text,
        },
        status,
    )  # fmt: skip
