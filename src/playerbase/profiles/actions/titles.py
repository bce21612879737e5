"""The titles that profiles show."""

from collections.abc import Mapping
from uuid import UUID

from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.profiles import store

TITLE_INITIAL = "Rookie"


async def show_titles(
    tx: Tx, titles: Mapping[UUID, str | None], *, instead_of: Mapping[UUID, str] | None = None
) -> None:
    """Have these profiles show a title, or (None) the one everybody begins with.

    Where one is named that it takes the place of, only if that is the one shown. Whoever calls sees to it that no two
    do so for the same players at once in different order.
    """
    if not titles:
        return
    players = sorted(titles)
    before = instead_of or {}
    await store.show_titles(
        tx, players, [titles[each] or TITLE_INITIAL for each in players], [before.get(each, "") for each in players],
        clock.now(),
    )  # fmt: skip
