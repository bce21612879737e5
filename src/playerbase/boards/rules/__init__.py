"""How boards are ordered, scores combined and replayed, and standings sealed. Pure: no clock, no dice, no database."""

from playerbase.boards.rules import prize_lines
from playerbase.boards.rules.merging import Standing, combined, is_plausible, remaining
from playerbase.boards.rules.order import in_milliseconds, line, member, merged, percentile, place, shard, window
from playerbase.boards.rules.prizes import paid_ranks, prize_of
from playerbase.boards.rules.replaying import doubts, replayed, unsound
from playerbase.boards.rules.tree import BLOCK, leaf, leaf_text, path, root, root_by

__all__ = [
    "BLOCK",
    "Standing",
    "combined",
    "doubts",
    "in_milliseconds",
    "is_plausible",
    "leaf",
    "leaf_text",
    "line",
    "member",
    "merged",
    "paid_ranks",
    "path",
    "percentile",
    "place",
    "prize_lines",
    "prize_of",
    "remaining",
    "replayed",
    "root",
    "root_by",
    "shard",
    "unsound",
    "window",
]
