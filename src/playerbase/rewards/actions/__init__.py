"""The verbs of rewards."""

from playerbase.rewards.actions.checking import check, faults
from playerbase.rewards.actions.giving import give
from playerbase.rewards.actions.looking import gift, gifts, given, titles_of, withheld
from playerbase.rewards.actions.taking import retry, take_back

__all__ = ["check", "faults", "gift", "gifts", "give", "given", "retry", "take_back", "titles_of", "withheld"]
