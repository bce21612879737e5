"""What there is: every item, and one of them with its course."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import games, ledger
from playerbase.catalog import actions, rules, store
from playerbase.catalog.actions.assets import assets
from playerbase.catalog.model import Item, ItemType, Search, Status, Stock
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, staff

READ = staff("catalog.read")
HERE = "/console/catalog"
ROWS = 50
EDITIONS = 10

Text = Annotated[str, msgspec.Meta(max_length=100)]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
StatusWord = Literal["active", "coming_soon", "inactive"]
STATUSES: dict[str, str] = {"active": "Active", "coming_soon": "Coming soon", "inactive": "Inactive"}


@get(HERE, policy=READ, limit="console", page=True)
async def list_catalog(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, q: Text = "",
    status: StatusWord | None = None, type_: ItemType | None = None, game: Text = "", category: Text = "",
    only: Literal["low", "ending"] | None = None, cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Every item by its code, whatever its status; those that are looked for."""
    asked = {
        "q": q, "status": status, "type": type_ and type_.value, "game": game, "category": category, "only": only,
    }  # fmt: skip
    asked = {name: value for name, value in asked.items() if value}
    scope = f"catalog {sorted(asked.items())} {caller.subject}"
    (after,) = cursors.read(cursor, tuple[str], scope=scope) if cursor else ("",)
    present = await actions.shelf(db)
    stocks = {stock.item_id: stock for stock in await store.stocks(db)}
    search = Search(q=q or None, type=type_, game=game or None)
    under = present.under(category) if category else None
    attention = None if only is None else await _attention(db, only, stocks)
    found = [
        item
        for item in present.items
        if item.code > after and status in {None, item.status.value} and rules.matches(item, search, under)
        and (attention is None or attention(item))
    ]  # fmt: skip
    following = ""
    if found[ROWS:]:
        at = cursors.make((found[ROWS - 1].code,), scope=scope)
        following = f"{HERE}?{urlencode(asked | {'cursor': at})}"
    return rendering.page(
        request, "catalog/list.html", items=found[:ROWS], stocks=stocks, asked=asked, following=following,
        first=f"{HERE}?{urlencode(asked)}" if cursor else "", total=len(present.items), statuses=STATUSES,
        types=[each.value for each in ItemType], games=await games.games(db), categories=present.categories,
        priced=pricing(await assets(db)), told=_TOLD.get(told, ""),
        linked=lambda **change: f"{HERE}?{urlencode({k: v for k, v in (asked | change).items() if v})}",
    )  # fmt: skip


@get(f"{HERE}/items/{{item}}", policy=READ, limit="console", page=True)
async def read_item(
    db: Db, request: Request, site: Site, rendering: Rendering, item: ItemName, told: str = ""
) -> Answer:
    """One item as it is, as players see it, and what it was."""
    found = await actions.item(db, item)
    present = await actions.shelf(db)
    course = await actions.editions(db, found.item_id, None, EDITIONS + 1)
    editors = [_person(each.by) for each, _, _ in course]
    return rendering.page(
        request, "catalog/item.html", item=found, priced=pricing(await assets(db)), statuses=STATUSES,
        stock=next((each for each in await store.stocks(db) if each.item_id == found.item_id), None),
        course=_course(course), people=await names(site.pages, db, editors), person=_person,
        why_not=rules.refusal(found, clock.now()), is_listed=rules.is_listed(found, clock.now()),
        inside=[each for each in present.items if any(part.item == found.code for part in each.parts)],
        category=next((each for each in present.categories if each.code == found.category), None),
        told=_TOLD.get(told, ""),
    )  # fmt: skip


_TOLD = {
    "made": "Made. It is in the catalog now.",
    "saved": "Saved. Players see it at once.",
    "same": "Nothing changed.",
}


async def _attention(db: Db, only: str, stocks: Mapping[UUID, Stock]) -> Callable[[Item], bool]:
    settings, now = await actions.settings(db), clock.now()

    def is_low(item: Item) -> bool:
        stock = stocks.get(item.item_id)
        return stock is not None and item.status is Status.ACTIVE and 0 < stock.remaining <= settings.stock_low

    def is_ending(item: Item) -> bool:
        until = item.available_until
        return until is not None and now < until <= now + timedelta(days=settings.ending_days)

    return is_low if only == "low" else is_ending


def pricing(known: Mapping[str, ledger.Asset]) -> Callable[[str, int], str]:
    """What an amount of an asset is in words."""

    def priced(code: str, amount: int) -> str:
        asset = known.get(code)
        return f"{amount if asset is None else asset.display(amount)} {code.removeprefix('item:')}"

    return priced


def _course(told: list[tuple[Any, list[str], dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each edition beside what was before it: only fields that differ."""
    shown = []
    for at, (edition, changed, content) in enumerate(told[:EDITIONS]):
        older = told[at + 1][2] if at + 1 < len(told) else {}
        shown.append({
            "version": edition.version, "at": edition.at, "by": edition.by, "is_first": edition.version == 1,
            "before": {name: older.get(name) for name in changed}, "after": {name: content[name] for name in changed},
        })  # fmt: skip
    return shown


def _person(by: str) -> UUID | None:
    try:
        return UUID(by.removeprefix("player:"))
    except ValueError:
        return None


def moment_of(text: str) -> str:
    """A moment as a form writes it, in UTC and without its zone, as it is read everywhere else."""
    plain = text.strip().replace(" ", "T").removesuffix("Z")
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"):
        try:
            return f"{datetime.strptime(plain, form):%Y-%m-%dT%H:%M:%S}Z"  # noqa: DTZ007 - the zone stands behind it
        except ValueError:
            continue
    return text
