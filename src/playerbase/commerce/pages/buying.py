"""Buying at Steam in the portal: it is begun, approved at Steam, and what comes back is asked about and given."""

from html import escape
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.commerce import actions
from playerbase.commerce.actions import Checkout
from playerbase.commerce.model import NoSuchPurchase
from playerbase.commerce.pages.mine import HERE
from playerbase.kit.db import Pool
from playerbase.kit.errors import Refusal
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Request, get, post, redirect
from playerbase.kit.http.message import HTML

COMING_BACK = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Back from Steam</title>'
    '<meta http-equiv="refresh" content="0;url={address}"><p><a href="{address}">Go on</a></p></html>'
)


class Chosen(msgspec.Struct, frozen=True):
    """What the form of an offer sends; ``once`` is its own, so that sending it twice begins one purchase."""

    once: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{1,64}$")]
    sku: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


@post(HERE, policy=PLAYER, limit="store", page=True)
async def begin(pool: Pool, request: Request, caller: Caller, form: Chosen) -> Answer:
    """Begin a purchase at Steam and go on to where it is approved; the same form once more is the same purchase."""
    assert caller.player_id is not None
    back = f"{request.site.public_url}{HERE}/back?order_id={{order_id}}"
    wish = Checkout(
        player_id=caller.player_id, sku=form.sku, quantity=1, key=f"portal:{form.once}", language="en",
        ip_address=request.ip, return_url=back,
    )  # fmt: skip
    try:
        order, _ = await actions.check_out(pool, wish)
    except Refusal as refusal:
        return redirect(f"{HERE}?{urlencode({'fault': _word(refusal)})}")
    return redirect(f"{HERE}/{order.order_id}?go=true")


@get(f"{HERE}/back", policy=ANYONE, limit="console", page=True)
async def come_back(pool: Pool, request: Request, caller: Caller, order_id: UUID | None = None) -> Answer:
    """Back from Steam: that it was approved is not believed, Steam is asked, and what was paid is given once.

    Whoever looks at it as somebody else changes nothing.
    """
    if request.header("sec-fetch-site") == "cross-site":
        # Our cookies are not sent with what comes from another site: let the browser come once more, from here.
        address = escape(f"{request.path}?{request.query_string.decode('latin-1')}")
        return Answer(
            COMING_BACK.format(address=address).encode(), media=HTML, headers=[(b"cache-control", b"no-store")]
        )
    if caller.player_id is None or caller.actor_id is not None or order_id is None:
        return redirect(f"{HERE}/{order_id}" if order_id else HERE)
    try:
        order = await actions.verify_order(pool, caller.player_id, order_id)
    except NoSuchPurchase:
        return redirect(f"{HERE}?fault=no_such_purchase")
    except Refusal as refusal:
        return redirect(f"{HERE}/{order_id}?{urlencode({'fault': _word(refusal)})}")
    return redirect(f"{HERE}/{order_id}?told={order.state.value}")


def _word(refusal: Refusal) -> str:
    """Why, in the word that the page knows: a payment's own reason where there is one."""
    reason = getattr(refusal, "reason", "")
    return reason if reason in {"not_approved", "declined"} else refusal.code
