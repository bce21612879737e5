"""The nouns of identity: players, the ways they are recognised, and what can be wrong with one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, NotFound, Refusal


class Status(StrEnum):
    """Whether a player may come in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    BANNED = "banned"


class Player(msgspec.Struct, frozen=True):
    """Somebody who plays; everything else about them hangs on the id."""

    player_id: UUID
    status: Status
    created_at: datetime
    seen_at: datetime


class Face(msgspec.Struct, frozen=True):
    """What the tokens of a player say of them: whether they may come in, and by which providers they can."""

    player_id: UUID
    status: Status
    providers: list[str]


class BanKind(StrEnum):
    """How grave it is: for a while, or meant for good."""

    SUSPENDED = "suspended"
    BANNED = "banned"


class Ban(msgspec.Struct, frozen=True):
    """A decision that a player may not come in: why, where (a game, or null for everywhere), and until when."""

    ban_id: UUID
    player_id: UUID
    kind: BanKind
    scope: str | None
    reason: str  # Told to the player.
    note: str  # For staff alone.
    by: str
    at: datetime
    until: datetime | None
    lapsed_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_why: str | None


class Barring(msgspec.Struct, frozen=True):
    """A decision on its way into the table."""

    kind: BanKind
    reason: str
    scope: str | None = None
    note: str = ""
    until: datetime | None = None


class Held(msgspec.Struct, frozen=True):
    """A player and whether they may come in."""

    player_id: UUID
    status: Status


class Tally(msgspec.Struct, frozen=True):
    """How many players were here, and how many were new."""

    active: int
    registered: int


class Arrival(msgspec.Struct, frozen=True):
    """Who a subject turned out to be, and whether they were made just now."""

    player_id: UUID
    is_new: bool
    status: Status


class Claim(msgspec.Struct, frozen=True):
    """An identity on its way in: who shall own the subject if nobody does."""

    subject: bytes
    player_id: UUID


class Known(msgspec.Struct, frozen=True):
    """A subject and its owner, and since when at least what is known of their last coming stands."""

    subject: bytes
    player_id: UUID
    status: Status
    touched_at: datetime


class Way(msgspec.Struct, frozen=True):
    """A way a player signs in; ``sealed`` is what the provider calls them, of use to who holds the keys."""

    provider: str
    subject: bytes
    linked_at: datetime
    last_used_at: datetime
    sealed: bytes | None


class StaleLabel(msgspec.Struct, frozen=True):
    """What a provider calls a player, sealed by a former secret."""

    player_id: UUID
    provider: str
    subject: bytes
    sealed: bytes


class Link(msgspec.Struct, frozen=True):
    """Something that happened to a player's ways of signing in."""

    link_id: UUID
    provider: str
    what: str
    by: str
    at: datetime


class MergeRequest(msgspec.Struct, frozen=True):
    """Somebody with two accounts, who asks for one; staff decides."""

    request_id: UUID
    asked_by: UUID
    owner_id: UUID
    provider: str
    state: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    why: str | None


class Weighed(msgspec.Struct, frozen=True):
    """What moving the way in of a request would mean: what moves, what its owner keeps, and what forbids it."""

    way: Way | None
    left: list[str]  # The providers its owner still signs in by.
    hindrance: Refusal | None


class IdentityTaken(Conflict):
    """This way of signing in already belongs to a player."""


class LinkedAlready(Conflict):
    """Another account of this provider is linked already; unlink it first."""


class NotLinked(NotFound):
    """No account of this provider is linked."""


class LastWay(Conflict):
    """This is the only way left to sign in; link another one first."""


class NoSuchRequest(NotFound):
    """There is no such request to merge."""


class MergeDecided(Conflict):
    """This request to merge was decided already."""


class MergeChanged(Conflict):
    """This request asks for something else by now; look at it once more."""


class MergeBarred(Conflict):
    """One of the two accounts is suspended or banned, everywhere or in a game; that is decided first."""


class IdentityGone(Conflict):
    """This way of signing in is no longer that of the account it was found on."""


class OwnerShutOut(Conflict):
    """The other account would be left without a way to sign in, and it is not empty."""


class PlayerGone(NotFound):
    """There is no such player."""


class NoSuchBan(NotFound):
    """There is no such suspension or ban of this player."""


class BanOver(Conflict):
    """This suspension or ban is over already."""
