"""Merging, plausibility, and how saves lie in their rows; pure."""

from playerbase.progression.rules.declaring import fault_in
from playerbase.progression.rules.judging import Judgement, Pace, judge, needs_before
from playerbase.progression.rules.merging import Merged, merge
from playerbase.progression.rules.packing import fingerprint, packed, unpacked
from playerbase.progression.rules.paths import differences

__all__ = [
    "Judgement",
    "Merged",
    "Pace",
    "differences",
    "fault_in",
    "fingerprint",
    "judge",
    "merge",
    "needs_before",
    "packed",
    "unpacked",
]
