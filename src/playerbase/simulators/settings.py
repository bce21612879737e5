"""What the simulators are called by, and how API and worker are told of them."""

from collections.abc import Mapping

# Made up, and worth nothing anywhere else.
STEAM_KEY = "simulated-publisher-key"
STEAM_APP_ID = 480
STEAM_IDENTITY = "playerbase"
EPIC_CLIENT_ID = "simulated-epic-client"
EPIC_APPLICATION_ID = "simulated-epic-application"
TWITCH_CLIENT_ID = "simulatedtwitchclient"
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
