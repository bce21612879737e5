"""Real matches, replayed through the public API like any game server would report them, and a few people."""

from playerbase.demo.fixtures import Fixture, fixtures
from playerbase.demo.people import EMAIL, people
from playerbase.demo.replay import replay

__all__ = ["EMAIL", "Fixture", "fixtures", "people", "replay"]
