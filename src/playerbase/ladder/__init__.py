"""The ladder: who is better than whom. Other modules import this package and nothing inside it."""

from playerbase.ladder.actions import archive, around, check_game, day_ends, final_tiers, standing, top
from playerbase.ladder.events import Settled
from playerbase.ladder.model import DayEnd, Move, Nearby, NoSuchGame, Rank, Rating, Tier
from playerbase.ladder.rules import RATING_INITIAL, expected_score, k_factor, settle, tier
from playerbase.ladder.store import distribution, moves_of, seasons_of

__all__ = [
    "RATING_INITIAL",
    "DayEnd",
    "Move",
    "Nearby",
    "NoSuchGame",
    "Rank",
    "Rating",
    "Settled",
    "Tier",
    "archive",
    "around",
    "check_game",
    "day_ends",
    "distribution",
    "expected_score",
    "final_tiers",
    "k_factor",
    "moves_of",
    "seasons_of",
    "settle",
    "standing",
    "tier",
    "top",
]
