"""The inventory's doors to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.inventory.model import Entitlement, Settings, Source, Spot, State, WornRow
from playerbase.kit.db import Db, Tx, sql


class NewEntitlement(msgspec.Struct, frozen=True):
    """An entitlement on its way in."""

    entitlement_id: UUID
    player_id: UUID
    item_id: UUID
    quantity: int
    expires_at: datetime | None
    source: Source
    source_ref: str
    part: int
    metadata: str


class StackRow(msgspec.Struct, frozen=True):
    """Where what is stacked last came from."""

    player_id: UUID
    item_id: UUID
    source: Source
    source_ref: str


class StackSeen(msgspec.Struct, frozen=True):
    """Since when somebody has had a stack, and where it last came from."""

    item_id: UUID
    acquired_at: datetime
    source: str
    source_ref: str


class Ended(msgspec.Struct, frozen=True):
    """How an entitlement stands after something was taken from it."""

    entitlement_id: UUID
    quantity: int
    revoked: int
    state: State
    ended_at: datetime | None
    ended_why: str


class Count(msgspec.Struct, frozen=True):
    """How many of an item a player has."""

    player_id: UUID
    item_id: UUID
    quantity: int


class Holders(msgspec.Struct, frozen=True):
    """How many players have an item."""

    item_id: UUID
    count: int


class Taken(msgspec.Struct, frozen=True):
    """Somebody's slot that was emptied."""

    player_id: UUID
    game: str | None
    character_id: UUID | None
    slot: str


class SlotRow(msgspec.Struct, frozen=True):
    """A place for one thing, as it lies in its table; its metadata is JSON."""

    game: str | None
    slot: str
    name: str
    accepts: str
    metadata: str


class Mark(msgspec.Struct, frozen=True):
    """Which state of what somebody has this is: what was changed, and what has expired since."""

    player_id: UUID
    version: int
    lapsed: int


class Thing(msgspec.Struct, frozen=True):
    """An entitlement as a list shows it."""

    entitlement_id: UUID
    item_id: UUID
    quantity: int
    acquired_at: datetime
    expires_at: datetime | None
    source: Source
    source_ref: str
    metadata: str
    is_equipped: bool


class Consumption(msgspec.Struct, frozen=True):
    """Something used up, as it lies in its table."""

    consumption_id: UUID
    player_id: UUID
    item_id: UUID
    quantity: int
    remaining: int
    transaction_id: UUID | None
    effect: str
    reason: str
    by: str
    scope: str
    key: str
    fingerprint: bytes
    at: datetime


class Part(msgspec.Struct, frozen=True):
    """How many of a consumption came from which entitlement."""

    consumption_id: UUID
    entitlement_id: UUID
    quantity: int


class Tally(msgspec.Struct, frozen=True):
    """How many entitlements a player has, and how many slots are filled with them."""

    things: int
    worn: int


class HappeningRow(msgspec.Struct, frozen=True):
    """Something that became of a player's things: granted, consumed, expired or revoked."""

    at: datetime
    kind: str
    item_id: UUID
    quantity: int
    detail: str


class Due(msgspec.Struct, frozen=True):
    """An entitlement whose time is over, and whose it is."""

    entitlement_id: UUID
    player_id: UUID


@sql
async def lock_owners(tx: Tx, player_ids: list[UUID]) -> list[UUID]: ...
@sql
async def add_owners(tx: Tx, player_ids: list[UUID]) -> None: ...
@sql
async def touch_owners(tx: Tx, player_ids: list[UUID]) -> list[UUID]: ...
@sql
async def add_entitlements(tx: Tx, entitlements: list[NewEntitlement], now: datetime) -> list[UUID]: ...
@sql
async def granted(
    db: Db, player_ids: list[UUID], item_ids: list[UUID], sources: list[str], refs: list[str], parts: list[int]
) -> list[Entitlement]: ...
@sql
async def note_stacks(tx: Tx, stacks: list[StackRow], now: datetime) -> list[UUID]: ...
@sql
async def counts(db: Db, player_ids: list[UUID], item_ids: list[UUID], now: datetime) -> list[Count]: ...
@sql
async def active_by_id(db: Db, player_ids: list[UUID], entitlement_ids: list[UUID]) -> list[Entitlement]: ...
@sql
async def active_from(db: Db, player_id: UUID, source: str, source_ref: str) -> list[Entitlement]: ...
@sql
async def end(tx: Tx, ended: list[Ended]) -> None: ...
@sql
async def empty_slots_of(tx: Tx, entitlement_ids: list[UUID]) -> list[Taken]: ...
@sql
async def marks(db: Db, player_ids: list[UUID], now: datetime) -> list[Mark]: ...
@sql
async def things(
    db: Db,
    player_id: UUID,
    item_ids: list[UUID] | None,
    is_equipped: bool | None,  # noqa: FBT001 - a door takes what its statement names, by position
    before: UUID,
    now: datetime,
    count: int,
) -> list[Thing]: ...
@sql
async def items_of(db: Db, player_id: UUID) -> list[UUID]: ...
@sql
async def stacks_of(db: Db, player_id: UUID, item_ids: list[UUID]) -> list[StackSeen]: ...
@sql
async def of_items(db: Db, player_ids: list[UUID], item_ids: list[UUID]) -> list[Entitlement]: ...
@sql
async def consumptions_known(
    db: Db, player_ids: list[UUID], scopes: list[str], keys: list[str]
) -> list[Consumption]: ...
@sql
async def log_consumptions(tx: Tx, rows: list[Consumption]) -> None: ...
@sql
async def log_parts(tx: Tx, parts: list[Part]) -> None: ...
@sql
async def consumptions_of(db: Db, player_id: UUID, before: UUID, count: int) -> list[Consumption]: ...
@sql
async def settings(db: Db) -> Settings: ...
@sql
async def lock_settings(tx: Tx) -> Settings: ...
@sql
async def save_settings(tx: Tx, settings: Settings) -> None: ...
@sql
async def slots(db: Db) -> list[SlotRow]: ...
@sql
async def slot(db: Db, game: str | None, slot: str) -> SlotRow | None: ...
@sql
async def save_slot(tx: Tx, row: SlotRow) -> None: ...
@sql
async def drop_slot(tx: Tx, game: str | None, slot: str) -> bool | None: ...
@sql
async def worn(
    db: Db, player_id: UUID, game: str | None, character_id: UUID | None, now: datetime
) -> list[WornRow]: ...
@sql
async def count_worn(db: Db, player_id: UUID) -> int: ...
@sql
async def wear(tx: Tx, player_id: UUID, spot: Spot, entitlement_id: UUID, now: datetime) -> None: ...
@sql
async def take_off(tx: Tx, player_id: UUID, spot: Spot) -> UUID | None: ...
@sql
async def undress(tx: Tx, character_ids: list[UUID]) -> list[Taken]: ...
@sql
async def due(db: Db, now: datetime, count: int) -> list[Due]: ...
@sql
async def holders(db: Db, now: datetime) -> list[Holders]: ...
@sql
async def tally(db: Db, player_id: UUID, now: datetime) -> Tally: ...
@sql
async def happenings(db: Db, player_id: UUID, before: datetime, count: int) -> list[HappeningRow]: ...
