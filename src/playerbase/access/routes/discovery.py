"""Access over HTTP: what anybody needs who checks our tokens without asking us."""

import msgspec

from playerbase.access import actions
from playerbase.access.model import KEY_SCOPES
from playerbase.kit.http import ANYONE, Answer, Site, get

# Shorter than the time a key is published before it signs, and long enough that nobody asks per token.
JWKS_CACHE = (b"cache-control", b"public, max-age=300")


@get("//.well-known/jwks.json", policy=ANYONE, limit="open")
async def jwks(site: Site) -> Answer:
    """The public keys of access tokens (RFC 7517), those that will sign soon included."""
    keyring: actions.Keyring = site.lane(actions.Keyring)
    return Answer(msgspec.json.encode({"keys": await keyring.jwks(site.keys)}), headers=[JWKS_CACHE])


@get("//.well-known/openid-configuration", policy=ANYONE, limit="open")
async def openid_configuration(site: Site) -> Answer:
    """Where the keys are and what tokens look like, as OpenID Connect Discovery words it."""
    url = site.public_url
    told = {
        "issuer": url,
        "jwks_uri": f"{url}/.well-known/jwks.json",
        "token_endpoint": f"{url}/oauth/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": list(KEY_SCOPES),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "claims_supported": [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "jti",
            "client_id",
            "sid",
            "roles",
            "providers",
            "scope",
        ],
    }
    return Answer(msgspec.json.encode(told), headers=[JWKS_CACHE])
