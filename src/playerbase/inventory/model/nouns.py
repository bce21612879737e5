"""What players have, how they came by it, and what of it they wear."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

Value = str | int | float | bool | list[str]
QUANTITY_MAX = 1_000_000  # Of one thing in one step, as the catalog bounds what one may have.


class Source(StrEnum):
    """How somebody came by a thing."""

    ORDER = "order"
    BATTLE_PASS = "battle_pass"  # noqa: S105 - a season, not a secret
    DROP = "drop"
    GRANT = "grant"
    PLATFORM = "platform"


class State(StrEnum):
    """Whether somebody has a thing, or how it went."""

    ACTIVE = "active"
    CONSUMED = "consumed"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """So many of an item for a player. The same source, reference, item and part is the same grant for good."""

    player_id: UUID
    item_id: UUID
    source: Source
    source_ref: str
    quantity: int = 1
    part: int = 0  # Tells apart several grants of one item under one reference.
    expires_at: datetime | None = None
    metadata: dict[str, Value] = {}


class Entitlement(msgspec.Struct, frozen=True):
    """Something that somebody has or had; ``quantity`` is what is left, ``metadata`` JSON."""

    entitlement_id: UUID
    player_id: UUID
    item_id: UUID
    granted: int
    quantity: int
    revoked: int
    acquired_at: datetime
    expires_at: datetime | None
    source: Source
    source_ref: str
    part: int
    state: State
    ended_at: datetime | None
    ended_why: str
    metadata: str


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    """What to take back from a player: one entitlement, or what came from a source, all of it or of one item.

    ``quantity`` bounds how many are taken; None is all that is left.
    """

    player_id: UUID
    reason: str
    entitlement_id: UUID | None = None
    source: Source | None = None
    source_ref: str | None = None
    item_id: UUID | None = None
    quantity: int | None = None


class Revoked(msgspec.Struct, frozen=True):
    """What was taken back: how the entitlement stands now, and how many it lost."""

    entitlement: Entitlement
    quantity: int


class Slot(msgspec.Struct, frozen=True):
    """A place for one thing: it takes items that name ``accepts``, and are meant for what its metadata says."""

    game: str | None
    slot: str
    name: str
    accepts: str
    metadata: dict[str, Value]


class Wearable(msgspec.Struct, frozen=True):
    """What of an item decides where it may be worn."""

    game: str | None
    slot: str | None
    metadata: dict[str, Value]


class Spot(msgspec.Struct, frozen=True):
    """Where something is worn: a slot of a game (or everywhere), of a character (or of none in particular)."""

    game: str | None
    character_id: UUID | None
    slot: str


class WornRow(msgspec.Struct, frozen=True):
    """Something worn, as it lies in its table."""

    game: str | None
    character_id: UUID | None
    slot: str
    entitlement_id: UUID
    item_id: UUID
    equipped_at: datetime


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of the inventory."""

    worn_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=5_000,
            title="Filled slots of one player",
            description="Over all games and characters: a loadout is read whole.",
        ),
    ] = 500
    slots_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=2_000,
            title="Slots",
            description="That are more than their name; beyond, no game means them all.",
        ),
    ] = 200
