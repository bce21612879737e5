"""Gifts as they are read and written."""

from typing import Any

import msgspec

from playerbase.rewards.model import Contents, GiftRow, Given, Part, Taken

_parts = msgspec.json.Decoder(list[Part])
_contents = msgspec.json.Decoder(Contents)
_taken = msgspec.json.Decoder(Taken)


def encoded(value: Any) -> str:
    """As it is kept."""
    return msgspec.json.encode(value).decode()


def contents_of(row: GiftRow) -> Contents:
    """What a gift held."""
    return _contents.decode(row.contents)


def parts_of(row: GiftRow) -> list[Part]:
    """What was promised."""
    return _parts.decode(row.parts)


def as_given(row: GiftRow) -> Given:
    """A gift as it was given."""
    return Given(
        row.gift_id, row.key, row.player_id, row.source, row.ref, parts_of(row), row.given_at, row.withheld,
        row.taken_at, row.taken_why, None if row.taken is None else _taken.decode(row.taken),
    )  # fmt: skip
