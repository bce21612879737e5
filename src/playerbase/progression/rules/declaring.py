"""Whether what a game declares can hold; pure."""

from collections.abc import Sequence

from playerbase.kit.errors import Refusal
from playerbase.progression.model import FieldRule, PathTwice, RuleUnfit

_COUNTED = {None, "integer", "number"}
_BELOW = {*_COUNTED, "object"}
_MEASURED = {*_COUNTED, "text", "list", "object"}


def fault_in(fields: Sequence[FieldRule]) -> Refusal | None:
    """The first thing wrong with these rules together, or None."""
    seen: set[str] = set()
    for position, rule in enumerate(fields):
        if rule.path in seen:
            return PathTwice(position)
        seen.add(rule.path)
        for name, message, is_wrong in _checks(rule):
            if is_wrong:
                return RuleUnfit(position, name, message)
    return None


def _checks(rule: FieldRule) -> list[tuple[str, str, bool]]:
    """What can be wrong with a rule by itself: the field, why, and whether it is."""
    kind, is_bounded = rule.type, rule.min is not None or rule.max is not None
    bound = "min" if rule.min is not None else "max"
    is_reversed = rule.min is not None and rule.max is not None and rule.min > rule.max
    is_counting = rule.merge in {"max", "min", "sum"}
    return [
        ("merge", "Lists and objects are united", rule.merge == "union" and kind not in {None, "list", "object"}),
        ("merge", "Numbers are compared and added, below an object too", is_counting and kind not in _BELOW),
        (bound, "A flag has no bounds", is_bounded and kind not in _MEASURED),
        ("min", "The least is above the most", is_reversed),
        ("per_hour_max", "Numbers grow", rule.per_hour_max is not None and kind not in _COUNTED),
        ("never_decreasing", "Numbers and flags decrease", rule.never_decreasing and kind not in {*_COUNTED, "flag"}),
    ]
