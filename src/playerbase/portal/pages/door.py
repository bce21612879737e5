"""The door: signing up, in and out, and the theme."""

from typing import Annotated, Literal

import msgspec

from playerbase import access, accounts, profiles
from playerbase.kit.errors import Invalid, Refusal
from playerbase.kit.http import ANYONE, Answer, Caller, Rendering, Request, Site, csrf, get, post, redirect

HOME = "/portal"
TOLD = {"reset": "Your password is changed. Sign in with the new one."}
# What the way back from a provider says of what went wrong.
FAULTS = {
    "provider_refused": "That sign-in was not confirmed. Begin anew.",
    "provider_away": "That provider does not answer at the moment. Try again shortly.",
    "provider_banned": "The publisher of the game has banned that account.",
    "player_barred": "This account is suspended or banned.",
}
THEME_SECONDS = 365 * 86_400
Path = Annotated[str, msgspec.Meta(max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=1024)]


class Credentials(msgspec.Struct, frozen=True):
    """What the form sends; what is left out is wrong, and nothing more is said of it."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Text = ""
    next: Path = HOME


class CodeForm(msgspec.Struct, frozen=True):
    """The second step: a code, and the sign-in that waits for it."""

    mfa_token: Annotated[str, msgspec.Meta(max_length=200)] = ""
    code: Annotated[str, msgspec.Meta(max_length=32)] = ""
    next: Path = HOME


class NewPlayer(msgspec.Struct, frozen=True):
    """What somebody new says of themselves."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Text = ""
    display_name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Theme(msgspec.Struct, frozen=True):
    """Light, dark, or as the system says; and the page to go back to."""

    theme: Literal["light", "dark", "system"]
    next: Path = HOME


@get("/portal/sign-in", policy=ANYONE, limit="open", page=True)
async def ask_in(
    request: Request, caller: Caller, rendering: Rendering, next_: Path = HOME, told: str = "", fault: str = ""
) -> Answer:
    """The form; who is signed in already goes on."""
    if caller.player_id is not None:
        return redirect(own(next_))
    return _door(request, rendering, own(next_), told=TOLD.get(told, ""), fault=FAULTS.get(fault, ""))


@post("/portal/sign-in", policy=ANYONE, limit=("login", "auth"), page=True)
async def sign_in(request: Request, site: Site, rendering: Rendering, form: Credentials) -> Answer:
    """Sign in with e-mail address and password; one message whatever was wrong with them."""
    csrf.check_origin(request)
    goal = own(form.next)
    try:
        entry = await accounts.log_in_browser(request, email=form.email, password=form.password)
    except (access.SignInFailed, access.PlayerBarred, access.TooBusy) as refusal:
        return _door(request, rendering, goal, status=refusal.status, email=form.email, fault=str(refusal))
    if isinstance(entry, access.Challenge):
        return rendering.page(request, "portal/sign_in_code.html", next=goal, mfa_token=entry.mfa_token, fault="")
    return accounts.let_browser_in(redirect(goal), site.public_url, entry)


@get("/portal/sign-in/code", policy=ANYONE, limit="open", page=True)
async def ask_code(request: Request, rendering: Rendering, next_: Path = HOME) -> Answer:
    """The second step, for who comes from a provider."""
    waiting = request.cookie(accounts.SECOND) or ""
    return rendering.page(request, "portal/sign_in_code.html", next=own(next_), mfa_token=waiting, fault="")


@post("/portal/sign-in/code", policy=ANYONE, limit="auth", page=True)
async def answer(request: Request, site: Site, rendering: Rendering, form: CodeForm) -> Answer:
    """Finish signing in by a code; after five wrong ones, or five minutes, it begins anew."""
    csrf.check_origin(request)
    goal = own(form.next)
    try:
        entry = await accounts.finish_browser(request, form.mfa_token, form.code)
    except access.CodeWrong as refusal:
        return rendering.page(
            request, "portal/sign_in_code.html", status=refusal.status, next=goal, mfa_token=form.mfa_token,
            fault=str(refusal),
        )  # fmt: skip
    except (access.ChallengeOver, access.PlayerBarred) as refusal:
        return _door(request, rendering, goal, status=refusal.status, fault=str(refusal))
    return accounts.let_browser_in(redirect(goal), site.public_url, entry)


@get("/portal/sign-up", policy=ANYONE, limit="open", page=True)
async def ask_up(request: Request, caller: Caller, rendering: Rendering) -> Answer:
    """The form for somebody new."""
    if caller.player_id is not None:
        return redirect(HOME)
    return rendering.page(request, "portal/sign_up.html", form=NewPlayer(), faults={}, fault="")


@post("/portal/sign-up", policy=ANYONE, limit="auth", page=True)
async def sign_up(request: Request, site: Site, rendering: Rendering, form: NewPlayer) -> Answer:
    """Make a player of somebody and sign this browser in; every fault stands at its field."""
    csrf.check_origin(request)
    try:
        profiles.check_name(form.display_name)
        entry = await accounts.register_browser(
            request, accounts.Registration(form.email, form.password, form.display_name)
        )
    except (Invalid, access.EmailTaken, access.TooBusy) as refusal:
        return rendering.page(
            request, "portal/sign_up.html", status=refusal.status, form=form, faults=_faults(refusal),
            fault="" if _faults(refusal) else str(refusal),
        )  # fmt: skip
    if entry is None:
        return rendering.page(request, "portal/look_at_mail.html", email=form.email)
    return accounts.let_browser_in(redirect(HOME), site.public_url, entry)


@post("/portal/sign-out", policy=ANYONE, limit="console", page=True)
async def sign_out(request: Request, site: Site) -> Answer:
    """End this browser's session, at once and everywhere; whose has ended already is signed out as well."""
    await accounts.log_out_browser(request)
    return access.clear_cookie(redirect("/portal/sign-in"), site.public_url)


@post("/portal/theme", policy=ANYONE.or_on_behalf(), limit="console", page=True)
async def set_theme(site: Site, form: Theme) -> Answer:
    """Remember how this browser wants pages to look."""
    secure = site.public_url.startswith("https:")
    seconds = 0 if form.theme == "system" else THEME_SECONDS
    return redirect(own(form.next)).cookie("theme", form.theme, seconds=seconds, secure=secure)


def _door(
    request: Request, rendering: Rendering, goal: str, *, status: int = 200, email: str = "", told: str = "",
    fault: str = "",
) -> Answer:  # fmt: skip
    return rendering.page(
        request, "portal/sign_in.html", status=status, next=goal, email=email, told=told, fault=fault,
        ways=accounts.ways_in_browser(request, goal),
    )  # fmt: skip


def own(path: str) -> str:
    """A path of the portal and nothing else, so that a link to the door leads no further than the house."""
    is_own = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    return path if is_own and "\\" not in path and path.isprintable() else HOME


def _faults(refusal: Refusal) -> dict[str, list[str]]:
    """What is wrong, by field."""
    found: dict[str, list[str]] = {}
    for fault in msgspec.to_builtins(refusal.members.get("errors", [])):
        found.setdefault(fault["field"], []).append(fault["message"])
    if isinstance(refusal, access.EmailTaken):
        found["email"] = [str(refusal)]
    return found
