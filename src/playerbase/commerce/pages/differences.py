"""The pages of reconciliation: what does not agree, platform, order and books side by side, and what is done."""

from typing import Literal
from uuid import UUID

from playerbase import access
from playerbase.commerce import actions
from playerbase.commerce.actions import giving, overview
from playerbase.commerce.model import Discord, ExceptionState, NoRemedy, NoSuchPurchase, Refund, Remedy, Statement
from playerbase.commerce.model.comparisons import Booked
from playerbase.commerce.pages.showing import DIFFERENCES as HERE
from playerbase.commerce.pages.showing import READ, ROWS, WRITE, Asked, linked, page, prove_first, staff_of
from playerbase.commerce.rules.remedies import remedies
from playerbase.kit.db import Db, Pool, Tx, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect

RUNS = 5
TOLD = {
    "run": "Asked for. A worker compares within seconds.", "settled": "It agrees now, and is settled.",
    "accepted": "Accepted. It stays as it is, with your reason.",
    "open": "Done. It does not agree yet; look at what it says now.",
}  # fmt: skip


@get(HERE, policy=READ, limit="console", page=True)
async def list_differences(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: Literal["open", "settled", "accepted", "all"] = "open", kind: Discord | None = None, cursor: str = "",
    told: str = "",
) -> Answer:  # fmt: skip
    """What does not agree, newest first, and when everything was compared last."""
    asked = {"state": "" if state == "open" else state, "kind": kind or ""}
    scope = f"differences page {asked} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST
    wanted = "" if state == "all" else state
    found = await actions.differences(db, state=wanted, kind=kind or "", before=before, count=ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(HERE, asked, cursor=cursors.make((shown[-1].exception_id,), scope=scope))
    runs = await overview.comparisons(db, RUNS)
    people = [*(each.player_id for each in shown), *(staff_of(each.asked_by) for each in runs)]
    return await page(
        db, request, rendering, "differences.html", people=people, differences=shown, asked=asked,
        following=following, first=linked(HERE, asked) if cursor else "", runs=runs, chosen=state,
        last=next((each for each in runs if each.ended_at), None), remedies=remedies,
        pending=next((each for each in runs if each.ended_at is None), None) if runs and not runs[0].ended_at else None,
        linked=lambda **change: linked(HERE, asked, **change), tally=await actions.open_exceptions(db),
        told=TOLD.get(told, ""),
    )  # fmt: skip


@post(f"{HERE}/run", policy=WRITE, limit="console", page=True)
async def run(tx: Tx, caller: Caller) -> Answer:
    """Have a worker compare now; asked twice it is done once."""
    await actions.ask_comparison(tx, f"staff:{caller.player_id}")
    return redirect(f"{HERE}?told=run")


@get(f"{HERE}/{{exception_id}}", policy=READ, limit="console", page=True)
async def read_difference(db: Db, request: Request, rendering: Rendering, exception_id: UUID, told: str = "") -> Answer:
    """One thing that does not agree: what the platform says, what the order says, what the books have."""
    found = await actions.difference(db, exception_id)
    order, receipt = None, None
    refunds: list[Refund] = []
    statements: list[Statement] = []
    booked: list[Booked] = []
    if found.order_id is not None:
        try:
            order, receipt, refunds, statements = await actions.whole(db, found.order_id)
            booked = await overview.booked(db, order, refunds)
        except NoSuchPurchase:
            order = None
    if order is None:
        statements = await overview.said_of(db, found)
    return await page(
        db, request, rendering, "difference.html", people=[found.player_id, staff_of(found.settled_by)], it=found,
        order=order, receipt=receipt, contents=None if order is None else giving.contents(order),
        refunds=[(each, actions.taken(each)) for each in refunds],
        statements=statements, booked=booked, told=TOLD.get(told, ""),
        remedies=remedies(found.kind) if found.state is ExceptionState.OPEN else (),
    )  # fmt: skip


@get(f"{HERE}/{{exception_id}}/{{remedy}}", policy=WRITE, limit="console", page=True)
async def ask_remedy(
    db: Db, request: Request, caller: Caller, rendering: Rendering, exception_id: UUID, remedy: Remedy
) -> Answer:
    """The question before something is done about it; all but accepting wants a fresh proof of who asks."""
    found = await actions.difference(db, exception_id)
    if remedy not in remedies(found.kind):
        raise NoRemedy
    if remedy is not Remedy.ACCEPT:
        try:
            await access.check_fresh(db, caller)
        except access.ReauthRequired:
            return prove_first(request.path)
    return await page(db, request, rendering, "difference_ask.html", it=found, remedy=remedy)


@post(f"{HERE}/{{exception_id}}/{{remedy}}", policy=WRITE, limit="console", page=True)
async def settle(
    pool: Pool, request: Request, rendering: Rendering, exception_id: UUID, remedy: Remedy, form: Asked
) -> Answer:
    """Do it; what is refused is said above the form."""
    try:
        after = await actions.remedy(pool, request, exception_id, remedy, form.reason)
    except access.ReauthRequired:
        return prove_first(request.path)
    except Refusal as refusal:
        async with reading(pool) as db:
            found = await actions.difference(db, exception_id)
            return await page(
                db, request, rendering, "difference_ask.html", status=refusal.status, it=found, remedy=remedy,
                fault=str(refusal),
            )  # fmt: skip
    return redirect(f"{HERE}/{exception_id}?told={after.state.value}")
