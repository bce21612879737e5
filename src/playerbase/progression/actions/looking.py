"""Reading saves: what is in a slot, its history, and what two versions differ in."""

from datetime import datetime
from uuid import UUID

from msgspec import Raw

from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.progression import rules, store
from playerbase.progression.actions.deciding import tree_of
from playerbase.progression.model import (
    Difference,
    NoSuchSave,
    NoSuchVersion,
    Row,
    Save,
    SlotSeen,
    Spot,
    VersionSeen,
)

DIFFERENCES_MAX = 500
NEWEST = 2**31 - 1


async def load(db: Db, spot: Spot) -> Save:
    """What is in a slot; raises NoSuchSave."""
    row = await store.head(db, spot)
    if row is None:
        raise NoSuchSave(current_version=0)
    return shown(row)


async def load_version(db: Db, spot: Spot, version: int) -> Save:
    """What was in a slot at a version; raises NoSuchVersion."""
    return shown(await _version(db, spot, version))


async def slots(db: Db, player_id: UUID, game: str | None, after: tuple[str, str], count: int) -> list[SlotSeen]:
    """A player's slots by game and name, after that one: of a game, or of all."""
    if game is None:
        return await store.slots_of(db, player_id, *after, count=count)
    return await store.slots_in(db, player_id, game, after[1], count)


async def history(db: Db, spot: Spot, before: int, count: int) -> list[VersionSeen]:
    """The versions of a slot that are kept, before that one, latest first."""
    return await store.history(db, spot, before, count)


async def compared(db: Db, spot: Spot, before: int, after: int) -> list[Difference]:
    """What is different from one version to the other, so many fields at most; raises NoSuchVersion."""
    one, other = await _version(db, spot, before), await _version(db, spot, after)
    return rules.differences(tree_of(one), tree_of(other), DIFFERENCES_MAX)


async def latest(db: Db, player_id: UUID, before: datetime, count: int) -> list[Row]:
    """A player's slots by when they were saved, latest first, without what is in them."""
    return await store.latest_saves(db, player_id, before, count)


async def _version(db: Db, spot: Spot, version: int) -> Row:
    rows = await store.versions(db, [spot], [version])
    if not rows:
        raise NoSuchVersion
    return rows[0]


def shown(row: Row) -> Save:
    """A version as it is answered."""
    return Save(
        row.game, row.slot, row.version, row.base_version, row.kind, row.size, row.device, row.saved_by,
        clock.rfc3339(row.saved_at), Raw(rules.unpacked(row.data)),
    )  # fmt: skip
