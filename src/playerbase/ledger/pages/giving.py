"""The pages that give a player of a currency or points, or take away: with a reason and the ticket it is about."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import access, identity
from playerbase.kit import ids
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.errors import Fault, Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.ledger import actions, rules
from playerbase.ledger.actions import Granting, Postings, Revoking
from playerbase.ledger.model import AssetClass
from playerbase.ledger.pages.showing import HERE, WRITE, Code, Token, Word, page, prove_first

SHORT = "Not enough is there: {0} is free to take. Take less, or let the rest be owed."


class Given(msgspec.Struct, frozen=True):
    """What the form sends; the amount as people write it. Its token has the button do it once."""

    token: Token
    asset: Code = ""
    amount: Annotated[str, msgspec.Meta(max_length=40)] = ""
    reason: Word = ""
    ref: Word = ""
    on_shortfall: Literal["refuse", "debt"] = "refuse"


@get("/console/players/{player_id}/grant", policy=WRITE, limit="console", page=True)
@get("/console/players/{player_id}/revoke", policy=WRITE, limit="console", page=True)
async def ask_give(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, asset: Code = "", amount: Code = "",
    reason: Word = "", ref: Word = "", on_shortfall: Literal["refuse", "debt"] = "refuse",
) -> Answer:  # fmt: skip
    """The form, with what was typed before somebody had to prove who they are."""
    form = Given(str(ids.uuid7()), asset, amount, reason, ref, on_shortfall)
    return await _form(db, request, rendering, player_id, form, {})


@post("/console/players/{player_id}/grant", policy=WRITE, limit="console", page=True)
@post("/console/players/{player_id}/revoke", policy=WRITE, limit="console", page=True)
async def give(
    pool: Pool, request: Request, rendering: Rendering, postings: Postings, player_id: UUID, form: Given
) -> Answer:
    """Do it, once however often the button is pressed."""
    faults: dict[str, str] = {}
    try:
        transaction_id = await _done(pool, request, postings, player_id, form)
    except access.ReauthRequired:
        given = msgspec.structs.asdict(form)
        return prove_first(request.path, {name: value for name, value in given.items() if name != "token"})
    except Fault as fault:
        faults = {each["field"]: each["message"] for each in fault.members["errors"]}  # type: ignore[attr-defined]  # A list, wherever it is made.
    except Refusal as refusal:
        if not actions.is_recorded(refusal):
            raise
        faults = {"amount": await _worded(pool, refusal, form.asset)}
    else:
        verb = request.path.rpartition("/")[2]
        told = "granted" if verb == "grant" else "revoked"
        return redirect(f"{HERE}/transactions/{transaction_id}?told={told}")
    # What was refused stands under its token: the next try is another.
    again = msgspec.structs.replace(form, token=str(ids.uuid7()))
    async with reading(pool) as db:
        return await _form(db, request, rendering, player_id, again, faults)


async def _done(pool: Pool, request: Request, postings: Postings, player_id: UUID, form: Given) -> UUID:
    async with reading(pool) as db:
        asset = await actions.asset(db, form.asset)
    if asset is None:
        raise Fault("asset", "unknown", "Choose one")
    if not form.reason.strip():
        raise Fault("reason", "missing", "Say why: it is kept, and the player can see it")
    amount = rules.units(form.amount, asset)
    named = actions.staff_named(request, f"{request.caller.subject} console", form.token, (request.path, form))
    reason, ref = form.reason.strip(), form.ref.strip()
    if request.path.endswith("/grant"):
        wish = Granting(asset.code, amount, reason, ref)
        return (await actions.grant(pool, postings.known, request, player_id, wish, named)).transaction_id
    taking = Revoking(asset.code, amount, reason, ref, form.on_shortfall)
    return (await actions.revoke(pool, postings.known, request, player_id, taking, named)).transaction_id


async def _worded(pool: Pool, refusal: Refusal, code: str) -> str:
    available = refusal.members.get("available")
    if not isinstance(available, int):
        return str(refusal)
    async with reading(pool) as db:
        asset = await actions.asset(db, code)
    return SHORT.format(asset.display(available) if asset else available)


async def _form(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, form: Given, faults: dict[str, str]
) -> Answer:
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    choice = [each for each in (await actions.assets(db)).values() if each.asset_class is not AssetClass.ITEM]
    stands = {each.asset: each for each in (await actions.accounts_of(db, player_id)) if each.purpose == "main"}
    return await page(
        db, request, rendering, "give.html", people=[player_id], status=422 if faults else 200, player_id=player_id,
        form=form, faults=faults, verb=request.path.rpartition("/")[2], choice=choice, stands=stands,
        bounds={each.code: await actions.proof_bound(db, each) for each in choice},
    )  # fmt: skip
