"""The e-mail address: what it is, whether it is confirmed, and another one in its place."""

from typing import Annotated

import msgspec

from playerbase import access, accounts
from playerbase.kit.db import Db, reading
from playerbase.kit.errors import Invalid, Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, get, post

HERE = "/portal/email"
TEMPLATE = "portal/email.html"


class Changed(msgspec.Struct, frozen=True):
    """The address that shall be, and the password."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1024)] = ""


@get(HERE, policy=PLAYER, limit="console", page=True)
async def read_address(db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering) -> Answer:
    """The address as far as it is shown, and the form for another."""
    assert caller.player_id is not None
    address = await accounts.own_address(db, site.keys, caller.player_id)
    return _page(request, rendering, address)


@post(HERE, policy=PLAYER, limit=("auth", "recovery"), page=True)
async def change_address(request: Request, site: Site, rendering: Rendering, form: Changed) -> Answer:
    """Have a link sent to the new address. The page says the same whether or not somebody else has it."""
    try:
        await accounts.change_email(request, form.email, form.password)
    except Invalid as refusal:
        return await _again(request, site, rendering, refusal, typed=form.email, wrong_email=str(refusal))
    except (access.PasswordWrong, access.PasswordMissing, access.TooBusy) as refusal:
        return await _again(request, site, rendering, refusal, typed=form.email, wrong_password=str(refusal))
    return _page(request, rendering, None, sent_to=form.email.strip())


@post(f"{HERE}/confirmation", policy=PLAYER, limit=("auth", "recovery"), page=True)
async def ask_confirmation(request: Request, site: Site, rendering: Rendering) -> Answer:
    """Have the link that confirms the present address sent once more; a confirmed one needs none."""
    address = await _address(request, site)
    if address is not None and not address.is_confirmed:
        await accounts.ask_verification(request)
        return _page(request, rendering, address, sent_to=address.masked)
    return _page(request, rendering, address)


async def _address(request: Request, site: Site) -> accounts.OwnAddress | None:
    player_id = request.caller.player_id
    assert player_id is not None
    async with reading(site.pool) as db:
        return await accounts.own_address(db, site.keys, player_id)


async def _again(
    request: Request,
    site: Site,
    rendering: Rendering,
    refusal: Refusal,
    *,
    typed: str,
    wrong_email: str = "",
    wrong_password: str = "",
) -> Answer:
    address = await _address(request, site)
    return _page(
        request, rendering, address, status=refusal.status, typed=typed, wrong_email=wrong_email,
        wrong_password=wrong_password,
    )  # fmt: skip


def _page(
    request: Request,
    rendering: Rendering,
    address: accounts.OwnAddress | None,
    *,
    status: int = 200,
    sent_to: str = "",
    typed: str = "",
    wrong_email: str = "",
    wrong_password: str = "",
) -> Answer:
    return rendering.page(
        request, TEMPLATE, status=status, address=address, sent_to=sent_to, typed=typed, wrong_email=wrong_email,
        wrong_password=wrong_password,
    )  # fmt: skip
