"""What every page of the ledger shows alike: amounts in the asset's own decimals, owners by name, links."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, names, redirect, staff
from playerbase.ledger import actions
from playerbase.ledger.model import HOUSE, Asset

HERE = "/console/ledger"
READ, WRITE = staff("ledger.read"), staff("ledger.write")
ROWS = 50
PROVE_PATH_MAX = 480  # What the page that asks for a proof takes as its way back.

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Code = Annotated[str, msgspec.Meta(max_length=64)]
Word = Annotated[str, msgspec.Meta(max_length=200)]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[0-9a-f-]{1,64}$")]


def money(asset: Asset, amount: int, *, signed: bool = False) -> str:
    """An amount as the console shows figures."""
    return asset.figure(int(amount), signed=signed)


async def page(
    db: Db, request: Request, rendering: Rendering, template: str, *, people: Iterable[UUID | None] = (),
    status: int = 200, **context: Any,
) -> Answer:  # fmt: skip
    """A page of the ledger: it knows the assets, and what these people are called."""
    wanted = {each for each in people if each is not None and each != HOUSE}
    return rendering.page(
        request, f"ledger/{template}", status=status, assets=await actions.assets(db), money=money, house=HOUSE,
        names=await names(request.site.pages, db, wanted), staff_of=staff_of,
        may_write="ledger.write" in request.caller.permissions, **context,
    )  # fmt: skip


def linked(path: str, shown: Mapping[str, object], **changed: object) -> str:
    """A path with these filters, some changed; what is empty is left out."""
    kept = {name: str(value) for name, value in {**shown, **changed}.items() if value not in {None, ""}}
    return f"{path}?{urlencode(kept)}" if kept else path


def staff_of(actor: str) -> UUID | None:
    """The player behind the name of an actor, if it is one."""
    kind, _, named = actor.partition(":")
    try:
        return UUID(named) if kind in {"staff", "player"} else None
    except ValueError:
        return None


def prove_first(path: str, given: Mapping[str, object]) -> Answer:
    """To the page that asks for a fresh proof, and from there back to the form with what was typed."""
    back = linked(path, given)
    return redirect(f"/console/prove?{urlencode({'next': back if len(back) <= PROVE_PATH_MAX else path})}")
