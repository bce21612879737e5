"""What leads to what: categories in categories, bundles in bundles; every walk is linear and ends."""

from collections.abc import Callable, Iterable

Next = Callable[[str], Iterable[str]]


def route_back(start: str, following: Next) -> list[str] | None:
    """The shortest way from here back to here, both ends included; None where there is none."""
    came_from: dict[str, str] = {}
    frontier = [start]
    while frontier:
        found: list[str] = []
        for at in frontier:
            for to in following(at):
                if to == start:
                    return [*_way(start, at, came_from), start]
                if to not in came_from:
                    came_from[to] = at
                    found.append(to)
        frontier = found
    return None


def reached(start: str, following: Next) -> set[str]:
    """Everything below, this one included."""
    seen = {start}
    frontier = [start]
    while frontier:
        frontier = [to for to in dict.fromkeys(to for at in frontier for to in following(at)) if to not in seen]
        seen.update(frontier)
    return seen


def steps(start: str, following: Next, most: int) -> int:
    """How many steps the longest way from here has; more than ``most`` counts as one more than that."""
    frontier = {start}
    for taken in range(most + 1):
        frontier = {to for at in frontier for to in following(at)}
        if not frontier:
            return taken
    return most + 1


def _way(start: str, end: str, came_from: dict[str, str]) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
