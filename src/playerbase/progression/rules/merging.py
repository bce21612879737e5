"""Merging two saves against the one they parted at; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from playerbase.progression.model import FieldRule, Tree, Undeclared
from playerbase.progression.rules.paths import ABSENT, is_number, same


class Merged(NamedTuple):
    """What came of it, and the fields that nothing settles."""

    data: Tree
    unsettled: list[str]


class Unknown:
    """The value of a field before both sides changed it, where that is kept no more."""


UNKNOWN = Unknown()


def merge(
    fields: Sequence[FieldRule], undeclared: Undeclared, base: Tree | None, mine: Tree, theirs: Tree
) -> Merged:  # fmt: skip
    """What both sides come to: ``mine`` comes now, ``theirs`` is there, and ``base`` is what both began with.

    A field that one side alone changed is that side's. A rule holds for what lies below its path. Without a base
    (None: kept no more) nobody can say who changed a field, nor what a sum had been: such sums are unsettled.
    """
    merging = _Merging({rule.path: rule.merge for rule in fields}, undeclared)
    data = merging.join("", None, UNKNOWN if base is None else base, mine, theirs)
    return Merged(data, merging.unsettled)


class _Merging:
    """One merge under way."""

    def __init__(self, rules: Mapping[str, str], undeclared: Undeclared) -> None:
        self._rules, self._undeclared = rules, undeclared
        self.unsettled: list[str] = []

    def join(self, path: str, inherited: str | None, base: Any, mine: Any, theirs: Any) -> Any:
        rule = self._rules.get(path, inherited)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            return self._join_fields(path, rule, base, mine, theirs)
        if rule in {"max", "min"} and is_number(mine) and is_number(theirs):
            return (max if rule == "max" else min)(theirs, mine)
        if rule in {"max", "min", "union"} and ABSENT in (mine, theirs):
            return theirs if mine is ABSENT else mine  # What was reached is not lost by a side that knew nothing of it.
        if rule == "sum" and _may_be_added(mine, theirs):
            return self._add(path, base, mine, theirs)
        if rule == "union" and isinstance(mine, list) and isinstance(theirs, list):
            return _united(theirs, mine)
        return self._choose(path, rule, base, mine, theirs)

    def _join_fields(self, path: str, rule: str | None, base: Any, mine: Tree, theirs: Tree) -> Tree:
        joined: Tree = {}
        for name in [*theirs, *(name for name in mine if name not in theirs)]:
            was = UNKNOWN if base is UNKNOWN else base.get(name, ABSENT) if isinstance(base, dict) else ABSENT
            within = f"{path}.{name}" if path else name
            value = self.join(within, rule, was, mine.get(name, ABSENT), theirs.get(name, ABSENT))
            if value is not ABSENT:
                joined[name] = value
        return joined

    def _add(self, path: str, base: Any, mine: Any, theirs: Any) -> Any:
        """The base and what each side added to it; whatever was there before either counts once."""
        if base is UNKNOWN:
            if not same(mine, theirs):
                self.unsettled.append(path)
            return theirs
        was = base if is_number(base) else 0
        return sum(each for each in (mine, theirs) if each is not ABSENT) - was * (ABSENT not in (mine, theirs))

    def _choose(self, path: str, rule: str | None, base: Any, mine: Any, theirs: Any) -> Any:
        """The side that changed it; of two that did, what the rule says."""
        if _agree(mine, theirs) or (base is not UNKNOWN and _agree(base, mine)):
            return theirs
        if base is not UNKNOWN and _agree(base, theirs):
            return mine
        decided = rule if rule in {"last", "first"} else self._undeclared
        if decided == "ask":
            self.unsettled.append(path)
        return mine if decided == "last" else theirs


def _agree(one: Any, other: Any) -> bool:
    return one is other or (one is not ABSENT and other is not ABSENT and same(one, other))


def _may_be_added(mine: Any, theirs: Any) -> bool:
    return all(each is ABSENT or is_number(each) for each in (mine, theirs))


def _united(theirs: list[Any], mine: list[Any]) -> list[Any]:
    """Everything in either, in the order of the side that is there."""
    found = list(theirs)
    plain = {each for each in theirs if isinstance(each, str)}
    for each in mine:
        if isinstance(each, str):
            is_new = each not in plain
            plain.add(each)
        else:
            is_new = not any(same(each, other) for other in found)
        if is_new:
            found.append(each)
    return found
