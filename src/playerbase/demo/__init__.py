"""Real matches, replayed through the public API like any game server would report them."""

from playerbase.demo.fixtures import Fixture, fixtures
from playerbase.demo.replay import replay

__all__ = ["Fixture", "fixtures", "replay"]
