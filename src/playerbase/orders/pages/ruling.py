"""The rules that have orders wait, the bounds of an order, and who is suspected."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.orders import actions
from playerbase.orders.model import Consequence, NoSuchRule, NotSuspected, RuleChange
from playerbase.orders.pages.reviewing import Asked
from playerbase.orders.pages.showing import READ, RULES, UNITS, WRITE, Reason, page, why_not

Figure = Annotated[str, msgspec.Meta(max_length=20)]
RuleName = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,32}$")]
TOLD = {
    "rule": "Changed. The next order feels it.", "cleared": "Cleared. Their next order goes through.",
}  # fmt: skip
LENGTHS = dict(UNITS)


class RuleAsked(msgspec.Struct, frozen=True):
    """What the form of a rule sends."""

    count: Figure = ""
    within: Figure = ""
    unit: Literal["days", "hours", "minutes", "seconds"] = "minutes"
    action: Consequence = Consequence.REVIEW
    is_on: Literal["", "true"] = ""
    reason: Reason = ""


@get(RULES, policy=READ, limit="console", page=True)
async def list_rules(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """The rules with their numbers and reasons, the bounds, and whose orders wait because of how they earned."""
    rules, settings = await actions.bounds(db)
    suspects = await actions.suspects(db)
    return await page(
        db, request, rendering, "rules.html", people=[each.player_id for each in suspects], rules=rules,
        settings=settings, suspects=suspects, told=TOLD.get(told, ""),
    )  # fmt: skip


@get(f"{RULES}/{{code}}/change", policy=WRITE, limit="console", page=True)
async def ask_rule(db: Db, request: Request, rendering: Rendering, code: RuleName) -> Answer:
    """The form of a rule."""
    rule = next((each for each in (await actions.bounds(db))[0] if each.code == code), None)
    if rule is None:
        raise NoSuchRule
    unit = next(name for name, length in UNITS if rule.seconds % length == 0)
    shown = {
        "count": str(rule.count), "within": str(rule.seconds // LENGTHS[unit]), "unit": unit, "action": rule.action,
        "is_on": "true" if rule.is_on else "", "reason": rule.reason,
    }  # fmt: skip
    form = msgspec.convert(shown, RuleAsked)
    return await page(db, request, rendering, "rule_form.html", code=code, form=form, faults={})


@post(f"{RULES}/{{code}}/change", policy=WRITE, limit="console", page=True)
async def change_rule(tx: Tx, request: Request, rendering: Rendering, code: RuleName, form: RuleAsked) -> Answer:
    """Have orders wait from another number on, or be refused, or go through."""
    count, within = _number(form.count, 1_000_000), _number(form.within, 2_592_000)
    seconds = (within or 0) * LENGTHS[form.unit]
    faults = {}
    if count is None:
        faults["count"] = "A whole number from 1 to 1 000 000"
    if within is None or seconds > LENGTHS["days"] * 30:
        faults["within"] = "From one second to 30 days"
    if fault := why_not(form.reason):
        faults["reason"] = fault
    if faults or count is None:
        return await page(tx, request, rendering, "rule_form.html", code=code, form=form, faults=faults, status=422)
    change = RuleChange(bool(form.is_on), count, seconds, form.action, form.reason.strip())
    await actions.change_rule(tx, request, code, change)
    return redirect(f"{RULES}?told=rule")


@get(f"{RULES}/suspects/{{player_id}}/clear", policy=WRITE, limit="console", page=True)
async def ask_clear(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """The question before somebody's orders go through again."""
    if all(each.player_id != player_id for each in await actions.suspects(db)):
        raise NotSuspected
    return await page(
        db, request, rendering, "clear.html", people=[player_id], player_id=player_id, form=Asked(), fault=""
    )


@post(f"{RULES}/suspects/{{player_id}}/clear", policy=WRITE, limit="console", page=True)
async def clear(tx: Tx, request: Request, rendering: Rendering, player_id: UUID, form: Asked) -> Answer:
    """Let their orders through again."""
    if fault := why_not(form.reason):
        return await page(
            tx, request, rendering, "clear.html", people=[player_id], player_id=player_id, form=form, fault=fault,
            status=422,
        )  # fmt: skip
    if not await actions.clear(tx, request, player_id, form.reason):
        raise NotSuspected
    return redirect(f"{RULES}?told=cleared")


def _number(text: str, most: int) -> int | None:
    plain = text.strip()
    is_number = plain.isascii() and plain.isdecimal() and len(plain) <= len(str(most))
    return int(plain) if is_number and 1 <= int(plain) <= most else None
