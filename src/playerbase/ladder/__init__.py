"""The ladder: who is better than whom. Other modules import this package and nothing inside it."""

from playerbase.ladder.actions import around, standing, top
from playerbase.ladder.events import Settled
from playerbase.ladder.model import Move, Nearby, Rank, Rating, Tier
from playerbase.ladder.rules import RATING_INITIAL, expected_score, k_factor, settle, tier
from playerbase.ladder.store import distribution, moves_of

__all__ = [
    "RATING_INITIAL",
    "Move",
    "Nearby",
    "Rank",
    "Rating",
    "Settled",
    "Tier",
    "around",
    "distribution",
    "expected_score",
    "k_factor",
    "moves_of",
    "settle",
    "standing",
    "tier",
    "top",
]
