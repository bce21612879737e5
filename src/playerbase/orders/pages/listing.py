"""The pages of orders: which there are, and those of which the ledger says something else."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import catalog, ledger, profiles
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get
from playerbase.orders import actions, store
from playerbase.orders.pages.showing import HERE, LAST, READ, ROWS, Word, linked, page

StateWord = Literal["review", "placed", "rejected"]
Day = Annotated[str, msgspec.Meta(max_length=10)]
STATES = {"placed": "Placed", "review": "In review", "rejected": "Turned down"}


@get(HERE, policy=READ, limit="console", page=True)
async def list_orders(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player: Word = "",
    state: StateWord | None = None, item: Word = "", currency: Word = "", refunded: Literal["", "yes"] = "",
    since: Day = "", until: Day = "", cursor: str = "",
) -> Answer:  # fmt: skip
    """Orders, latest first: of a player, state, item, currency, time; or those of which something went back."""
    asked = {
        "player": player.strip(), "state": state or "", "item": item.strip(), "currency": currency,
        "refunded": refunded, "since": since, "until": until,
    }  # fmt: skip
    scope = f"orders page {sorted(asked.items())} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    player_id, item_id, unknown = await _meant(db, asked["player"], asked["item"])
    begins, ends = _day(since), _day(until)
    found = []
    if not unknown:
        found = await store.page(
            db, player_id, state, currency or None, item_id, bool(refunded), begins,
            ends + timedelta(days=1) if ends else None, before, ROWS + 1,
        )  # fmt: skip
    shown = await actions.all_seen(db, found[:ROWS])
    following = ""
    if found[ROWS:]:
        following = linked(HERE, asked, cursor=cursors.make((shown[-1].order_id,), scope=scope))
    assets = await ledger.assets(db)
    return await page(
        db, request, rendering, "orders.html", people=[player_id, *(each.player_id for each in shown)], orders=shown,
        asked=asked, states=STATES, following=following, first=linked(HERE, asked) if cursor else "", unknown=unknown,
        waiting=await actions.waiting(db),
        currencies=[each for each in assets.values() if each.asset_class is not ledger.AssetClass.ITEM],
        linked=lambda **change: linked(HERE, asked, **change), player_id=player_id,
    )  # fmt: skip


@get(f"{HERE}/differences", policy=READ, limit="console", page=True)
async def list_differences(db: Db, request: Request, rendering: Rendering) -> Answer:
    """Orders of which the ledger said something else when they were last compared."""
    found = await actions.findings(db, ROWS)
    people = [each.player_id for each in found]
    return await page(db, request, rendering, "differences.html", people=people, findings=found)


async def _meant(db: Db | Tx, player: str, item: str) -> tuple[UUID | None, UUID | None, str]:
    """The player and the item of these words, and which of them nobody knows."""
    player_id = item_id = None
    if player:
        try:
            player_id = UUID(player)
        except ValueError:
            named = await profiles.search(db, player, None, 2)
            exact = [each for each in named if each.display_name.casefold() == player.casefold()]
            if not exact and len(named) != 1:
                return None, None, "player"
            player_id = (exact or named)[0].player_id
    if item:
        try:
            item_id = (await catalog.item(db, item)).item_id
        except catalog.ItemUnknown:
            return player_id, None, "item"
    return player_id, item_id, ""


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
