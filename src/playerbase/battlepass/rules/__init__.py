"""The pure decisions of the battle pass: what is earned, which tier that is, and what may be claimed."""

from playerbase.battlepass.rules.claiming import Place, claimable, excess
from playerbase.battlepass.rules.counting import Deed, Share, award_ref, counted, period_of, shares
from playerbase.battlepass.rules.curves import (
    Difference,
    TierFault,
    differences,
    faults,
    holding,
    last,
    never_worse,
    tier_at,
    usual,
)
from playerbase.battlepass.rules.earning import capped, catch_up, earned, result
from playerbase.battlepass.rules.files import Format, LineFault, as_csv, as_json, as_words, parts_of, read

__all__ = [
    "Deed",
    "Difference",
    "Format",
    "LineFault",
    "Place",
    "Share",
    "TierFault",
    "as_csv",
    "as_json",
    "as_words",
    "award_ref",
    "capped",
    "catch_up",
    "claimable",
    "counted",
    "differences",
    "earned",
    "excess",
    "faults",
    "holding",
    "last",
    "never_worse",
    "parts_of",
    "period_of",
    "read",
    "result",
    "shares",
    "tier_at",
    "usual",
]
