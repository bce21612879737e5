"""What lists show."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

# A moment that is written once and kept in that form: a kept list is not looked through again for each who reads it.
Written = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
TypeWord = Literal["durable", "consumable"]


class Search(msgspec.Struct, frozen=True):
    """Which of what somebody has is wanted; None asks for all."""

    game: str | None = None  # What belongs to this game, and to the whole platform.
    type: TypeWord | None = None
    slot: str | None = None
    equipped: bool | None = None
    q: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether all of it is wanted."""
        return self == Search()


class Owned(msgspec.Struct, frozen=True):
    """Something somebody has: an entitlement, or (without one) a stack."""

    entitlement_id: UUID | None
    item_id: UUID
    item: str
    name: str
    type: str
    game: str | None
    cosmetic: str | None
    rarity: str
    slot: str | None
    preview: str | None
    quantity: int
    acquired_at: Written
    expires_at: Written | None
    source: str
    source_ref: str
    equipped: bool
    metadata: msgspec.Raw


class Worn(msgspec.Struct, frozen=True):
    """What is worn in a slot."""

    slot: str
    game: str | None
    character_id: UUID | None
    entitlement_id: UUID
    item_id: UUID
    item: str
    name: str
    cosmetic: str | None
    rarity: str
    preview: str | None
    equipped_at: Written


class Loadout(msgspec.Struct, frozen=True):
    """Everything worn: as many slots at most as the settings allow."""

    items: list[Worn]
