"""What the pages of the battle pass share: rewards and sources in words, forms made into what is asked for."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from playerbase import ledger
from playerbase.battlepass.model import Part
from playerbase.kit.db import Db
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, staff

READ, WRITE = staff("battlepass.read"), staff("battlepass.write")
HERE = "/console/battlepass"
ROWS = 50
SOURCES = {
    "match_win": "A match won", "match_draw": "A match drawn", "match_loss": "A match lost",
    "season_challenge": "A challenge", "daily_bonus": "Daily bonus", "grant": "From the staff",
    "correction": "Taken back",
}  # fmt: skip
MEASURES = {
    "matches": "matches played", "wins": "matches won", "kills": "kills", "streak": "streaks", "hits": "hits",
    "correct": "correct answers", "seconds": "seconds played",
}  # fmt: skip
PERIODS = {"day": "a day", "week": "a week", "season": "the season"}
WORDS = {
    "name": "A name of 1 to 100 characters", "theme": "At most 100 characters", "premium_item": "The code of an item",
    "excess_xp": "A whole number from 0 to 1 000 000", "excess_asset": "The code of an asset",
    "excess_amount": "A whole number from 0 to 1 000 000", "grace_days": "From 0 to 365 days",
    "catch_up_days": "From 0 to 365 days", "daily_cap": "A whole number from 1 to 1 000 000, or nothing",
    "reason": "Say why, in a line of text", "code": "2 to 48 small letters, digits, - and _, beginning with a letter",
    "goal": "A whole number from 1 to 1 000 000", "xp": "A whole number, within its bounds",
    "mode": "At most 64 characters", "amount": "A whole number, below zero to take some", "least": "A whole number",
    "ref": "A word without spaces, such as a ticket's number", "most": "A whole number", "free": "This is no reward",
    "premium": "This is no reward",
}  # fmt: skip

T = TypeVar("T", bound=msgspec.Struct)


async def page(
    db: Db, request: Request, rendering: Rendering, template: str, *, status: int = 200, **context: Any
) -> Answer:
    """A page of the battle pass: it knows the assets, and how rewards are said."""
    assets = await ledger.assets(db)

    def said(parts: Sequence[Part]) -> str:
        return words(parts, assets)

    def price_words(price: Any) -> str:
        asset = assets.get(price.asset)
        return f"{asset.figure(price.amount)} {asset.name.lower()}" if asset else f"{price.amount} {price.asset}"

    return rendering.page(
        request, f"battlepass/{template}", status=status, said=said, price_words=price_words, sources=SOURCES,
        measures=MEASURES, periods=PERIODS, may_write="battlepass.write" in request.caller.permissions, **context,
    )  # fmt: skip


def words(parts: Sequence[Part], assets: dict[str, ledger.Asset]) -> str:
    """A reward in words."""
    found = []
    for part in parts:
        kind, name = part.kind
        if kind == "asset":
            asset = assets.get(name)
            found.append(f"{asset.figure(part.count)} {asset.name.lower()}" if asset else f"{part.count} {name}")
        elif kind == "title":
            found.append(f"the title {name}")
        else:
            found.append(name.replace("_", " ") + (f" \u00d7 {part.count}" if part.count > 1 else ""))
    return ", ".join(found)


def asked(kind: type[T], given: dict[str, Any]) -> tuple[T | None, dict[str, str]]:
    """What a form asks for, or what is wrong with it, by field."""
    try:
        return msgspec.convert(given, kind, strict=False), {}
    except msgspec.ValidationError as wrong:
        field = str(wrong).partition("`$.")[2].partition("`")[0].partition(".")[0].partition("[")[0] or "name"
        return None, {field: WORDS.get(field, "This does not fit")}


def faults_of(refusal: Refusal) -> dict[str, str]:
    """What a refusal says, by field; what is of no field stands under its code."""
    listed: Any = refusal.members.get("errors")
    if not listed:
        return {refusal.code: str(refusal)}
    return {str(each["field"]): str(each["message"]) for each in listed}
