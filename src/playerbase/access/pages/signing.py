"""The page of signing keys: which one signs, which one waits, and the next one asked for."""

from typing import Annotated, Literal

import msgspec

from playerbase import audit
from playerbase.access import actions
from playerbase.access.pages import Asked, Reason
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff

HERE = "/console/signing-keys"
TOLD = {
    "rotated": "Published. It signs in a day.",
    "withdrawn": "Withdrawn. Its tokens are refused within five seconds.",
}
LENGTHS = {
    "2048": "2048 bits: signs in a third of a millisecond, holds until 2030 and beyond what a token lives",
    "3072": "3072 bits: signs in a millisecond, 128 bits of strength as OWASP ASVS 11.2.3 wants them",
}
Kid = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskedNext(msgspec.Struct, frozen=True):
    """A form that asks why, and how long the next keys shall be."""

    reason: Reason
    bits: Literal["2048", "3072"]


@get(HERE, policy=staff("keys.read"), limit="console", page=True)
async def list_signing_keys(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Every key that is published, and those retired lately."""
    now, signs = clock.now(), ""
    rows = []
    for key in await actions.signing_keys(db):
        if key.active_from > now:
            state = "waits"
        elif key.retire_at is not None and key.retire_at <= now:
            state = "retired"
        else:
            state = "believed" if signs else "signs"
            signs = signs or key.kid
        rows.append((key, state))
    return rendering.page(
        request, "access/signing.html", keys=rows, waits=any(state == "waits" for _, state in rows),
        told=TOLD.get(told, ""),
    )  # fmt: skip


@get(f"{HERE}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def ask_rotate(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The question before the next key is made."""
    bits = str(await actions.key_bits(db))
    return rendering.page(request, "access/signing_ask.html", verb="rotate", lengths=LENGTHS, bits=bits)


@post(f"{HERE}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def rotate(tx: Tx, request: Request, keys: Keys, form: AskedNext) -> Answer:
    """Make it, once however many ask."""
    by = audit.deed(request, "", "signing_key", "", reason=form.reason)
    await actions.rotate_signing_key(tx, keys, why=form.reason, by=by, bits=int(form.bits))
    return redirect(f"{HERE}?told=rotated")


@get(f"{HERE}/{{kid}}/withdraw", policy=staff("keys.write"), limit="console", page=True)
async def ask_withdraw(request: Request, rendering: Rendering, kid: Kid) -> Answer:
    """The question before a key is believed no longer."""
    return rendering.page(request, "access/signing_ask.html", verb="withdraw", kid=kid)


@post(f"{HERE}/{{kid}}/withdraw", policy=staff("keys.write"), limit="console", page=True)
async def withdraw(tx: Tx, request: Request, keys: Keys, kid: Kid, form: Asked) -> Answer:
    """Believe it no longer, from now on."""
    await actions.withdraw_signing_key(
        tx, keys, kid, by=audit.deed(request, "", "signing_key", kid, reason=form.reason)
    )
    return redirect(f"{HERE}?told=withdrawn")
