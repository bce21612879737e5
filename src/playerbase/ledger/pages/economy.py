"""The page of the economy: what comes and goes of an asset, how much there is and how fast it turns, who has it."""

from typing import Literal

import msgspec

from playerbase import audit
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.ledger import actions
from playerbase.ledger.actions import Economy
from playerbase.ledger.model import Asset, AssetClass, AssetUnknown
from playerbase.ledger.pages.showing import READ, WRITE, Code, Reason, linked, page

HERE = "/console/economy"
DAYS = {"30": 30, "90": 90}
# What figures of a plot are counted in, so that its scale has at most four digits.
SCALES = (
    (10**12, "million millions of "),
    (10**9, "thousand millions of "),
    (10**6, "millions of "),
    (10**3, "thousands of "),
)
SCALED_FROM = 10_000


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


class Drawn(msgspec.Struct, frozen=True):
    """A plot: a series, one to compare with, what they are counted in, and what the plot shows in words."""

    values: list[float]
    compare: list[float]
    unit: str
    words: str


@get(HERE, policy=READ, limit="console", page=True)
async def read_economy(
    db: Db, request: Request, rendering: Rendering, asset: Code = "", days: Literal["30", "90"] = "30", told: str = ""
) -> Answer:
    """An asset over 30 or 90 days, from sums worked out ahead."""
    known = await actions.assets(db)
    choice = [each for each in known.values() if each.asset_class is not AssetClass.ITEM]
    chosen = known.get(asset) if asset else choice[0]
    if chosen is None:
        raise AssetUnknown("asset", asset)
    if chosen not in choice:
        choice.append(chosen)
    seen, shown = await actions.economy(db, chosen, DAYS[days]), {"asset": chosen.code, "days": days}
    return await page(
        db, request, rendering, "economy.html", people=[each.owner_id for each in seen.holders], counted=chosen,
        choice=choice, seen=seen, days=days, lengths=DAYS, linked=lambda **change: linked(HERE, shown, **change),
        labels=_labels(seen), plots=_plots(seen, chosen), told="Asked for. It is done within minutes." if told else "",
    )  # fmt: skip


@get(f"{HERE}/anew", policy=WRITE, limit="console", page=True)
async def ask_anew(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The question before all sums are worked out anew."""
    return await page(db, request, rendering, "anew.html")


@post(f"{HERE}/anew", policy=WRITE, limit="console", page=True)
async def work_out_anew(tx: Tx, request: Request, form: Asked) -> Answer:
    """Have a worker forget the sums and add everything up again."""
    await actions.ask_anew(tx)
    await audit.record(tx, audit.deed(request, "economy_worked_out_anew", "ledger", "flows", reason=form.reason))
    return redirect(f"{HERE}?told=anew")


def _plots(seen: Economy, asset: Asset) -> dict[str, Drawn]:
    """Sources and sinks, the supply, and the debt if there ever was one."""
    came, went = [each.came for each in seen.days], [each.went for each in seen.days]
    supply, debt = [each.supply for each in seen.days], [each.debt for each in seen.days]
    length = f"over {len(seen.days)} days"
    found = {
        "flow": _drawn(
            asset, came, went, f"{asset.name} given to players {length}, and dashed what left them:"
            f" {asset.display(sum(came))} in, {asset.display(sum(went))} out",
        ),
        "supply": _drawn(
            asset, supply, [], f"{asset.name} with players at the end of each day {length},"
            f" from {asset.display(supply[0])} to {asset.display(supply[-1])}",
        ),
    }  # fmt: skip
    if any(debt):
        words = f"{asset.name} owed {length}, from {asset.display(debt[0])} to {asset.display(debt[-1])}"
        found["debt"] = _drawn(asset, debt, [], words)
    return found


def _drawn(asset: Asset, values: list[int], compare: list[int], words: str) -> Drawn:
    most, whole = max([*map(abs, values), *map(abs, compare)], default=0), 10**asset.exponent
    by, unit = next(((by, unit) for by, unit in SCALES if most >= SCALED_FROM * whole and most >= by * whole), (1, ""))
    scale = by * whole
    return Drawn([each / scale for each in values], [each / scale for each in compare], unit + asset.name, words)


def _labels(seen: Economy) -> list[str]:
    """Four days and the present one, evenly."""
    last = len(seen.days) - 1
    shown = [seen.days[round(last * part / 4)].day for part in range(4)]
    return [f"{day.day} {day:%b}" for day in shown] + ["today"]
