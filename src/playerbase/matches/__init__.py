"""Matches: what a game server reports was played. Other modules import this package and nothing inside it."""

from playerbase.matches.actions import report, void
from playerbase.matches.events import MatchCompleted, MatchVoided
from playerbase.matches.model import Match, MatchReportedOtherwise, Performance, Report
from playerbase.matches.store import after, of_player, recent, tally_since

__all__ = [
    "Match",
    "MatchCompleted",
    "MatchReportedOtherwise",
    "MatchVoided",
    "Performance",
    "Report",
    "after",
    "of_player",
    "recent",
    "report",
    "tally_since",
    "void",
]
