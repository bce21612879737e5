"""Shapes many answers share."""

from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; the cursor leads to the next, null at the end."""

    items: list[T]
    next_cursor: str | None
