"""Prizes as an operator writes them, one a line: ``rank 10: asset gems 100; item chest 2; title Champion``. Pure."""

from collections.abc import Sequence
from typing import Any

from playerbase.boards.model import Prize, PrizeBy


def written(prizes: Sequence[Prize]) -> str:
    """Prizes as lines."""
    lines = []
    for prize in prizes:
        parts = [f"asset {asset} {amount}" for asset, amount in prize.assets.items()]
        parts += [f"item {item} {quantity}" for item, quantity in prize.items.items()]
        parts += [f"title {prize.title}"] if prize.title else []
        lines.append(f"{prize.by.value} {prize.tier or prize.upto}: {'; '.join(parts)}")
    return "\n".join(lines)


def read(text: str) -> tuple[list[dict[str, Any]], str]:
    """What lines say, to be checked like anything that is sent, and what is wrong with the first that says nothing."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        head, _, parts = line.partition(":")
        by, _, value = head.strip().partition(" ")
        prize: dict[str, Any] = {"by": by, "items": {}, "assets": {}}
        if by == PrizeBy.TIER:
            prize["tier"] = value.strip()
        elif value.strip().isdigit():
            prize["upto"] = int(value)
        else:
            return [], f"“{head.strip()}”: begin with rank 10, percentile 5 or tier gold"
        for part in filter(None, map(str.strip, parts.split(";"))):
            fault = _read_part(part, prize)
            if fault:
                return [], fault
        found.append(prize)
    return found, ""


def _read_part(part: str, prize: dict[str, Any]) -> str:
    kind, _, rest = part.partition(" ")
    name, _, number = rest.strip().partition(" ")
    if kind == "title" and rest.strip():
        prize["title"] = rest.strip()
    elif kind in {"asset", "item"} and name and number.strip().isdigit():
        prize[f"{kind}s"][name] = int(number)
    else:
        return f"“{part}”: say asset gems 100, item chest 2 or title Champion"
    return ""
