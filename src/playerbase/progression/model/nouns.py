"""Saves: slots, their versions, and wishes to change them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

Slot = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{0,31}$", examples=["default"])]
GameSlug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 2)]
Device = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["Steam Deck"])]
# Moments beside a save's own data are text here: what is in that is handed on as it came, moments included.
Moment = Annotated[
    str, msgspec.Meta(extra_json_schema={"format": "date-time", "examples": ["2026-11-20T18:00:00.000Z"]})
]
Content = Annotated[msgspec.Raw, msgspec.Meta(extra_json_schema={"type": "object", "examples": [{"level": 7}]})]
Tree = dict[str, Any]
SaveKind = Literal["save", "merge", "restore"]


class Spot(msgspec.Struct, frozen=True, order=True):
    """A slot of a player in a game."""

    player_id: UUID
    game: str
    slot: str


class Head(msgspec.Struct, frozen=True):
    """Where a slot stands, as it lies in its row; ``paces`` is JSON."""

    player_id: UUID
    game: str
    slot: str
    version: int
    saved_at: datetime
    window_at: datetime
    window_saves: int
    paces: str | None


class Row(msgspec.Struct, frozen=True):
    """A version as it lies in its row."""

    player_id: UUID
    game: str
    slot: str
    version: int
    base_version: int
    kind: str
    size: int
    fingerprint: bytes
    device: str
    saved_by: str
    saved_at: datetime
    data: bytes


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a slot: save this, merge this into what is there, or restore a version.

    ``base_version`` is the one they have seen, 0 for none.
    """

    spot: Spot
    kind: SaveKind
    base_version: int
    by: str
    fingerprint: bytes  # Of the content and of who sent it: the same again is the same wish.
    data: Tree = {}
    body: bytes = b"{}"  # The data as JSON.
    of_version: int = 0
    device: str = ""
    is_staff: bool = False
    traceparent: str = ""


class Oddity(msgspec.Struct, frozen=True):
    """A field that broke a rule: which, and how."""

    field: str
    rule: str
    message: str


class Saved(msgspec.Struct, frozen=True):
    """Where a slot stands now; ``data`` where it is not what was sent; ``flagged`` are fields somebody looks at."""

    game: str
    slot: str
    version: int
    saved_at: Moment
    kind: str
    flagged: list[str] = []
    data: Content | msgspec.UnsetType = msgspec.UNSET


class Save(msgspec.Struct, frozen=True):
    """What is in a slot, or was at a version."""

    game: str
    slot: str
    version: int
    base_version: int
    kind: str
    bytes: int
    device: str
    saved_by: str
    saved_at: Moment
    data: Content


class SlotSeen(msgspec.Struct, frozen=True):
    """A slot in a list."""

    game: str
    slot: str
    version: int
    bytes: int
    device: str
    saved_by: str
    saved_at: datetime


class VersionSeen(msgspec.Struct, frozen=True):
    """A version in the history of a slot."""

    version: int
    base_version: int
    kind: str
    bytes: int
    device: str
    saved_by: str
    saved_at: datetime


class Flag(msgspec.Struct, frozen=True):
    """A save that broke a rule which lets pass and asks somebody to look."""

    flag_id: UUID
    player_id: UUID
    game: str
    slot: str
    version: int
    field: str
    rule: str
    message: str
    at: datetime
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


class Difference(msgspec.Struct, frozen=True):
    """A field that two saves do not agree on: added, removed or changed, from one to the other."""

    path: str
    kind: str
    before: Any
    after: Any


class Swept(msgspec.Struct, frozen=True):
    """How far a sweep got, and how many versions went."""

    player_id: UUID
    game: str
    slot: str
    removed: int
