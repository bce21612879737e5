"""A second factor: set up, moved to another phone, switched off; for staff, who may have no roles without, too."""

from typing import Annotated

import msgspec

from playerbase import access, accounts
from playerbase.kit.db import Db, Kept
from playerbase.kit.errors import Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, get, post, redirect
from playerbase.portal.pages.door import own

HERE = "/portal/second-factor"
TEMPLATE = "portal/second_factor.html"
Code = Annotated[str, msgspec.Meta(max_length=32)]


class CodeTyped(msgspec.Struct, frozen=True):
    """A code, or nothing."""

    code: Code = ""


class OffTyped(msgspec.Struct, frozen=True):
    """A code of the factor that shall go."""

    off_code: Code = ""


class ProofTyped(msgspec.Struct, frozen=True):
    """The password, or a code of the second factor; and where to go on."""

    next: Annotated[str, msgspec.Meta(max_length=500)] = HERE
    password: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    code: Code = ""


@get(HERE, policy=PLAYER.never_on_behalf(), limit="console", page=True)
async def read_factor(db: Db, request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """Whether I have a second factor, and the way to one."""
    assert caller.player_id is not None
    state = await access.factor_state(db, caller.player_id)
    return rendering.page(request, TEMPLATE, step="begin", state=state)


@post(HERE, policy=PLAYER, limit="console", page=True)
async def enable_factor(request: Request, rendering: Rendering, form: CodeTyped) -> Answer:
    """Show a new secret, as a picture to scan; who has not proven lately who they are does that first."""
    try:
        made = await accounts.enable_factor(request, form.code or None)
    except access.ReauthRequired:
        return prove_first(request, rendering, HERE)
    return rendering.page(request, TEMPLATE, step="confirm", made=made, fault="")


@post(f"{HERE}/confirm", policy=PLAYER, limit="auth", page=True)
async def confirm_factor(request: Request, site: Site, rendering: Rendering, form: CodeTyped) -> Answer:
    """Put it in force, show the recovery codes this once, and give this browser another session."""
    try:
        codes, cookie = await accounts.confirm_factor(request, None, form.code)
    except access.CodeWrong as refusal:
        return rendering.page(request, TEMPLATE, status=refusal.status, step="confirm", made=None, fault=str(refusal))
    assert not isinstance(codes, Kept)
    answer = rendering.page(request, TEMPLATE, step="done", codes=codes.recovery_codes)
    return answer if cookie is None else access.set_cookie(answer, site.public_url, cookie)


@post(f"{HERE}/prove", policy=PLAYER, limit=("auth", "login"), page=True)
async def prove(request: Request, site: Site, rendering: Rendering, form: ProofTyped) -> Answer:
    """Prove once more who is sitting here, and go on."""
    try:
        _, cookie = await accounts.reauthenticate(request, form.password or None, form.code or None)
    except (access.SignInFailed, access.CodeWrong, access.TooBusy) as refusal:
        return prove_first(request, rendering, form.next, refusal)
    answer = redirect(own(form.next))
    return answer if cookie is None else access.set_cookie(answer, site.public_url, cookie)


@post(f"{HERE}/off", policy=PLAYER, limit="auth", page=True)
async def disable_factor(request: Request, rendering: Rendering, form: OffTyped) -> Answer:
    """Switch it off; who has not proven lately who they are does that first."""
    try:
        await accounts.disable_factor(request, form.off_code)
    except access.ReauthRequired:
        return prove_first(request, rendering, HERE)
    return redirect("/portal/security?told=factor_off")


def prove_first(request: Request, rendering: Rendering, goal: str, refusal: Refusal | None = None) -> Answer:
    """The page that asks for a fresh proof and then goes on to ``goal``."""
    status = 403 if refusal is None else refusal.status
    return rendering.page(request, TEMPLATE, status=status, step="prove", fault=str(refusal or ""), next=own(goal))
