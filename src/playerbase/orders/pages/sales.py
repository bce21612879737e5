"""The page of sales: what was sold and given back each day in each currency, and what is bought most."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from playerbase import ledger
from playerbase.kit import clock, ids
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, get
from playerbase.orders.pages import figures
from playerbase.orders.pages.figures import DaySum
from playerbase.orders.pages.showing import HERE, READ, Word, linked, page

DAYS = {"30": 30, "90": 90}
ROWS_MAX = 100_000  # Of the latest orders: more would keep an operator waiting, and the database busy.
BEST = 10


@get(f"{HERE}/sales", policy=READ, limit="console", page=True)
async def read_sales(
    db: Db, request: Request, rendering: Rendering, currency: Word = "", days: Literal["30", "90"] = "30"
) -> Answer:
    """Sold and given back over 30 or 90 days, in one currency."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since, floor = today - timedelta(days=DAYS[days] - 1), ids.first_since((DAYS[days] + 1) * 86_400)
    sold = await figures.sold(db, floor, since, ROWS_MAX)
    back = await figures.given_back(db, floor, since, ROWS_MAX)
    assets = await ledger.assets(db)
    choice = [assets[code] for code in sorted({each.currency for each in [*sold, *back]})]
    chosen = next((each for each in choice if each.code == currency), choice[0] if choice else None)
    dates = [(since + timedelta(days=each)).date() for each in range(DAYS[days])]
    code = chosen.code if chosen else ""
    came, went = _course(sold, code, dates), _course(back, code, dates)
    whole = 10**chosen.exponent if chosen else 1
    return await page(
        db, request, rendering, "sales.html", choice=choice, counted=chosen, days=days, lengths=DAYS,
        dates=list(zip(dates, came, went, strict=True)), came=[each / whole for each in came],
        went=[each / whole for each in went], sums=(sum(came), sum(went)), labels=_labels(dates),
        orders=sum(each.count for each in sold if each.currency == code),
        refunds=sum(each.count for each in back if each.currency == code),
        is_cut=sum(each.count for each in sold) >= ROWS_MAX,
        best=await figures.best(db, floor, since, ROWS_MAX, code, BEST) if code else [],
        linked=lambda **change: linked(f"{HERE}/sales", {"currency": code, "days": days}, **change),
    )  # fmt: skip


def _course(sums: Sequence[DaySum], currency: str, dates: Sequence[date]) -> list[int]:
    found = {each.day: each.amount for each in sums if each.currency == currency}
    return [found.get(day, 0) for day in dates]


def _labels(dates: Sequence[date]) -> list[str]:
    """Four days and the present one, evenly."""
    shown = [dates[round((len(dates) - 1) * part / 4)] for part in range(4)]
    return [f"{day.day} {day:%b}" for day in shown] + ["today"]
