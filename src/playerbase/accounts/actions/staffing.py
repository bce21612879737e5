"""What staff sees of the ways a player signs in, and may take away."""

from uuid import UUID

from playerbase import access, audit, federation, identity
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.actions.linking import FIXED, label_of
from playerbase.accounts.actions.standing_by import let_go
from playerbase.accounts.events import IdentityUnlinked
from playerbase.accounts.model import Identity, NotUnlinked
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request
from playerbase.kit.outbox import emit


async def identities(db: Db, keys: Keys, player_id: UUID) -> list[Identity]:
    """Every way a player signs in, the oldest first: by the provider's name for them, never by its id."""
    return [identity_of(keys, player_id, way) for way in await identity.ways(db, player_id)]


def identity_of(keys: Keys, player_id: UUID, way: identity.Way) -> Identity:
    """One of them."""
    _, name = label_of(keys, player_id, way)
    return Identity(way.provider, name, way.linked_at, way.last_used_at, way.provider not in FIXED)


async def unlink_for(tx: Tx, request: Request, player_id: UUID, provider: str, why: str) -> None:
    """Take a way of signing in from a player, who is told by letter; what is signed in by it is signed out.

    Under the lock and by the count of the player's own unlink, so that a way stays whoever else takes one at the same
    moment. Raises NotUnlinked, ReauthRequired, NotLinked, LastWay.
    """
    if provider in FIXED:
        raise NotUnlinked(provider=provider)
    await access.check_fresh(tx, request.caller)
    await identity.unlink(tx, player_id, provider, by=staff_name(request))
    if provider == federation.TWITCH:
        await let_go(tx, request.site.keys, player_id)
    ended = await access.end_sessions_by(tx, player_id, provider)
    await emit(tx, IdentityUnlinked(player_id=player_id, provider=provider))
    await post(tx, request.site.keys, Kind.UNLINKED, player_id=player_id, provider=provider)
    deed = audit.deed(
        request, "identity_unlinked", "player", player_id, reason=why, before={"provider": provider},
        after={"ended": ended},
    )  # fmt: skip
    await audit.record(tx, deed)


def staff_name(request: Request) -> str:
    """What a member of staff is called in a player's history of links."""
    return f"staff:{request.caller.player_id}"
