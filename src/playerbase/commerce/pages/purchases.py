"""The pages of purchases: which there are, all that was said of one, asking about it, giving its money back."""

from datetime import date, timedelta
from uuid import UUID

from playerbase import access
from playerbase.commerce import actions
from playerbase.commerce.actions import giving, overview
from playerbase.commerce.model import Order, Platform, State
from playerbase.commerce.model.comparisons import DayCount
from playerbase.commerce.pages.showing import PURCHASES as HERE
from playerbase.commerce.pages.showing import READ, ROWS, WRITE, Asked, linked, page, prove_first
from playerbase.commerce.rules.wording import PLATFORMS
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect

DAYS = 30
TOLD = {
    "asked": "The platform was asked. What it says is below.",
    "refunded": "The money is given back, and what was bought is taken back.",
    "waits": "The platform is asked to give it back. What becomes of it shows here within minutes.",
}  # fmt: skip


@get(HERE, policy=READ, limit="console", page=True)
async def list_purchases(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, state: State | None = None,
    platform: Platform | None = None, player_id: UUID | None = None, cursor: str = "",
) -> Answer:  # fmt: skip
    """Purchases on platforms, newest first: of one state, platform or player, or all; and how many on each day."""
    asked = {"state": state or "", "platform": platform or "", "player_id": str(player_id) if player_id else ""}
    scope = f"purchases page {asked} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST
    found = await actions.page(
        db, state=asked["state"], platform=asked["platform"], player_id=player_id, before=before, count=ROWS + 1
    )
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(HERE, asked, cursor=cursors.make((shown[-1].order_id,), scope=scope))
    counted = await overview.days(db, DAYS)
    return await page(
        db, request, rendering, "purchases.html", people=[*(each.player_id for each in shown), player_id],
        purchases=shown, asked=asked, following=following, first=linked(HERE, asked) if cursor else "",
        linked=lambda **change: linked(HERE, asked, **change), states=list(State), counted=counted,
        plot=_plot(counted, platform), days=DAYS,
    )  # fmt: skip


@get(f"{HERE}/{{order_id}}", policy=READ, limit="console", page=True)
async def read_purchase(
    db: Db, request: Request, rendering: Rendering, order_id: UUID, told: str = "", fault: str = ""
) -> Answer:
    """One purchase: what was sold, what its platform said, what was given back, and where the books have it."""
    order, receipt, refunds, statements = await actions.whole(db, order_id)
    return await page(
        db, request, rendering, "purchase.html", people=[order.player_id], order=order, receipt=receipt,
        contents=giving.contents(order), refunds=[(each, actions.taken(each)) for each in refunds],
        statements=statements, exceptions=await overview.exceptions_of(db, order_id),
        booked=await overview.booked(db, order, refunds), may_refund=_may_refund(order), told=TOLD.get(told, ""),
        fault=fault[:200],
    )  # fmt: skip


@get(f"{HERE}/{{order_id}}/ask", policy=WRITE, limit="console", page=True)
async def ask_ask(db: Db, request: Request, rendering: Rendering, order_id: UUID) -> Answer:
    """The question before a platform is asked how a purchase stands."""
    order = await actions.order(db, order_id)
    return await page(db, request, rendering, "purchase_ask.html", order=order, verb="ask")


@get(f"{HERE}/{{order_id}}/refund", policy=WRITE, limit="console", page=True)
async def ask_refund(db: Db, request: Request, caller: Caller, rendering: Rendering, order_id: UUID) -> Answer:
    """The question before a purchase is refunded; wants a fresh proof of who asks."""
    order = await actions.order(db, order_id)
    try:
        await access.check_fresh(db, caller)
    except access.ReauthRequired:
        return prove_first(request.path)
    return await page(db, request, rendering, "purchase_ask.html", order=order, verb="refund")


@post(f"{HERE}/{{order_id}}/ask", policy=WRITE, limit="console", page=True)
async def ask(pool: Pool, request: Request, order_id: UUID, form: Asked) -> Answer:
    """Ask its platform how it stands, and act upon what it says."""
    await actions.ask_by_staff(pool, request, order_id, form.reason)
    return redirect(f"{HERE}/{order_id}?told=asked")


@post(f"{HERE}/{{order_id}}/refund", policy=WRITE, limit="console", page=True)
async def refund(pool: Pool, request: Request, rendering: Rendering, order_id: UUID, form: Asked) -> Answer:
    """Have its platform give the money back, once; what it answers with is said on the page of the purchase."""
    try:
        order = await actions.refund(pool, request, order_id, form.reason)
    except access.ReauthRequired:
        return prove_first(request.path)
    except Refusal as refusal:
        async with reading(pool) as db:
            order = await actions.order(db, order_id)
            return await page(
                db, request, rendering, "purchase_ask.html", status=refusal.status, order=order, verb="refund",
                fault=str(refusal),
            )  # fmt: skip
    return redirect(f"{HERE}/{order_id}?told={'waits' if order.state is State.GRANTED else 'refunded'}")


def _may_refund(order: Order) -> bool:
    return order.platform is Platform.STEAM and order.state is State.GRANTED and order.left > 0


def _plot(counted: list[DayCount], platform: Platform | None) -> dict[str, object]:
    """Purchases and refunds a day, of one platform or all, and in words what the plot shows."""
    today = clock.now().date()
    days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    wanted = [each for each in counted if platform is None or each.platform is platform]

    def course(name: str) -> list[int]:
        return [sum(getattr(each, name) for each in wanted if each.day == day) for day in days]

    purchases, refunds = course("purchases"), course("refunds")
    where = "on all platforms" if platform is None else f"on {PLATFORMS[platform]}"
    words = f"Purchases {where} over {DAYS} days, {sum(purchases)} in all, and dashed refunds, {sum(refunds)} in all"
    return {
        "platforms": [
            (name, sum(each.purchases for each in counted if each.platform == platform_),
             sum(each.refunds for each in counted if each.platform == platform_))
            for platform_, name in PLATFORMS.items()
        ],
        "purchases": purchases, "refunds": refunds, "words": words, "labels": _labels(days),
        "table": [
            (day, [(PLATFORMS[each.platform], each.purchases, each.refunds) for each in wanted if each.day == day])
            for day in reversed(days) if any(each.day == day for each in wanted)
        ],
    }  # fmt: skip


def _labels(days: list[date]) -> list[str]:
    """Four days and the present one, evenly."""
    last = len(days) - 1
    return [f"{day.day} {day:%b}" for day in (days[round(last * part / 4)] for part in range(4))] + ["today"]
