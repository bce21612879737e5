"""Twitch: the login page, tokens, validate, userinfo, revoke and the published keys."""

from functools import partial
from typing import Any

from playerbase.simulators import oauth, settings
from playerbase.simulators.web import Asked, Reply, Route, route, said
from playerbase.simulators.world import Grant, Person, World, seconds

NAME = "twitch"
OAUTH = "/twitch/oauth2"
LIFE_SECONDS = 14_124


def id_claims(world: World, person: Person, nonce: str = "") -> dict[str, Any]:
    """What an ID token says of somebody, asked for the claims about their address."""
    now = seconds()
    claims = {
        "iss": f"{world.url}{OAUTH}", "aud": settings.TWITCH_CLIENT_ID, "azp": settings.TWITCH_CLIENT_ID,
        "sub": person.id, "iat": now, "exp": now + LIFE_SECONDS, "preferred_username": person.name,
        "email": person.email, "email_verified": person.email_verified,
    }  # fmt: skip
    return {**claims, "nonce": nonce} if nonce else claims


def access_token(world: World, person: Person, client_id: str = settings.TWITCH_CLIENT_ID) -> str:
    """A user's access token, made for a client."""
    return world.provider(NAME).give_token(Grant(person.id, client_id, ("openid", "user:read:email")))


def token(asked: Asked) -> Reply:
    """A code, or nothing but the client itself, for tokens; `scope` is a list, as at no other provider."""
    twitch, form = asked.world.provider(NAME), asked.form
    if form.get("client_id") != settings.TWITCH_CLIENT_ID:
        return said({"status": 400, "message": "invalid client"}, 400)
    if form.get("client_secret") != settings.CLIENT_SECRET:
        return said({"status": 403, "message": "invalid client secret"}, 403)
    if form.get("grant_type") == "client_credentials":
        issued = twitch.give_token(Grant("", settings.TWITCH_CLIENT_ID))
        return said({"access_token": issued, "expires_in": LIFE_SECONDS, "token_type": "bearer"})
    if form.get("grant_type") == "refresh_token":
        return _renewed(asked)
    grant = oauth.redeem(NAME, asked) if form.get("grant_type") == "authorization_code" else None
    if grant is None:
        return said({"status": 400, "message": "Invalid authorization code"}, 400)
    person = twitch.people[grant.person_id]
    answer = {
        "access_token": access_token(asked.world, person), "refresh_token": twitch.give_refresh(grant),
        "expires_in": LIFE_SECONDS, "scope": list(grant.scopes), "token_type": "bearer",
    }  # fmt: skip
    if "openid" in grant.scopes:
        answer["id_token"] = twitch.signer.sign(id_claims(asked.world, person, grant.nonce))
    return said(answer)


def _renewed(asked: Asked) -> Reply:
    """A refresh token for the next tokens; the one before stays good, as does whoever did not hear of the next."""
    twitch = asked.world.provider(NAME)
    grant = twitch.refreshes.get(asked.form.get("refresh_token", ""))
    if grant is None:
        return said({"error": "Bad Request", "status": 400, "message": "Invalid refresh token"}, 400)
    answer = {
        "access_token": access_token(asked.world, twitch.people[grant.person_id]),
        "refresh_token": twitch.give_refresh(grant), "expires_in": LIFE_SECONDS, "scope": list(grant.scopes),
        "token_type": "bearer",
    }  # fmt: skip
    return said(answer)


def validate(asked: Asked) -> Reply:
    """Whose token this is and for whom; an application's own names no user."""
    twitch = asked.world.provider(NAME)
    grant = twitch.tokens.get(oauth.bearer(asked))
    if grant is None:
        return said({"status": 401, "message": "invalid access token"}, 401)
    user = {"login": twitch.people[grant.person_id].name, "user_id": grant.person_id} if grant.person_id else {}
    scopes = list(grant.scopes)
    return said({"client_id": grant.client_id, **user, "scopes": scopes, "expires_in": LIFE_SECONDS})


def userinfo(asked: Asked) -> Reply:
    """The claims of whoever the token belongs to."""
    twitch = asked.world.provider(NAME)
    grant = twitch.tokens.get(oauth.bearer(asked))
    if grant is None or not grant.person_id:
        return said({"status": 401, "message": "invalid access token"}, 401)
    return said(id_claims(asked.world, twitch.people[grant.person_id]))


def revoke(asked: Asked) -> Reply:
    """End a token."""
    if asked.form.get("client_id") != settings.TWITCH_CLIENT_ID:
        return said({"status": 400, "message": "invalid client"}, 400)
    gone = asked.world.provider(NAME).tokens.pop(asked.form.get("token", ""), None)
    return Reply() if gone else said({"status": 400, "message": "Invalid token"}, 400)


def keys(asked: Asked) -> Reply:
    """The published keys."""
    published = asked.world.provider(NAME).signer.published()["keys"]
    return said({"keys": [{**key, "alg": "RS256", "use": "sig"} for key in published if key["kty"] == "RSA"]})


def routes() -> list[Route]:
    """Where Twitch answers."""
    return [
        route("GET", f"{OAUTH}/authorize", partial(oauth.authorize, NAME)),
        route("GET", "/twitch/choose", partial(oauth.choose, NAME)),
        route("POST", f"{OAUTH}/token", token, provider=NAME),
        route("GET", f"{OAUTH}/validate", validate, provider=NAME),
        route("GET", f"{OAUTH}/userinfo", userinfo, provider=NAME),
        route("POST", f"{OAUTH}/revoke", revoke, provider=NAME),
        route("GET", f"{OAUTH}/keys", keys, provider=NAME),
    ]
