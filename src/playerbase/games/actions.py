"""The verbs of games."""

import re

from playerbase.games import store
from playerbase.games.model import NAME_CHARACTERS_MAX, SLUG, Game, GameAlreadyExists, NoSuchGame, SlugNotAllowed
from playerbase.kit import clock
from playerbase.kit.db import Tx


async def create(tx: Tx, *, slug: str, name: str) -> Game:
    """Add a title; raises SlugNotAllowed, GameAlreadyExists."""
    assert 1 <= len(name) <= NAME_CHARACTERS_MAX
    if not re.fullmatch(SLUG, slug, re.ASCII):
        raise SlugNotAllowed
    game = await store.add(tx, slug, name, clock.now())
    if game is None:
        raise GameAlreadyExists(slug=slug)
    return game


async def change(tx: Tx, slug: str, *, name: str, status: str) -> Game:
    """Rename a title, retire it or take it up again; raises NoSuchGame."""
    assert 1 <= len(name) <= NAME_CHARACTERS_MAX
    assert status in {"active", "retired"}
    game = await store.save(tx, slug, name, status)
    if game is None:
        raise NoSuchGame(game=slug)
    return game
