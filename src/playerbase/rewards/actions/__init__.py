"""The verbs of rewards."""

from playerbase.rewards.actions.checking import check, faults
from playerbase.rewards.actions.giving import give
from playerbase.rewards.actions.looking import (
    LAST_ID,
    count_withheld,
    gift,
    gifts,
    gifts_before,
    given,
    sources,
    titles_of,
    withheld,
)
from playerbase.rewards.actions.taking import retry, take_back
from playerbase.rewards.actions.wording import read, shown, suggestions, written

__all__ = [
    "LAST_ID",
    "check",
    "count_withheld",
    "faults",
    "gift",
    "gifts",
    "gifts_before",
    "give",
    "given",
    "read",
    "retry",
    "shown",
    "sources",
    "suggestions",
    "take_back",
    "titles_of",
    "withheld",
    "written",
]
