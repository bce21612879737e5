"""The same of the portal, and of what Twitch gave us."""

from tests.mutations.mutation import Mutation

TWITCH_TESTS = "accounts/test_twitch.py"

CHECKS = (
    Mutation(
        "twitch: an old answer ends what is new",
        "accounts/actions/standing_by.py",
        "        if not await federation.drop_grant(tx, held):\n            return\n",
        "        await federation.drop_grant(tx, held)\n",
        TWITCH_TESTS,
    ),
    Mutation(
        "twitch: our own mistake",
        "federation/actions/twitch.py",
        'if "client" in _message(answer.body):',
        "if False:",
        TWITCH_TESTS,
    ),
    Mutation(
        "twitch: anybody's token",
        "federation/actions/grants.py",
        "if validated.user_id != granted.user_id:",
        "if False:",
        TWITCH_TESTS,
    ),
    Mutation(
        "address: in clear",
        "accounts/actions/changing.py",
        "rules.masked(box.email)",
        "box.email",
        "portal/test_address.py",
    ),
    Mutation(
        "history: where staff sits",
        "portal/pages/telling.py",
        'if entry.actor_kind == "staff" and',
        "if False and",
        "portal/test_history.py",
    ),
)
