"""The first start: an operator, a demo game and a key for it."""

import secrets
import string
from typing import Final

from msgspec.structs import replace

from playerbase import access, audit, games, identity, profiles
from playerbase.accounts.model import Bootstrapped
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Tx

EMAIL: Final = "operator@playerbase.local"
NAME: Final = "Operator"
PASSWORD_CHARACTERS: Final = 20
DEMO: Final = "demo"
# Nothing that is easily mistaken for something else when it is typed from a screen.
KINDS: Final = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=.:")


async def bootstrap(tx: Tx, keys: Keys, *, env: str = "dev") -> Bootstrapped | None:
    """What a new installation needs before anybody can do anything; None if there is an admin already.

    Made once however many processes start together. The clear values are returned this once and stored nowhere.
    """
    if not await access.begin_staff(tx):
        return None
    password = _password()
    hashed = await access.hash_new_password(keys, password, email=EMAIL, display_name=NAME)
    player_id = await identity.create(tx)
    await access.add_password(tx, keys, player_id, email=EMAIL, password_hash=hashed, is_given=True)
    await profiles.create(tx, player_id, NAME)
    by = audit.Deed(actor_kind="system", actor_id="bootstrap", action="")
    await access.set_roles(tx, player_id, ["admin"], by=by)
    if await games.game(tx, DEMO) is None:
        await games.create(tx, slug=DEMO, name="Demo")
    key = await access.create_api_key(
        tx, name="Demo game server", env=env, game=DEMO, scopes=[*access.KEY_SCOPES], by=by
    )
    return Bootstrapped(EMAIL, password, key.secret)


async def renew_operator(tx: Tx, keys: Keys, email: str) -> str:
    """A new password for who works here and has lost theirs, in clear this once.

    All their sessions end, and their second factor with them. For the command line, whose user can read the
    database anyway. Raises NoSuchAccount.
    """
    password = _password()
    hashed = await access.hash_new_password(keys, password, email=EMAIL, display_name=NAME)
    player_id = await access.replace_password(tx, keys, access.normal_email(email), hashed)
    # A phone may be lost with the password; whoever runs this could delete the row anyway, and this way it is told.
    had_factor = await access.drop_factor(tx, player_id)
    await access.end_sessions(tx, player_id, "password_changed")
    deed = audit.Deed(
        actor_kind="system", actor_id="command", action="authn_password_change", player_id=player_id,
        target_kind="player", target_id=player_id,
    )  # fmt: skip
    gone = [replace(deed, action="second_factor_disabled", reason="command")] if had_factor else []
    await audit.record_all(tx, [deed, *gone])
    return password


def _password() -> str:
    """Twenty characters of every kind, about 119 bits."""
    everything = "".join(KINDS)
    while True:
        made = "".join(secrets.choice(everything) for _ in range(PASSWORD_CHARACTERS))
        # It begins and ends with a letter or digit, so that a double click takes all of it and no sentence ends it.
        if all(any(char in kind for char in made) for kind in KINDS) and {made[0], made[-1]} <= set(_PLAIN):
            return made


_PLAIN: Final = string.ascii_letters + string.digits
