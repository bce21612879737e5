"""The nouns of identity: players, the ways they are recognised, and what can be wrong with one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, NotFound


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
    """A subject and its owner."""

    subject: bytes
    player_id: UUID
    status: Status


class IdentityTaken(Conflict):
    """This way of signing in already belongs to a player."""


class PlayerGone(NotFound):
    """There is no such player."""
