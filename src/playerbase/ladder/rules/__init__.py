"""How ratings move, which regions there are, and what the end of a season does. Pure."""

from playerbase.ladder.rules.ratings import (
    DRAW,
    LOSS,
    RATING_INITIAL,
    RATING_MAX,
    RATING_MIN,
    TIERS,
    WIN,
    bands,
    clamped,
    expected_score,
    k_factor,
    moved,
    newcomer,
    score_of,
    settle,
    taken_back,
    tier,
)
from playerbase.ladder.rules.regions import REGIONS, region_of
from playerbase.ladder.rules.resets import carried, reset

__all__ = [
    "DRAW",
    "LOSS",
    "RATING_INITIAL",
    "RATING_MAX",
    "RATING_MIN",
    "REGIONS",
    "TIERS",
    "WIN",
    "bands",
    "carried",
    "clamped",
    "expected_score",
    "k_factor",
    "moved",
    "newcomer",
    "region_of",
    "reset",
    "score_of",
    "settle",
    "taken_back",
    "tier",
]
