"""The nouns of friends: pairs of players, what is asked between them, and blocks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Denied, Exhausted, Fault, NotFound

FRIENDS_MAX = 500  # No setting goes beyond it: boards of friends are read whole.


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator decides about friends; each holds from the next request on."""

    friends_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=FRIENDS_MAX,
            title="Friends of one player",
            description="More than anybody knows; and a board of friends asks for all of them at once.",
        ),
    ] = 200
    requests_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=1_000,
            title="Open requests of one player",
            description="Whoever asks everybody is advertising.",
        ),
    ] = 50
    blocks_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=10_000,
            title="Blocks of one player",
            description="Room for a whole community that attacks somebody.",
        ),
    ] = 1_000
    request_days: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=365,
            title="Days a request stands",
            description="After that nobody remembers who asked; it can be asked again.",
        ),
    ] = 30
    asks_again_hours: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=8_760,
            title="Hours until one may ask again",
            description="After a refusal, so that no is no for today.",
        ),
    ] = 24


class Pair(msgspec.Struct, frozen=True):
    """Two players as they stand to one another; the lesser id is ``one_id``."""

    one_id: UUID
    other_id: UUID
    request_id: UUID
    state: str  # asked, friends, apart
    asked_by: UUID
    asked_at: datetime
    declined_at: datetime | None
    since: datetime | None
    one_blocks: datetime | None
    other_blocks: datetime | None

    def beside(self, player_id: UUID) -> UUID:
        """The other of the two."""
        return self.other_id if player_id == self.one_id else self.one_id

    def blocks(self, player_id: UUID) -> datetime | None:
        """Since when this one of the two blocks the other."""
        return self.one_blocks if player_id == self.one_id else self.other_blocks


class Beside(msgspec.Struct, frozen=True):
    """Somebody in one of a player's lists, since when, and by which request they came there."""

    player_id: UUID
    request_id: UUID
    at: datetime


class Friend(msgspec.Struct, frozen=True):
    """A friend, and since when."""

    player_id: UUID
    display_name: str
    since: datetime


class FriendRequest(msgspec.Struct, frozen=True):
    """What one player asked another, and what became of it: asked, friends, or apart."""

    request_id: UUID
    from_player_id: UUID
    to_player_id: UUID
    state: str
    asked_at: datetime


class RequestSeen(msgspec.Struct, frozen=True):
    """A request in a list: the other one of the two."""

    request_id: UUID
    player_id: UUID
    display_name: str
    asked_at: datetime


class Blocked(msgspec.Struct, frozen=True):
    """Somebody a player blocks, and since when."""

    player_id: UUID
    display_name: str
    since: datetime


class Tally(msgspec.Struct, frozen=True):
    """How many friends, requests and blocks a player has."""

    friends: int
    asking: int
    asked: int
    blocks: int


class OnlyWithOthers(Fault):
    """Nobody is their own friend, and nobody blocks themselves."""

    def __init__(self) -> None:
        super().__init__("player_id", "yourself", self.title())


class NoSuchFriendRequest(NotFound):
    """There is no such request any more."""


class RequestsNotAccepted(Denied):
    """This player takes no friend requests."""


class YouBlockThem(Conflict):
    """You block this player; unblock them first."""


class DeclinedLately(Conflict):
    """They declined not long ago; ask again later."""


class TooManyFriends(Exhausted):
    """You have as many friends as there may be."""

    status = 409


class TheyHaveTooManyFriends(Exhausted):
    """This player has as many friends as there may be."""

    status = 409


class TooManyRequestsOpen(Exhausted):
    """As many of your requests as there may be are not answered yet."""

    status = 409


class TooManyBlocks(Exhausted):
    """You block as many players as there may be."""

    status = 409
