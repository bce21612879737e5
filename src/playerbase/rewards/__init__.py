"""Rewards: what was given, for what, once. Other modules import this package and nothing inside it."""

from playerbase.rewards.actions import (
    check,
    count_withheld,
    gifts,
    give,
    given,
    read,
    shown,
    suggestions,
    take_back,
    titles_of,
    written,
)
from playerbase.rewards.events import RewardGiven, RewardTakenBack
from playerbase.rewards.model import Gift, Given, Part, Taken

__all__ = [
    "Gift",
    "Given",
    "Part",
    "RewardGiven",
    "RewardTakenBack",
    "Taken",
    "check",
    "count_withheld",
    "gifts",
    "give",
    "given",
    "read",
    "shown",
    "suggestions",
    "take_back",
    "titles_of",
    "written",
]
