"""The nouns of games, and their refusals."""

from datetime import datetime

import msgspec

from playerbase.kit.errors import Conflict, Fault, NotFound

SLUG = r"^[a-z][a-z0-9-]{1,31}$"
NAME_CHARACTERS_MAX = 100


class Game(msgspec.Struct, frozen=True):
    """A title; its slug is its name in paths, keys and events, and never changes."""

    slug: str
    name: str
    created_at: datetime
    status: str = "active"  # Or retired.


class GameAlreadyExists(Conflict):
    """There is a game with this slug already."""


class NoSuchGame(NotFound):
    """There is no such game."""


class SlugNotAllowed(Fault):
    """A slug is 2 to 32 lower-case letters, digits and hyphens, and begins with a letter."""

    def __init__(self) -> None:
        super().__init__("slug", self.code, self.title())
