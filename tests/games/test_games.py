"""Games, through their front door."""

import pytest

from playerbase import games
from playerbase.kit import clock
from playerbase.kit.db import Tx


async def test_a_game_is_found_by_its_slug(tx: Tx) -> None:
    made = await games.create(tx, slug="star-rally", name="Star Rally")

    assert await games.game(tx, "star-rally") == made
    assert (made.slug, made.name) == ("star-rally", "Star Rally")
    assert abs((made.created_at - clock.now()).total_seconds()) < 60
    assert await games.game(tx, "no-such") is None


async def test_games_are_listed_by_slug(tx: Tx) -> None:
    before = len(await games.games(tx))
    await games.create(tx, slug="zz-last", name="Last")
    await games.create(tx, slug="aa-first", name="First")

    listed = [game.slug for game in await games.games(tx)]

    assert listed == sorted(listed)
    assert len(listed) == before + 2


async def test_a_slug_is_taken_once(tx: Tx) -> None:
    await games.create(tx, slug="star-rally", name="Star Rally")

    with pytest.raises(games.GameAlreadyExists):
        await games.create(tx, slug="star-rally", name="Another")


@pytest.mark.parametrize("slug", ["", "a", "A1", "1a", "-a", "a_b", "ä-b", "a" * 33, "ab\n", "a b", "a٣"])
async def test_slugs_are_plain(tx: Tx, slug: str) -> None:
    with pytest.raises(games.SlugNotAllowed) as refused:
        await games.create(tx, slug=slug, name="Odd")

    assert refused.value.members["errors"] == [
        {"field": "slug", "code": "slug_not_allowed", "message": games.SlugNotAllowed.title()}
    ]
