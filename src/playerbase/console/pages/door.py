"""The door: signing in to the console, and out of it."""

from typing import Annotated

import msgspec

from playerbase import access, accounts
from playerbase.kit.errors import Refusal
from playerbase.kit.http import ANYONE, Answer, Caller, Rendering, Request, Site, csrf, get, post, redirect

HOME = "/console"
Path = Annotated[str, msgspec.Meta(max_length=500)]


class Credentials(msgspec.Struct, frozen=True):
    """What the form sends; what is left out is wrong, and nothing more is said of it."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1024)] = ""
    next: Path = HOME


class CodeForm(msgspec.Struct, frozen=True):
    """The second step: a code, and the sign-in that waits for it."""

    mfa_token: Annotated[str, msgspec.Meta(max_length=200)] = ""
    code: Annotated[str, msgspec.Meta(max_length=32)] = ""
    next: Path = HOME


@get("/console/sign-in", policy=ANYONE, limit="open", page=True)
async def ask(request: Request, caller: Caller, rendering: Rendering, next_: Path = HOME) -> Answer:
    """The form; who is signed in already goes on."""
    if caller.is_staff:
        return redirect(own(next_))
    return rendering.page(request, "console/sign_in.html", next=own(next_), email="", fault="")


@post("/console/sign-in", policy=ANYONE, limit=("login", "auth"), page=True)
async def sign_in(request: Request, site: Site, rendering: Rendering, form: Credentials) -> Answer:
    """Sign in with e-mail address and password; one message whatever was wrong with them.

    Whoever has a second factor is asked for it next.
    """
    csrf.check_origin(request)
    goal = own(form.next)
    try:
        entry = await accounts.log_in_browser(request, email=form.email, password=form.password)
    except (access.SignInFailed, access.PlayerBarred, access.TooBusy) as refusal:
        return _asked_again(request, rendering, refusal, goal, form.email)
    if isinstance(entry, access.Challenge):
        return rendering.page(request, "console/sign_in_code.html", next=goal, mfa_token=entry.mfa_token, fault="")
    return accounts.let_browser_in(redirect(goal), site.public_url, entry)


@post("/console/sign-in/code", policy=ANYONE, limit="auth", page=True)
async def answer(request: Request, site: Site, rendering: Rendering, form: CodeForm) -> Answer:
    """Finish signing in by a code; after five wrong ones, or five minutes, it begins anew."""
    csrf.check_origin(request)
    goal = own(form.next)
    try:
        entry = await accounts.finish_browser(request, form.mfa_token, form.code)
    except access.CodeWrong as refusal:
        return rendering.page(
            request, "console/sign_in_code.html", status=refusal.status, next=goal, mfa_token=form.mfa_token,
            fault=str(refusal),
        )  # fmt: skip
    except (access.ChallengeOver, access.PlayerBarred) as refusal:
        return _asked_again(request, rendering, refusal, goal, "")
    return accounts.let_browser_in(redirect(goal), site.public_url, entry)


@post("/console/sign-out", policy=ANYONE, limit="console", page=True)
async def sign_out(request: Request, site: Site) -> Answer:
    """End this browser's session, at once and everywhere; whose has ended already is signed out as well."""
    await accounts.log_out_browser(request)
    return access.clear_cookie(redirect("/console/sign-in"), site.public_url)


def _asked_again(request: Request, rendering: Rendering, refusal: Refusal, goal: str, email: str) -> Answer:
    return rendering.page(
        request, "console/sign_in.html", status=refusal.status, next=goal, email=email, fault=str(refusal)
    )


def own(path: str) -> str:
    """A path of the console and nothing else, so that a link to the door leads no further than the house."""
    is_own = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    return path if is_own and "\\" not in path and path.isprintable() else HOME
