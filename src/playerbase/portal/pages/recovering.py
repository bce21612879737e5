"""Getting back in: a letter, its link, another password; and confirming an address."""

from typing import Annotated

import msgspec

from playerbase import access, accounts
from playerbase.kit.db import transaction
from playerbase.kit.errors import Invalid
from playerbase.kit.http import ANYONE, PLAYER, Answer, Rendering, Request, Site, csrf, get, post, redirect

Text = Annotated[str, msgspec.Meta(max_length=1024)]
Token = Annotated[str, msgspec.Meta(max_length=200)]


class Asked(msgspec.Struct, frozen=True):
    """Whose password is lost."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class Chosen(msgspec.Struct, frozen=True):
    """The link's token, and the password that shall be."""

    token: Token = ""
    password: Text = ""


class Confirmed(msgspec.Struct, frozen=True):
    """The link's token."""

    token: Token = ""


class Changed(msgspec.Struct, frozen=True):
    """The password that is, and the one that shall be."""

    current: Text = ""
    password: Text = ""


@get("/portal/reset", policy=ANYONE, limit="open", page=True)
async def ask_reset_page(request: Request, rendering: Rendering) -> Answer:
    """Ask for a letter; or, where the letter's link leads, choose another password."""
    return rendering.page(request, "portal/reset.html", token="", sent=False, faults=[], fault="")


@post("/portal/reset", policy=ANYONE, limit=("auth", "recovery"), page=True)
async def ask_reset(request: Request, rendering: Rendering, form: Asked) -> Answer:
    """Have the letter sent; the page says the same whoever has the address."""
    csrf.check_origin(request)
    try:
        await accounts.ask_reset(request, form.email)
    except Invalid as refusal:
        return rendering.page(
            request, "portal/reset.html", status=422, token="", sent=False, faults=[], fault=str(refusal)
        )
    return rendering.page(request, "portal/reset.html", token="", sent=True, faults=[], fault="")


@post("/portal/reset/confirm", policy=ANYONE, limit=("auth", "recovery"), page=True)
async def confirm_reset(request: Request, rendering: Rendering, form: Chosen) -> Answer:
    """Put another password in place; every session ends, this browser's too."""
    csrf.check_origin(request)
    try:
        await accounts.confirm_reset(request, form.token, form.password)
    except (access.PasswordTooWeak, access.TooBusy) as refusal:
        wrong = [fault["message"] for fault in msgspec.to_builtins(refusal.members.get("errors", []))]
        return rendering.page(
            request, "portal/reset.html", status=refusal.status, token=form.token, sent=False,
            faults=wrong or [str(refusal)], fault="",
        )  # fmt: skip
    except access.LinkSpent as refusal:
        return rendering.page(
            request, "portal/reset.html", status=refusal.status, token="", sent=False, faults=[], fault=str(refusal)
        )
    return redirect("/portal/sign-in?told=reset")


@get("/portal/verify", policy=ANYONE, limit="open", page=True)
async def ask_verify(request: Request, rendering: Rendering) -> Answer:
    """Where the link of a letter leads: looking at it uses nothing up."""
    return rendering.page(request, "portal/verify.html", done=False, fault="")


@post("/portal/verify", policy=ANYONE, limit=("auth", "recovery"), page=True)
async def verify(request: Request, site: Site, rendering: Rendering, form: Confirmed) -> Answer:
    """Confirm the address."""
    csrf.check_origin(request)
    try:
        async with transaction(site.pool) as tx:
            await accounts.verify_email(tx, request, form.token)
    except (access.LinkSpent, access.EmailTaken) as refusal:
        return rendering.page(request, "portal/verify.html", status=refusal.status, done=False, fault=str(refusal))
    return rendering.page(request, "portal/verify.html", done=True, fault="")


@get("/portal/password", policy=PLAYER, limit="console", page=True)
async def ask_password(request: Request, rendering: Rendering) -> Answer:
    """The form for another password."""
    return rendering.page(request, "portal/password.html", wrong="", faults=[])


@post("/portal/password", policy=PLAYER, limit="auth", page=True)
async def change_password(request: Request, rendering: Rendering, form: Changed) -> Answer:
    """Change it; every other device is signed out."""
    try:
        await accounts.change_password(request, form.current, form.password)
    except (access.PasswordWrong, access.PasswordMissing, access.TooBusy) as refusal:
        return rendering.page(request, "portal/password.html", status=refusal.status, wrong=str(refusal), faults=[])
    except Invalid as refusal:
        faults = [fault["message"] for fault in msgspec.to_builtins(refusal.members.get("errors", []))]
        return rendering.page(request, "portal/password.html", status=422, wrong="", faults=faults or [str(refusal)])
    return redirect("/portal/security?told=password")
