"""What the simulators are called by, and how API and worker are told of them."""

from collections.abc import Mapping

from playerbase.simulators import made_up

# Made up, and worth nothing anywhere else.
STEAM_KEY = "simulated-publisher-key"
STEAM_APP_ID = 480
STEAM_IDENTITY = "playerbase"
EPIC_CLIENT_ID = "simulated-epic-client"
EPIC_APPLICATION_ID = "simulated-epic-application"
EPIC_SANDBOX = "simulated-sandbox"
EPIC_DEPLOYMENT = "simulated-deployment"
TWITCH_CLIENT_ID = "simulatedtwitchclient"
APPLE_BUNDLE_ID = "com.example.simulated"
APPLE_APP_ID = 1234567890
APPLE_ISSUER_ID = "57246542-96fe-1a63-e053-0824d011072a"
APPLE_KEY_ID = "2X9R4HXF34"
APPLE_ROOT_SHA256 = "87352b463be6417c3967af8ecdfc25e586f44515f778e43ae1f52d6dd8f350dd"
GOOGLE_PLAY_PACKAGE = "com.example.simulated"
GOOGLE_PLAY_EMAIL = "playerbase@simulated.iam.gserviceaccount.com"
GOOGLE_PUSH_AUDIENCE = "playerbase-simulated-push"
GOOGLE_PUSH_EMAIL = "push@simulated.iam.gserviceaccount.com"
SHOPIFY_SHOP = "simulated.myshopify.com"
SHOPIFY_ACCESS_TOKEN = "shpat_simulated"  # noqa: S105 - see above
SHOPIFY_SECRET = "shpss_simulated"  # noqa: S105 - see above
OIDC_NAME = "simulated"
OIDC_CLIENT_ID = "simulated-oidc-client"
CLIENT_SECRET = "simulated-secret"  # noqa: S105 - see above


def surroundings(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that lead to simulators at this address, of each provider for which nothing real is set."""
    simulated = (
        {
            "STEAM_WEB_API_KEY": STEAM_KEY, "STEAM_APP_ID": str(STEAM_APP_ID),
            "STEAM_API_URL": f"{url}/steam", "STEAM_COMMUNITY_URL": f"{url}/steam", "STEAM_PAYMENTS": "sandbox",
        },
        {
            "EPIC_CLIENT_ID": EPIC_CLIENT_ID, "EPIC_CLIENT_SECRET": CLIENT_SECRET, "EPIC_URL": f"{url}/epic",
            "EPIC_STORE_SANDBOX": EPIC_SANDBOX, "EPIC_STORE_DEPLOYMENT": EPIC_DEPLOYMENT,
        },
        {
            "APPLE_BUNDLE_ID": APPLE_BUNDLE_ID, "APPLE_APP_ID": str(APPLE_APP_ID), "APPLE_ENVIRONMENT": "Sandbox",
            "APPLE_ISSUER_ID": APPLE_ISSUER_ID, "APPLE_KEY_ID": APPLE_KEY_ID, "APPLE_KEY": made_up.APPLE_KEY,
            "APPLE_URL": f"{url}/apple", "APPLE_ROOT_SHA256": APPLE_ROOT_SHA256,
        },
        {
            "GOOGLE_PLAY_PACKAGE": GOOGLE_PLAY_PACKAGE, "GOOGLE_PLAY_EMAIL": GOOGLE_PLAY_EMAIL,
            "GOOGLE_PLAY_KEY": made_up.GOOGLE_KEY, "GOOGLE_URL": f"{url}/google",
            "GOOGLE_PUSH_AUDIENCE": GOOGLE_PUSH_AUDIENCE, "GOOGLE_PUSH_EMAIL": GOOGLE_PUSH_EMAIL,
        },
        {
            "SHOPIFY_SHOP": SHOPIFY_SHOP, "SHOPIFY_ACCESS_TOKEN": SHOPIFY_ACCESS_TOKEN,
            "SHOPIFY_WEBHOOK_SECRETS": SHOPIFY_SECRET, "SHOPIFY_URL": f"{url}/shopify",
        },
        {
            "TWITCH_CLIENT_ID": TWITCH_CLIENT_ID, "TWITCH_CLIENT_SECRET": CLIENT_SECRET,
            "TWITCH_URL": f"{url}/twitch",
        },
        {
            "OIDC_PROVIDERS": OIDC_NAME, "OIDC_SIMULATED_ISSUER": f"{url}/oidc",
            "OIDC_SIMULATED_CLIENT_ID": OIDC_CLIENT_ID, "OIDC_SIMULATED_CLIENT_SECRET": CLIENT_SECRET,
        },
    )  # fmt: skip
    found: dict[str, str] = {}
    for settings in simulated:
        # One real setting, and the provider is the real one: half of each would only confuse.
        if not any(environ.get(name) for name in settings):
            found |= settings
    return found
