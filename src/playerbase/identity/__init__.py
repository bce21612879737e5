"""Players, and the identities they sign in with: who somebody is, whatever name they come by."""

from playerbase.identity.actions import (
    arrive,
    create,
    existing,
    find,
    hold,
    link,
    player,
    players,
    providers,
    seen,
    set_status,
    tally_since,
)
from playerbase.identity.model import Arrival, IdentityTaken, Player, PlayerGone, Status, Tally

__all__ = [
    "Arrival",
    "IdentityTaken",
    "Player",
    "PlayerGone",
    "Status",
    "Tally",
    "arrive",
    "create",
    "existing",
    "find",
    "hold",
    "link",
    "player",
    "players",
    "providers",
    "seen",
    "set_status",
    "tally_since",
]
