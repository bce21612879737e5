"""How long somebody of staff may see the portal as a player, before they must say anew why."""

from typing import Annotated
from urllib.parse import quote

import msgspec

from playerbase import access, audit
from playerbase.access import ImpersonationMinutes, ImpersonationSettings
from playerbase.console.pages.proving import HERE as PROVE
from playerbase.console.pages.proving import prove_first
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Rendering, Request, get, post, redirect, staff

HERE = "/console/impersonations/minutes"
DECIDE = staff("staff.write")


class Lasting(msgspec.Struct, frozen=True):
    """So many minutes, and why."""

    minutes: ImpersonationMinutes
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(HERE, policy=DECIDE, limit="console", page=True)
async def ask_minutes(db: Db, request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """The question before it is changed; who has not proven lately who they are does that first."""
    try:
        await access.check_fresh(db, caller)
    except access.ReauthRequired:
        return redirect(f"{PROVE}?next={quote(HERE)}")
    return rendering.page(request, "console/lasting.html", minutes=(await access.impersonation_settings(db)).minutes)


@post(HERE, policy=DECIDE, limit="console", page=True)
async def decide_minutes(tx: Tx, request: Request, caller: Caller, rendering: Rendering, form: Lasting) -> Answer:
    """Decide it, for those that begin from now on."""
    try:
        await access.check_fresh(tx, caller)
    except access.ReauthRequired:
        return await prove_first(tx, request, rendering, HERE)
    by = audit.deed(request, "", "policy", "", reason=form.reason.strip())
    await access.decide_impersonations(tx, ImpersonationSettings(form.minutes), by=by)
    return redirect("/console/impersonations?told=decided")
