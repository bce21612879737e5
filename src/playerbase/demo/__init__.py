"""Real matches, replayed through the public API like any game server would report them; a few people, money, a shop."""

from playerbase.demo.calendar import calendar
from playerbase.demo.duels import duels
from playerbase.demo.fixtures import Fixture, fixtures
from playerbase.demo.goods import goods
from playerbase.demo.money import money
from playerbase.demo.passes import passes
from playerbase.demo.people import EMAIL, people
from playerbase.demo.purchases import purchases
from playerbase.demo.replay import replay
from playerbase.demo.saving import saving
from playerbase.demo.scores import scores
from playerbase.demo.shopping import shopping
from playerbase.demo.things import things

__all__ = [
    "EMAIL", "Fixture", "calendar", "duels", "fixtures", "goods", "money", "passes", "people", "purchases", "replay",
    "saving", "scores", "shopping", "things",
]  # fmt: skip
