"""Parts of a reward as people write and read them: ``3 potion``, ``12.50 gems``, ``title Champion``."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from playerbase import catalog, ledger
from playerbase.kit.db import Db
from playerbase.rewards.actions.checking import faults
from playerbase.rewards.model import Part

TITLE = "title "
SUGGESTED_MAX = 500  # Items named in the list that a field offers; any other can be written all the same.


async def written(db: Db, parts: Sequence[Part]) -> list[str]:
    """Each part as a person writes it; amounts with the point of their asset."""
    assets = await ledger.assets(db)
    return [_written(part, assets) for part in parts]


async def shown(db: Db, parts: Sequence[Part]) -> list[str]:
    """Each part as a person reads it, with the names of things."""
    assets = await ledger.assets(db)
    items = await catalog.items_by_code(db, {part.item for part in parts if part.item is not None})
    return [_shown(part, assets, items) for part in parts]


async def read(db: Db, texts: Sequence[str]) -> tuple[list[Part], dict[int, str]]:
    """What was written, one part a text, and what is wrong with it by the place of the text; empty ones are skipped."""
    assets = await ledger.assets(db)
    said = [(at, text.strip()) for at, text in enumerate(texts) if text.strip()]
    found: list[tuple[int, Part]] = []
    wrong: dict[int, str] = {}
    for at, text in said:
        part = _read(text, assets)
        if isinstance(part, Part):
            found.append((at, part))
        else:
            wrong[at] = part
    parts = [part for _, part in found]
    for place, _, _, message in await faults(db, parts):
        wrong.setdefault(found[place][0] if place is not None else found[-1][0], message)
    return parts, wrong


async def suggestions(db: Db) -> list[tuple[str, str]]:
    """What a field offers: how it is written, and what it is called."""
    assets = [each for each in (await ledger.assets(db)).values() if each.asset_class is not ledger.AssetClass.ITEM]
    items = await catalog.all_items(db, None, None, "", SUGGESTED_MAX)
    return [
        *((f"100 {each.code}", each.name) for each in assets),
        *((f"1 {each.code}", each.name) for each in items if each.delivery is catalog.Delivery.IN_GAME),
        (f"{TITLE}Champion", "A title"),
    ]


def _written(part: Part, assets: dict[str, ledger.Asset]) -> str:
    if part.title is not None:
        return f"{TITLE}{part.title}"
    if part.asset is not None:
        known, amount = assets.get(part.asset), part.amount or 0
        return f"{known.display(amount) if known else amount} {part.asset}"
    return f"{part.quantity} {part.item}"


def _shown(part: Part, assets: dict[str, ledger.Asset], items: dict[str, catalog.Item]) -> str:
    if part.title is not None:
        return f"the title {part.title}"
    if part.asset is not None:
        known, amount = assets.get(part.asset), part.amount or 0
        return f"{known.figure(amount)} {known.name}" if known else f"{amount} {part.asset}"
    name = items[part.item].name if part.item in items else part.item
    return f"{name}" if part.quantity == 1 else f"{part.quantity} × {name}"  # noqa: RUF001 - a sign, and not a letter


def _read(text: str, assets: dict[str, ledger.Asset]) -> Part | str:
    """The part, or what is wrong with how it is written."""
    if text.lower().startswith(TITLE):
        return _made(title=text[len(TITLE) :].strip()) or "A title has 1 to 50 characters"
    count, _, code = text.partition(" ")
    code = code.strip()
    if not code:
        count, code = "1", count
    try:
        amount = Decimal(count.replace("_", ""))
    except InvalidOperation:
        return "Write it as 3 potion, 12.50 gems or title Champion"
    if (known := assets.get(code)) is not None:
        units = amount.scaleb(known.exponent) if amount.is_finite() else amount
        if not amount.is_finite() or units != units.to_integral_value():
            return f"{known.name} have at most {known.exponent} digits after the point"
        return _made(asset=code, amount=int(units)) or "An amount is above zero, and at most 2^53"
    if not amount.is_finite() or amount != amount.to_integral_value():
        return "So many of an item is a whole number"
    return _made(item=code, quantity=int(amount)) or "There is no such item, or not that many are given at once"


def _made(**fields: object) -> Part | None:
    try:
        return msgspec.convert(fields, Part)
    except (msgspec.ValidationError, OverflowError):
        return None
