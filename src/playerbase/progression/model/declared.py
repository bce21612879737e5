"""What a game declares of its saves."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

FIELDS_MAX = 200
BYTES_MAX = 900_000  # Below what a request may carry, with room for what is around it.

# Names with dots between, from the top of the save: stats.gold.
Path = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^.\s\x00-\x1f]{1,64}(\.[^.\s\x00-\x1f]{1,64}){0,7}$", max_length=200, examples=["stats.gold"]
    ),
]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Real = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Kind = Literal["integer", "number", "text", "flag", "list", "object"]
Merge = Literal["last", "first", "max", "min", "sum", "union"]
Undeclared = Literal["last", "first", "ask"]


class FieldRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What merging and plausibility mean for one field; ``merge`` holds for whatever lies below it, too.

    ``last`` is the side that comes now and ``first`` the one that is there, where both changed it; ``sum`` adds what
    both sides added since they parted. Of a text or list the bounds are of its length.
    """

    path: Path
    type: Kind | None = None
    merge: Merge = "last"
    min: Whole | Real | None = None
    max: Whole | Real | None = None
    per_hour_max: Annotated[float, msgspec.Meta(gt=0, le=1e15)] | None = None
    never_decreasing: bool = False
    required: bool = False
    on_violation: Literal["refuse", "flag"] = "refuse"


class Quotas(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much one player may keep in a game."""

    # More than anybody plays at a time; each may hold as many versions as it may.
    slots_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    # What a long role-playing game writes as JSON; screenshots and replays belong into files.
    bytes_max: Annotated[int, msgspec.Meta(ge=256, le=BYTES_MAX)] = 65_536
    # To find the evening before something went wrong; the oldest beyond it go.
    versions_max: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 50
    # A version that nobody missed for a season is not missed; the latest stays for good.
    history_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 90
    # Of one slot: a save every second is more than any game needs, and as much as one device should cost.
    saves_per_minute: Annotated[int, msgspec.Meta(ge=1, le=6_000)] = 60


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that a game declares: quotas, rules of fields, and what holds for fields that none is about."""

    quotas: Quotas = Quotas()
    fields: Annotated[list[FieldRule], msgspec.Meta(max_length=FIELDS_MAX)] = []
    # Of what both sides changed and no rule is about: the side that comes, the one that is there, or neither by itself.
    undeclared: Undeclared = "last"
    # Whether players restore by themselves: not where that would undo a loss they are to bear.
    players_restore: bool = True


class Declaration(msgspec.Struct, frozen=True):
    """What a game declares, since when and by whom; version 0 is what holds before anybody has declared anything."""

    game: str
    version: int
    quotas: Quotas
    fields: list[FieldRule]
    undeclared: Undeclared
    players_restore: bool
    changed_by: str
    changed_at: datetime | None


class DeclarationRow(msgspec.Struct, frozen=True):
    """A declaration as it lies in its table; its body is JSON."""

    game: str
    version: int
    body: str
    changed_by: str
    changed_at: datetime
