"""The verbs of titles: earned, worn, and taken away."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.profiles import rules, store
from playerbase.profiles.model import EarnedTitle, TitleNotEarned


async def award_titles(tx: Tx, earned: Sequence[tuple[UUID, str]]) -> None:
    """Let players wear these titles, of at most 50 characters; who has one already keeps it as it is."""
    await store.award_titles(tx, [player_id for player_id, _ in earned], [title for _, title in earned], clock.now())


async def withdraw_titles(tx: Tx, lost: Sequence[tuple[UUID, str]]) -> None:
    """Take titles away; whoever wears one of them wears the first one again."""
    # In the order of their ids, as everybody who holds several profiles takes them.
    ordered = sorted(lost)
    player_ids, titles = [player_id for player_id, _ in ordered], [title for _, title in ordered]
    await store.withdraw_titles(tx, player_ids, titles)
    await store.take_off_titles(tx, player_ids, titles, rules.FIRST_TITLE, clock.now())


async def titles_of(db: Db, player_id: UUID, after: str, count: int) -> list[EarnedTitle]:
    """The titles a player may wear besides the first one, by name."""
    return await store.titles_of(db, player_id, after, count)


async def check_earned(db: Db, player_id: UUID, title: str) -> None:
    """Raises TitleNotEarned."""
    if not await store.has_title(db, player_id, title):
        raise TitleNotEarned


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
        tx, players, [titles[each] or rules.FIRST_TITLE for each in players],
        [before.get(each, "") for each in players], clock.now(),
    )  # fmt: skip
