"""In which currency a basket is paid. Pure."""

from collections.abc import Sequence


def common_currency(sold_for: Sequence[set[str]], usual: str) -> str | None:
    """The one currency that all are sold for; the usual one where there are several; None where that says nothing."""
    shared = set.intersection(*sold_for)
    return usual if usual in shared else shared.pop() if len(shared) == 1 else None
