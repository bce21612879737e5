"""Access over HTTP: the keys that sign access tokens."""

from typing import Annotated, Literal

import msgspec

from playerbase import audit
from playerbase.access import actions
from playerbase.access.model.machines import SigningKeyState
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Listing, Request, get, post, staff

Kid = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class SigningRotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the next key is wanted; kept with it and in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
    bits: Literal[2048, 3072] | None = None  # Of this key and those after it; as before if it is left out.


class SigningWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a key is believed no longer; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get("/admin/signing-keys", policy=staff("keys.read"), limit="console")
async def list_signing_keys(db: Db) -> Listing[SigningKeyState]:
    """The keys of access tokens, newest first: those that wait, the one that signs, those still believed."""
    return Listing(await actions.signing_keys(db), None)


@post("/admin/signing-keys/rotate", policy=staff("keys.write"), limit="console", status=201)
async def rotate_signing_key(tx: Tx, request: Request, keys: Keys, body: SigningRotation) -> SigningKeyState:
    """Publish the next key now; it signs in a day, and what the one before it signed holds until it expires."""
    by = audit.deed(request, "", "signing_key", "", reason=body.reason)
    return await actions.rotate_signing_key(tx, keys, why=body.reason, by=by, bits=body.bits)


@post("/admin/signing-keys/{kid}/withdraw", policy=staff("keys.write"), limit="console")
async def withdraw_signing_key(
    tx: Tx, request: Request, keys: Keys, kid: Kid, body: SigningWithdrawal
) -> SigningKeyState:
    """Believe a leaked key no longer: its tokens are refused within five seconds. The answer is what signs now."""
    by = audit.deed(request, "", "signing_key", kid, reason=body.reason)
    return await actions.withdraw_signing_key(tx, keys, kid, by=by)
