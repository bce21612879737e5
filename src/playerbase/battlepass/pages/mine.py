"""A player's own battle pass in the portal: how far they are, what they claim, premium, challenges and the log."""

from itertools import accumulate
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import catalog, games, orders
from playerbase.battlepass import actions
from playerbase.battlepass.actions import Gain, Mine
from playerbase.battlepass.model import NoBattlePass, Track
from playerbase.battlepass.pages.showing import page
from playerbase.kit import ids
from playerbase.kit.db import Db, Kept, Pool, Tx, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get, post, redirect

PLACE = "/portal/battle-pass"
ROWS = 20
AROUND = 6  # Tiers shown on each side of one's own; the whole list is a click away.
LAST = UUID(int=2**128 - 1)
TOLD = {
    "claimed": "Claimed. It is yours.", "nothing": "There was nothing left to claim.",
    "premium": "Premium is yours: everything you have reached of it is there to be claimed.",
    "waits": "Your order is in. Somebody of ours looks at it first.",
}  # fmt: skip
REFUSED = {
    "insufficient_funds": "You do not have enough of this currency. Nothing was bought.",
    "maximum_reached": "You have premium already.",
    "item_not_for_sale": "Premium cannot be bought at the moment.",
}  # fmt: skip
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]
Word = Annotated[str, msgspec.Meta(max_length=64)]


class Claiming(msgspec.Struct, frozen=True):
    """Which reward a button claims; without a tier all of them."""

    game: Slug = "demo"
    season: Word = ""
    tier: Word = ""
    track: Word = ""


class Buying(msgspec.Struct, frozen=True):
    """With what premium is bought; ``once`` was made with the page, so sending it twice buys once."""

    once: Annotated[str, msgspec.Meta(pattern="^[0-9a-f-]{36}$")]
    game: Slug = "demo"
    currency: Word = ""


@get(PLACE, policy=PLAYER, limit="console", page=True)
async def my_pass(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, game: Slug | None = None,
    cursor: str = "", everything: Word = "", told: str = "",
) -> Answer:  # fmt: skip
    """Your battle pass: how far you are, what you can claim, and where your experience came from."""
    return await _shown(db, request, caller, cursors, rendering, game, cursor=cursor, told=TOLD.get(told, ""),
                        is_whole=bool(everything))  # fmt: skip


@post(f"{PLACE}/claim", policy=PLAYER, limit="console", page=True)
async def claim(
    tx: Tx, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, form: Claiming
) -> Answer:
    """Claim one reward, or all of them; what was claimed a moment ago is not claimed again."""
    assert caller.player_id is not None
    try:
        season, found = await actions.meant(tx, form.game, form.season or None)
        if form.tier.isdecimal() and form.track in {Track.FREE, Track.PREMIUM}:
            await actions.claim(tx, season, found, caller.player_id, int(form.tier[:4]), Track(form.track))
            told = "claimed"
        else:
            told = "claimed" if await actions.claim_all(tx, season, found, caller.player_id) else "nothing"
    except Refusal as refusal:
        return await _shown(tx, request, caller, cursors, rendering, form.game, refused=str(refusal),
                            status=refusal.status)  # fmt: skip
    return redirect(f"{PLACE}?{urlencode({'game': form.game, 'told': told})}")


@post(f"{PLACE}/premium", policy=PLAYER, limit="purchase", page=True)
async def buy_premium(
    pool: Pool, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, purchases: orders.Purchases,
    form: Buying,
) -> Answer:  # fmt: skip
    """Buy premium in the store, once for each form."""
    assert caller.player_id is not None
    refused, status = "", 409
    try:
        async with reading(pool) as db:
            season, found = await actions.meant(db, form.game)
            item = await actions.check_sale(db, season, found, caller.player_id)
        wanted = orders.Purchase([orders.ItemWanted(item)], form.once, form.currency or None)
        bought = await purchases.put(await orders.wish(pool, caller, request, wanted, form.once))
        if not bought.answer.is_refusal:
            told = "waits" if bought.answer.status == 202 else "premium"  # noqa: PLR2004 - accepted, and not done yet
            return redirect(f"{PLACE}?{urlencode({'game': form.game, 'told': told})}")
        refused, status = _said(bought.answer), bought.answer.status
    except Refusal as refusal:
        refused, status = REFUSED.get(refusal.code, str(refusal)), refusal.status
    async with reading(pool) as db:
        return await _shown(db, request, caller, cursors, rendering, form.game, refused=refused, status=status)


async def _shown(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, game: str | None, *,
    cursor: str = "", told: str = "", refused: str = "", status: int = 200, is_whole: bool = False,
) -> Answer:  # fmt: skip
    assert caller.player_id is not None
    known = await games.games(db)
    chosen = game or await _first_with_pass(db, [each.slug for each in known])
    scope = f"portal experience {chosen} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await actions.gains(db, caller.player_id, chosen, before, ROWS + 1)
    following = ""
    if rows[ROWS:]:
        place = cursors.make((rows[ROWS - 1].entry_id,), scope=scope)
        following = f"{PLACE}?{urlencode({'game': chosen, 'cursor': place})}"
    mine, found, tiers, item, season_id = None, None, [], None, None
    try:
        season, meant = await actions.meant(db, chosen)
    except NoBattlePass:
        pass
    else:
        season_id, found = season.season_id, await actions.seen(db, season, meant)
        mine = await actions.mine(db, season, meant, caller.player_id)
        tiers = list((await actions.tiers(db, meant, caller.player_id)).tiers)
        if not is_whole:
            tiers = tiers[max(0, mine.tier - AROUND) : mine.tier + AROUND + 1]
        if meant.premium_item is not None:
            item = (await catalog.items_by_code(db, [meant.premium_item])).get(meant.premium_item)
    return await page(
        db, request, rendering, "mine.html", status=status, games=known, game=chosen, mine=mine, found=found,
        tiers=tiers, item=item, rows=rows[:ROWS], following=following, first=f"{PLACE}?game={chosen}" if cursor else "",
        challenges=await actions.challenges(db, chosen, season_id, caller.player_id), once=str(ids.uuid7()), told=told,
        refused=refused, is_whole=is_whole, course=_course(mine, rows) if not cursor else [],
        claimable={(each.tier, each.track) for each in mine.claimable} if mine else set(),
        claimed={(each.tier, each.track) for each in mine.claimed if each.taken_back_at is None} if mine else set(),
        is_live=not caller.actor_id,
    )  # fmt: skip


async def _first_with_pass(db: Db, known: list[str]) -> str:
    for game in known[:ROWS]:
        try:
            await actions.meant(db, game)
        except NoBattlePass:
            continue
        return game
    return known[0] if known else "demo"


def _course(mine: Mine | None, rows: list[Gain]) -> list[float]:
    """The experience of the season after each of the latest gains, oldest first."""
    if mine is None or not rows:
        return []
    gained = [each.amount for each in reversed(rows)]
    return [float(max(0, each)) for each in accumulate(gained, initial=mine.xp - sum(gained))]


def _said(answer: Kept) -> str:
    told: dict[str, str] = msgspec.json.decode(answer.body, type=dict[str, object])
    return REFUSED.get(str(told.get("code")), str(told.get("detail")))
