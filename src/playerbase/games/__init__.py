"""Games: the titles of a studio, which everything that is played, sold or ranked names by slug."""

from playerbase.games.actions import change, create
from playerbase.games.model import Game, GameAlreadyExists, NoSuchGame, SlugNotAllowed
from playerbase.games.store import game, games

__all__ = ["Game", "GameAlreadyExists", "NoSuchGame", "SlugNotAllowed", "change", "create", "game", "games"]
