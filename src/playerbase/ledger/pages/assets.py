"""The pages of assets: what is counted, making one, and from which amount on staff proves anew who they are."""

from typing import Annotated

import msgspec

from playerbase import audit
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.ledger import actions, rules
from playerbase.ledger.model import Asset, AssetClass, AssetExists, AssetUnknown, NewAsset
from playerbase.ledger.model import Code as AssetCode
from playerbase.ledger.pages.showing import READ, WRITE, Reason, page

HERE = "/console/assets"
TOLD = {"made": "Made. It can be earned and spent at once.", "bound": "Changed. It holds from the next form on."}
CLASSES = {"currency": "a currency", "points": "points"}


class AssetWanted(msgspec.Struct, frozen=True):
    """An asset to be made, as the form sends it; what is wrong is said beside its field."""

    code: Annotated[str, msgspec.Meta(max_length=100)] = ""
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    asset_class: Annotated[str, msgspec.Meta(max_length=20)] = "currency"
    exponent: Annotated[str, msgspec.Meta(max_length=10)] = "0"
    lifetime_days: Annotated[str, msgspec.Meta(max_length=10)] = ""
    repay_percent: Annotated[str, msgspec.Meta(max_length=10)] = "50"


class BoundAsked(msgspec.Struct, frozen=True):
    """From which amount on, and why."""

    reason: Reason
    amount: Annotated[str, msgspec.Meta(max_length=40)]


@get(HERE, policy=READ, limit="console", page=True)
async def list_assets(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Everything that is counted, items last."""
    known = sorted(
        (await actions.assets(db)).values(), key=lambda each: (each.asset_class is AssetClass.ITEM, each.code)
    )
    bounds = {each.asset_id: await actions.proof_bound(db, each) for each in known if not _is_item(each)}
    return await page(db, request, rendering, "assets.html", listed=known, bounds=bounds, told=TOLD.get(told, ""))


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_asset(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The form of a new asset."""
    return await _form(db, request, rendering, AssetWanted(), {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def make_asset(tx: Tx, request: Request, rendering: Rendering, form: AssetWanted) -> Answer:
    """Make it; one that is there and the same is left as it is."""
    faults: dict[str, str] = {}
    wanted = {
        "code": form.code.strip(), "name": form.name.strip(), "class": form.asset_class,
        "exponent": _number(form.exponent), "lifetime_days": _number(form.lifetime_days),
        "repay_percent": _number(form.repay_percent),
    }  # fmt: skip
    for name, why in SAID.items():
        try:
            rest = {"code": "x", "name": "x"}
            msgspec.convert({**rest, name: wanted[name]}, NewAsset)
        except msgspec.ValidationError:
            faults[name] = why
    if form.asset_class not in CLASSES:
        faults["class"] = SAID["class"]
    if faults:
        return await _form(tx, request, rendering, form, faults)
    new = msgspec.convert(wanted, NewAsset)
    try:
        made = await actions.create_asset(tx, new)
    except AssetExists:
        return await _form(tx, request, rendering, form, {"code": "There is one of this code, and it is another"})
    await audit.record(tx, audit.deed(request, "asset_created", "asset", made.code, after={"name": made.name}))
    return redirect(f"{HERE}?told=made")


@get(f"{HERE}/{{code}}/bound", policy=WRITE, limit="console", page=True)
async def ask_bound(db: Db, request: Request, rendering: Rendering, code: AssetCode) -> Answer:
    """The form that says from which amount on a fresh proof is wanted."""
    asset = await _asset(db, code)
    return await page(
        db, request, rendering, "bound.html", counted=asset, bound=await actions.proof_bound(db, asset), fault=""
    )


@post(f"{HERE}/{{code}}/bound", policy=WRITE, limit="console", page=True)
async def set_bound(tx: Tx, request: Request, rendering: Rendering, code: AssetCode, form: BoundAsked) -> Answer:
    """Another bound."""
    asset = await _asset(tx, code)
    try:
        bound = rules.units(form.amount, asset)
    except Fault as fault:
        told = str(fault.members["errors"][0]["message"])  # type: ignore[index]  # A list, wherever it is made.
        return await page(
            tx, request, rendering, "bound.html", status=422, counted=asset, fault=told,
            bound=await actions.proof_bound(tx, asset),
        )  # fmt: skip
    await actions.bound(tx, code, bound, form.reason, by=audit.deed(request, "", "asset", code))
    return redirect(f"{HERE}?told=bound")


async def _form(db: Db, request: Request, rendering: Rendering, form: AssetWanted, faults: dict[str, str]) -> Answer:
    return await page(
        db, request, rendering, "asset_form.html", status=422 if faults else 200, form=form, faults=faults,
        classes=CLASSES,
    )  # fmt: skip


async def _asset(db: Db, code: str) -> Asset:
    found = await actions.asset(db, code)
    if found is None:
        raise AssetUnknown("code", code)
    return found


def _is_item(asset: Asset) -> bool:
    return asset.asset_class is AssetClass.ITEM


def _number(text: str) -> int | str | None:
    bare = text.strip()
    return int(bare) if bare.isdecimal() and bare.isascii() else bare or None


SAID = {
    "code": "Small letters, digits, _ and -, a letter first, 64 at most",
    "name": "Name it, in 80 letters at most",
    "class": "A currency, or points",
    "exponent": "A number from 0 to 8",
    "lifetime_days": "A number of days from 1 to 3650, or nothing",
    "repay_percent": "A number from 0 to 100",
}
