"""Whether a save is plausible by what its game declares; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from playerbase.progression.model import FieldRule, Oddity, Tree
from playerbase.progression.rules.paths import ABSENT, at, is_number

HOURS_SAVED_MAX = 24  # What may be gained grows while nobody saves, as for who plays offline, but for a day at most.
_TYPES: Mapping[str, type | tuple[type, ...]] = {"text": str, "flag": bool, "list": list, "object": dict}


class Pace(NamedTuple):
    """How much a field may still grow, as of a moment in seconds."""

    left: float
    at: float


class Judgement(NamedTuple):
    """What is refused, what is only flagged, and the paces from here on."""

    refused: list[Oddity]
    flagged: list[Oddity]
    paces: dict[str, Pace]


def needs_before(fields: Sequence[FieldRule]) -> bool:
    """Whether judging takes what was saved before."""
    return any(rule.never_decreasing or rule.per_hour_max is not None for rule in fields)


def judge(
    fields: Sequence[FieldRule], before: Tree | None, after: Tree, paces: Mapping[str, Pace], now: datetime
) -> Judgement:
    """Hold a save against the rules; ``before`` is what it follows, None for the first of a slot.

    How fast a field may grow is a bucket: an hour's worth at first, filled by the hour, a day's worth at most. So in
    any span of hours it grows by what those allow and a day's worth, whatever is saved how often.
    """
    judgement = Judgement([], [], dict(paces))
    for rule in fields:
        was = ABSENT if before is None else at(before, rule.path)
        value = at(after, rule.path)
        found = [*_faults(rule, was, value), *_too_fast(rule, was, value, judgement.paces, now.timestamp())]
        (judgement.refused if rule.on_violation == "refuse" else judgement.flagged).extend(found)
    return judgement


def _faults(rule: FieldRule, was: Any, value: Any) -> list[Oddity]:
    if value is ABSENT:
        if rule.required:
            return [Oddity(rule.path, "missing", "This field is required")]
        if rule.never_decreasing and was is not ABSENT:
            return [Oddity(rule.path, "decreased", "This never decreases, and is gone")]
        return []
    if rule.type is not None and not _is_of(rule.type, value):
        return [Oddity(rule.path, "type", f"Expected {_ARTICLE[rule.type]}")]
    found: list[Oddity] = []
    measure = len(value) if isinstance(value, str | list | dict) else value
    if is_number(measure):
        if rule.min is not None and measure < rule.min:
            found.append(Oddity(rule.path, "below_minimum", f"Expected at least {rule.min}"))
        if rule.max is not None and measure > rule.max:
            found.append(Oddity(rule.path, "above_maximum", f"Expected at most {rule.max}"))
    if rule.never_decreasing and _is_less(value, was):
        found.append(Oddity(rule.path, "decreased", f"This never decreases, and was {was}"))
    return found


def _too_fast(rule: FieldRule, was: Any, value: Any, paces: dict[str, Pace], now: float) -> list[Oddity]:
    if rule.per_hour_max is None or not is_number(value):
        return []
    pace = paces.get(rule.path, Pace(float(rule.per_hour_max), now))
    passed = max(0.0, now - pace.at)
    left = min(HOURS_SAVED_MAX * rule.per_hour_max, pace.left + passed / 3_600 * rule.per_hour_max)
    grown = max(0, value - was) if is_number(was) else 0
    paces[rule.path] = Pace(max(0.0, left - grown), now)
    if grown <= left:
        return []
    message = f"This grows by at most {rule.per_hour_max:g} an hour, and grew by {grown} where {int(left)} were left"
    return [Oddity(rule.path, "too_fast", message)]


def _is_of(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return is_number(value) if kind == "number" else isinstance(value, _TYPES[kind])


def _is_less(value: Any, was: Any) -> bool:
    if is_number(value) and is_number(was):
        return bool(value < was)
    if isinstance(value, bool) and isinstance(was, bool):
        return was and not value
    return is_number(was) or (isinstance(was, bool) and was)  # It has become something that cannot be compared.


_ARTICLE = {
    "integer": "a whole number", "number": "a number", "text": "text", "flag": "true or false", "list": "a list",
    "object": "an object",
}  # fmt: skip
