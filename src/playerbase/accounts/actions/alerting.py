"""Letters that tell an owner how signing in to their account has changed: whoever did it, they should know."""

from typing import Final
from uuid import UUID

from playerbase import access
from playerbase.access import Opening
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.model import way_name
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Tx

FACTOR_ON: Final = "A second factor was switched on for your account: signing in now asks for a code of an app."
FACTOR_OFF: Final = "The second factor of your account was switched off: signing in no longer asks for a code."
CODES_MADE: Final = "New recovery codes were made for your account; the old ones are worth nothing now."


async def alert(tx: Tx, keys: Keys, player_id: UUID, what: str) -> None:
    """Have the owner written to if this transaction commits; who has no address learns of it in the portal alone."""
    await post(tx, keys, Kind.WAYS_CHANGED, player_id=player_id, what=what)


def linked(provider: str) -> str:
    """The sentence for a provider by which somebody can sign in now."""
    return f"{way_name(provider)} was linked to your account: it is a way to sign in now."


def unlinked(provider: str) -> str:
    """The sentence for one by which nobody can any more."""
    return f"{way_name(provider)} was unlinked from your account: it is no longer a way to sign in."


async def tell_of_device(tx: Tx, keys: Keys, opening: Opening) -> None:
    """Have the owner written to about a device that has not been in their account before."""
    device, way = access.device_label(opening.device), way_name(opening.method)
    what = f"{device} has not been in your account before, and has just signed in. The way it came in: {way}."
    await post(tx, keys, Kind.NEW_DEVICE, player_id=opening.player_id, what=what)
