"""A new token for a new state of the catalog, and word of it."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.catalog import store
from playerbase.catalog.events import CatalogChanged
from playerbase.kit import ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit

NAMED_MAX = 500  # In one event.
_turns = 0
_edited = metrics.Counter("catalog_edited", "Items and categories made or changed.", ["kind"])


def turns() -> int:
    """How often this process changed the catalog: what it remembered as present before is not."""
    return _turns


async def turn(tx: Tx) -> UUID:
    """Give the catalog a new token; whoever does so holds its row to the end of the transaction, so do it last."""
    version = ids.uuid7()
    await store.turn_version(tx, version)
    after_commit(tx, _note)
    return version


async def tell(tx: Tx, items: Sequence[str], categories: Sequence[str]) -> UUID:
    """Say that these were changed, and give the catalog a new token."""
    version = await turn(tx)
    after_commit(tx, lambda: _count(len(items), len(categories)))
    for at in range(0, max(len(items), len(categories), 1), NAMED_MAX):
        some, shelves = list(items[at : at + NAMED_MAX]), list(categories[at : at + NAMED_MAX])
        await emit(tx, CatalogChanged(version=version, items=some, categories=shelves))
    return version


def _count(items: int, categories: int) -> None:
    _edited.labels("item").inc(items)
    _edited.labels("category").inc(categories)


def _note() -> None:
    global _turns  # noqa: PLW0603 - one memory a process
    _turns += 1
