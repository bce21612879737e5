"""How sought after an item is: its sales, the recent ones counting most."""

from collections.abc import Iterable

DAYS = 30  # A month: longer, and last season's favourite never leaves the top.
HALF_LIFE_DAYS = 7  # A sale of last week counts half as much as one of today.
SCALE = 100  # A sale of today is so many points, so that old ones are still told apart in whole numbers.


def popularity(sales: Iterable[tuple[int, int]]) -> int:
    """Points for sales as pairs of how many days ago and how many; what was taken back more than sold is nothing."""
    points = sum(quantity * SCALE * 0.5 ** (age / HALF_LIFE_DAYS) for age, quantity in sales if 0 <= age < DAYS)
    return max(0, round(float(points)))
