"""Holding owners: whoever counts or changes what somebody has does so while nobody else does."""

from collections.abc import Collection, Iterable
from uuid import UUID

from playerbase.inventory import store
from playerbase.kit.db import Tx, after_commit

KNOWN_MAX = 200_000  # Players whose row is known to be there: some 25 MB; beyond that the memory begins anew.
_known: set[UUID] = set()


async def hold(tx: Tx, player_ids: Iterable[UUID]) -> None:
    """Hold what these players have, to the end of the transaction: before any stock, and before the ledger.

    They must be players. One statement, but for those who come for the first time.
    """
    wanted = sorted(set(player_ids))
    if not wanted:
        return
    if not _known.issuperset(wanted):
        # Before any is locked: who waits here for somebody else's new row holds nothing that one could wait for.
        await store.add_owners(tx, wanted)
    held = await store.lock_owners(tx, wanted)
    if len(held) < len(wanted):
        # Known from a database that was put back since.
        await store.add_owners(tx, wanted)
        await store.lock_owners(tx, wanted)
    after_commit(tx, lambda: _remember(wanted))


async def touch(tx: Tx, player_ids: Collection[UUID]) -> None:
    """Say that what these players have is not what it was; they must be held."""
    if player_ids:
        touched = await store.touch_owners(tx, sorted(set(player_ids)))
        assert len(touched) == len(set(player_ids)), "hold() comes before any change"


def _remember(player_ids: Collection[UUID]) -> None:
    if len(_known) + len(player_ids) > KNOWN_MAX:
        _known.clear()
    _known.update(player_ids)
