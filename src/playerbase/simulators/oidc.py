"""An OpenID Connect provider as the specification has it: discovery, login page, tokens, userinfo and keys."""

from functools import partial
from typing import Any

from playerbase.simulators import oauth, settings
from playerbase.simulators.web import Asked, Reply, Route, route, said
from playerbase.simulators.world import Grant, Person, World, seconds

NAME = "oidc"
LIFE_SECONDS = 3_600


def id_claims(world: World, person: Person, nonce: str = "") -> dict[str, Any]:
    """What an ID token says of somebody."""
    now = seconds()
    claims = {
        "iss": f"{world.url}/oidc", "aud": settings.OIDC_CLIENT_ID, "sub": person.id, "iat": now,
        "exp": now + LIFE_SECONDS, "name": person.name, "email": person.email,
        "email_verified": person.email_verified,
    }  # fmt: skip
    return {**claims, "nonce": nonce} if nonce else claims


def access_token(world: World, person: Person, client_id: str = settings.OIDC_CLIENT_ID) -> str:
    """An access token, which says nothing of itself."""
    return world.provider(NAME).give_token(Grant(person.id, client_id, ("openid",)))


def configuration(asked: Asked) -> Reply:
    """Discovery 1.0."""
    url = f"{asked.world.url}/oidc"
    return said(
        {
            "issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/userinfo", "jwks_uri": f"{url}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"], "scopes_supported": ["openid", "profile", "email"],
        }
    )  # fmt: skip


def token(asked: Asked) -> Reply:
    """A code for tokens."""
    provider = asked.world.provider(NAME)
    if not oauth.has_secret(NAME, asked):
        return said({"error": "invalid_client"}, 401)
    if asked.form.get("grant_type") != "authorization_code":
        return said({"error": "unsupported_grant_type"}, 400)
    grant = oauth.redeem(NAME, asked)
    if grant is None:
        return said({"error": "invalid_grant"}, 400)
    person = provider.people[grant.person_id]
    return said(
        {
            "access_token": access_token(asked.world, person), "token_type": "Bearer", "expires_in": LIFE_SECONDS,
            "scope": " ".join(grant.scopes),
            "id_token": provider.signer.sign(id_claims(asked.world, person, grant.nonce)),
        }
    )  # fmt: skip


def userinfo(asked: Asked) -> Reply:
    """The claims of whoever the token belongs to."""
    provider = asked.world.provider(NAME)
    grant = provider.tokens.get(oauth.bearer(asked))
    if grant is None:
        return Reply("", 401, headers={"www-authenticate": 'Bearer error="invalid_token"'})
    return said(id_claims(asked.world, provider.people[grant.person_id]))


def keys(asked: Asked) -> Reply:
    """The published keys, of both kinds."""
    return said(asked.world.provider(NAME).signer.published())


def routes() -> list[Route]:
    """Where it answers."""
    return [
        route("GET", "/oidc/.well-known/openid-configuration", configuration, provider=NAME),
        route("GET", "/oidc/authorize", partial(oauth.authorize, NAME)),
        route("GET", "/oidc/choose", partial(oauth.choose, NAME)),
        route("POST", "/oidc/token", token, provider=NAME),
        route("GET", "/oidc/userinfo", userinfo, provider=NAME),
        route("GET", "/oidc/keys", keys, provider=NAME),
    ]
