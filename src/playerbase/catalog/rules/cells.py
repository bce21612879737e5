"""How the fields of a row stand in the cells of a table; lists are words with spaces between."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from playerbase.catalog.model import FileCategory, FileItem

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")  # A cell that begins so is a formula to some spreadsheet.
_TRUTH = {"true": True, "false": False}
_FLAT = (
    "code", "version", "name", "parent", "position", "description", "category", "game", "type", "delivery",
    "is_stackable", "max_per_player", "status", "is_limited", "available_from", "available_until", "cosmetic", "rarity",
    "slot",
)  # fmt: skip


def plain(cell: str) -> str:
    """What a cell says, without the mark that keeps spreadsheets from running it."""
    return cell.removeprefix("'")


def safe(cell: str) -> str:
    """A cell that no spreadsheet runs; ``plain`` gives it back as it was."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _text(cell: str) -> Any:
    return cell


def _whole(cell: str) -> Any:
    digits = cell.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else cell  # noqa: PLR2004 - below 2^63


def _truth(cell: str) -> Any:
    return _TRUTH.get(cell.strip().lower(), cell)


def _pairs(cell: str, build: Callable[[str, str], Any]) -> Any:
    """``name=value`` words, each built into one entry."""
    return [build(*word.rpartition("=")[::2]) for word in cell.split()]


def _prices(cell: str) -> Any:
    return _pairs(cell, lambda asset, amount: {"asset": asset, "amount": _whole(amount)})


def _parts(cell: str) -> Any:
    def part(name: str, quantity: str) -> dict[str, Any]:
        kind = "asset" if name.startswith("asset:") else "item"
        return {kind: name.removeprefix("asset:"), "quantity": _whole(quantity)}

    return _pairs(cell, part)


def _skus(cell: str) -> Any:
    def sku(name: str, rest: str) -> dict[str, Any]:
        code, _, money = rest.partition("@")
        return {"platform": name, "sku": code, "amount": _whole(money[:-3]), "currency": money[-3:]}

    return _pairs(cell, sku)


def _media(cell: str) -> Any:
    # An address may hold the sign, so here the first one divides.
    return [dict(zip(("kind", "url"), word.partition("=")[::2], strict=True)) for word in cell.split()]


def _metadata(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


CELLS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(_FLAT, _text),
    **dict.fromkeys(("version", "position", "max_per_player", "stock_total"), _whole),
    **dict.fromkeys(("is_stackable", "is_limited"), _truth),
    "prices": _prices,
    "skus": _skus,
    "parts": _parts,
    "stock_opens_at": _text,
    "stock_closes_at": _text,
    "media": _media,
    "metadata": _metadata,
}
COLUMNS = ["record", *CELLS]


def written(thing: FileItem | FileCategory) -> dict[str, str]:
    """The cells of an item or a category, defaults left out; ``CELLS`` reads them back."""
    tree: dict[str, Any] = msgspec.to_builtins(thing)
    stock = tree.pop("stock", None) or {}
    cells = {f"stock_{name}": str(value) for name, value in stock.items() if value is not None}
    joined: dict[str, Callable[[dict[str, Any]], str]] = {
        "prices": lambda each: f"{each['asset']}={each['amount']}",
        "skus": lambda each: f"{each['platform']}={each['sku']}@{each['amount']}{each['currency']}",
        "parts": lambda each: f"{each.get('item') or 'asset:' + each['asset']}={each['quantity']}",
        "media": lambda each: f"{each['kind']}={each['url']}",
    }
    for name, value in tree.items():
        if name in joined:
            cells[name] = " ".join(map(joined[name], value))
        elif name == "metadata":
            cells[name] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, bool):
            cells[name] = str(value).lower()
        elif value is not None:
            cells[name] = str(value)
    return cells


def nested(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row with those of its stock where they belong."""
    stock = {name.removeprefix("stock_"): given[name] for name in given if name.startswith("stock_")}
    rest = {name: value for name, value in given.items() if not name.startswith("stock_")}
    return rest | ({"stock": stock} if stock else {})
