"""Proving once more who is sitting here, before something that wants a fresh proof; and back to it."""

from typing import Annotated

import msgspec

from playerbase import access, accounts
from playerbase.console.pages.door import HOME, own
from playerbase.console.pages.now import must_be_staff
from playerbase.kit.db import Db, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, get, post, redirect

HERE = "/console/prove"
NOTHING = "Type your password, or a code of your second factor."
Path = Annotated[str, msgspec.Meta(max_length=500)]


class ProofTyped(msgspec.Struct, frozen=True):
    """The password, or a code of the second factor; and where to go on."""

    next: Path = HOME
    password: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    code: Annotated[str, msgspec.Meta(max_length=32)] = ""


@get(HERE, policy=PLAYER, limit="console", page=True)
async def ask_proof(db: Db, request: Request, caller: Caller, rendering: Rendering, next_: Path = HOME) -> Answer:
    """The form; a proof is good for five minutes."""
    must_be_staff(caller)
    return await prove_first(db, request, rendering, next_, status=200)


@post(HERE, policy=PLAYER, limit=("auth", "login"), page=True)
async def prove(request: Request, site: Site, caller: Caller, rendering: Rendering, form: ProofTyped) -> Answer:
    """Prove it and go on; one of the two is enough."""
    must_be_staff(caller)
    fault, status = NOTHING, 422
    if form.password or form.code:
        try:
            _, cookie = await accounts.reauthenticate(request, form.password or None, form.code or None)
        except (access.SignInFailed, access.CodeWrong, access.TooBusy) as refusal:
            fault, status = str(refusal), refusal.status
        else:
            answer = redirect(own(form.next))
            return answer if cookie is None else access.set_cookie(answer, site.public_url, cookie)
    async with reading(site.pool) as db:
        return await prove_first(db, request, rendering, form.next, status=status, fault=fault)


async def prove_first(
    db: Db, request: Request, rendering: Rendering, goal: str, *, status: int = 403, fault: str = ""
) -> Answer:
    """The page that asks for a fresh proof and then goes on to ``goal``."""
    assert request.caller.player_id is not None
    has_factor = await access.has_factor(db, request.caller.player_id)
    return rendering.page(
        request, "console/prove.html", status=status, next=own(goal), fault=fault, has_factor=has_factor
    )
