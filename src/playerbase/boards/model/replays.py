"""What a player did, and the rule by which a score follows from it: data, never code."""

from typing import Annotated

import msgspec

ACTIONS_MAX = 5_000  # Some 100 KB of a request; a game that has more sends what they add up to.

Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,31}$", examples=["coin"])]
Points = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """``[kind, milliseconds since the session began, amount]``."""

    kind: Name
    at_ms: Milliseconds
    amount: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of action is worth, and how often and how fast it can be done."""

    points: Points
    count_max: Annotated[int, msgspec.Meta(ge=1, le=ACTIONS_MAX)] = ACTIONS_MAX
    amount_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1
    apart_ms: Milliseconds = 0  # At least so long between two of this kind.


class ReplayRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a score follows from what was done.

    The score is ``base`` and the points of each action times its amount; what cannot have been done is implausible.
    """

    kinds: Annotated[dict[Name, Kind], msgspec.Meta(min_length=1, max_length=100)]
    base: Points = 0
    actions_max: Annotated[int, msgspec.Meta(ge=1, le=ACTIONS_MAX)] = ACTIONS_MAX
    apart_ms: Milliseconds = 0  # At least so long between any two.
    seconds_min: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0  # A whole game cannot be shorter.
    seconds_max: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 86_400
