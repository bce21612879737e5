"""What every page of purchases shows alike: platforms and states by name, sums of money, people, ways back."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.commerce.rules import wording
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, names, redirect, staff

READ, WRITE = staff("commerce.read"), staff("commerce.write")
PURCHASES, DIFFERENCES, PLATFORMS = "/console/purchases", "/console/reconciliation", "/console/platforms"
ROWS = 50


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why; as long as the API takes it."""

    reason: Annotated[
        str,
        msgspec.Meta(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
    ]


async def page(
    db: Db, request: Request, rendering: Rendering, template: str, *, people: Iterable[UUID | None] = (),
    status: int = 200, **context: Any,
) -> Answer:  # fmt: skip
    """A page of purchases: it knows the words, the assets, and what these people are called."""
    return rendering.page(
        request, f"commerce/{template}", status=status, words=wording, assets=await ledger.assets(db),
        names=await names(request.site.pages, db, people), staff_of=staff_of,
        may_write="commerce.write" in request.caller.permissions, **context,
    )  # fmt: skip


def linked(path: str, asked: dict[str, str], **changed: str) -> str:
    """A path with these filters, some changed; what is empty is left out."""
    kept = {name: value for name, value in {**asked, **changed}.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def staff_of(actor: str) -> UUID | None:
    """The member of staff behind the name of an actor, if it was one."""
    try:
        return UUID(actor.removeprefix("staff:")) if actor.startswith("staff:") else None
    except ValueError:
        return None


def prove_first(path: str) -> Answer:
    """To the page that asks for a fresh proof, and from there to the form."""
    return redirect(f"/console/prove?{urlencode({'next': path})}")
