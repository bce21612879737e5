"""Rate limits: the number of each category, why it is what it is, and who changed it."""

from typing import Annotated

import msgspec

from playerbase.console import actions
from playerbase.console.model import Reason
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, numbers, post, redirect, staff

READ, WRITE = staff("operations.read"), staff("operations.write")
TOLD = {"changed": "Changed. Every process follows within seconds.", "reset": "Back to the default."}


class Change(msgspec.Struct, frozen=True):
    """So many in so many seconds, and why."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    window_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)]
    reason: Reason


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get("/console/limits", policy=READ, limit="console", page=True)
async def list_limits(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Every category."""
    return rendering.page(
        request, "console/limits.html", numbers=await numbers.numbers(db), told=TOLD.get(told, ""),
        may_write="operations.write" in request.caller.permissions,
    )  # fmt: skip


@get("/console/limits/{category}/change", policy=WRITE, limit="console", page=True)
@get("/console/limits/{category}/reset", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, rendering: Rendering, category: str) -> Answer:
    """The question before a number is changed or reset."""
    number = await numbers.number(db, category)
    return rendering.page(request, "console/limit_ask.html", number=number, verb=request.path.rpartition("/")[2])


@post("/console/limits/{category}/change", policy=WRITE, limit="console", page=True)
async def change(tx: Tx, request: Request, category: str, form: Change) -> Answer:
    """Another number."""
    await actions.change_limit(
        tx, request, category, count=form.count, window_seconds=form.window_seconds, reason=form.reason
    )
    return redirect("/console/limits?told=changed")


@post("/console/limits/{category}/reset", policy=WRITE, limit="console", page=True)
async def reset(tx: Tx, request: Request, category: str, form: Asked) -> Answer:
    """The default again."""
    await actions.reset_limit(tx, request, category, form.reason)
    return redirect("/console/limits?told=reset")
