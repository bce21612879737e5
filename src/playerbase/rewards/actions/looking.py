"""Looking at what was given."""

from datetime import datetime
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.rewards import store
from playerbase.rewards.actions.reading import as_given
from playerbase.rewards.model import Given, NoSuchGift

LAST_ID = UUID(int=2**128 - 1)
TITLES_MAX = 200


async def gift(db: Db, gift_id: UUID) -> Given:
    """One gift; raises NoSuchGift."""
    row = await store.gift(db, gift_id)
    if row is None:
        raise NoSuchGift
    return as_given(row)


async def given(db: Db, keys: list[str]) -> dict[str, Given]:
    """What was given under these keys; keys never used are left out."""
    return {row.key: as_given(row) for row in await store.known(db, keys)}


async def gifts(
    db: Db, *, player_id: UUID | None = None, source: str | None = None, ref: str | None = None,
    before: UUID | None = None, count: int = 50,
) -> list[Given]:  # fmt: skip
    """Gifts, the latest first: of a player, from a source, for something, or all."""
    return [as_given(row) for row in await store.page(db, player_id, source, ref, before or LAST_ID, count)]


async def gifts_before(db: Db, player_id: UUID, before: datetime, count: int) -> list[Given]:
    """What a player was given before a moment, the latest first."""
    return [as_given(row) for row in await store.of_player_before(db, player_id, before, count)]


async def withheld(db: Db, *, before: UUID | None = None, count: int = 50) -> list[Given]:
    """Gifts of which the ledger did not take what it counts, the latest first."""
    return [as_given(row) for row in await store.withheld(db, before or LAST_ID, count)]


async def titles_of(db: Db, player_id: UUID) -> list[str]:
    """The titles a player has won and still has, each once, the latest first."""
    return await store.titles_of(db, player_id, TITLES_MAX)


async def count_withheld(db: Db) -> int:
    """Of how many gifts the ledger did not take what it counts."""
    return await store.count_withheld(db)


async def sources(db: Db) -> list[str]:
    """Who has given anything yet."""
    return await store.sources(db)
