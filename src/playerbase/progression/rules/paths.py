"""Fields of a save by their path, and what makes two values the same; pure."""

from typing import Any, Final

from playerbase.progression.model import Difference, Tree


class Absent:
    """The value of a field that is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()


def at(tree: Tree, path: str) -> Any:
    """What stands at a path, ABSENT if nothing does."""
    found: Any = tree
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return ABSENT
        found = found[name]
    return found


def is_number(value: object) -> bool:
    """Whether this is a number; true and false are none, though Python counts with them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same as JSON has them: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if is_number(one) and is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)


def differences(before: Tree, after: Tree, most: int) -> list[Difference]:
    """What is different, field by field in the order of their names; lists are one value. So many at most."""
    found: list[Difference] = []
    _differ("", before, after, found, most)
    return found


def _differ(path: str, before: Any, after: Any, found: list[Difference], most: int) -> None:
    if len(found) >= most:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            within = f"{path}.{name}" if path else name
            _differ(within, before.get(name, ABSENT), after.get(name, ABSENT), found, most)
    elif before is ABSENT:
        found.append(Difference(path, "added", None, after))
    elif after is ABSENT:
        found.append(Difference(path, "removed", before, None))
    elif not same(before, after):
        found.append(Difference(path, "changed", before, after))
