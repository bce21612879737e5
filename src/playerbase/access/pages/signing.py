"""The page of signing keys: which one signs, which one waits, and the next one asked for."""

from playerbase import audit
from playerbase.access import actions
from playerbase.access.pages import Asked
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff

HERE = "/console/signing-keys"


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
        told="Published. It signs in a day." if told == "rotated" else "",
    )  # fmt: skip


@get(f"{HERE}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def ask_rotate(request: Request, rendering: Rendering) -> Answer:
    """The question before the next key is made."""
    return rendering.page(request, "access/signing_ask.html")


@post(f"{HERE}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def rotate(tx: Tx, request: Request, keys: Keys, form: Asked) -> Answer:
    """Make it, once however many ask."""
    by = audit.deed(request, "", "signing_key", "", reason=form.reason)
    await actions.rotate_signing_key(tx, keys, why=form.reason, by=by)
    return redirect(f"{HERE}?told=rotated")
