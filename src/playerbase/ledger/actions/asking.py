"""What callers ask for, as postings: movements, holds, reversals."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids
from playerbase.kit.db import Db
from playerbase.kit.errors import Fault, Faults
from playerbase.ledger import store
from playerbase.ledger.model import (
    AMOUNT_MAX,
    HOUSE,
    LEGS_MAX,
    Code,
    GiveFree,
    HoldSeen,
    Leg,
    NoSuchTransaction,
    Posting,
    Purpose,
    SetAside,
)

_encode = msgspec.json.Encoder(order="deterministic").encode

Amount = Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX)]
Signed = Annotated[int, msgspec.Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
House = Literal["issuance", "revenue", "burn", "adjustment", "escrow", "clawback"]
Kind = Literal["earn", "spend", "grant", "adjust"]
# Where it comes from or goes to when only the player is named.
OPPOSITE = {
    "earn": Purpose.ISSUANCE, "grant": Purpose.ISSUANCE, "spend": Purpose.REVENUE, "adjust": Purpose.ADJUSTMENT,
}  # fmt: skip


class AskedLeg(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side: a player's account, or with ``system`` one of the house."""

    asset: Code
    amount: Signed
    player_id: UUID | None = None
    system: House | None = None
    purpose: Literal["main", "incoming", "allocation"] = "main"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transaction: what a player earns or spends, or any legs that sum to zero in each asset."""

    kind: Kind
    reason: Text = ""
    player_id: UUID | None = None
    asset: Code | None = None
    amount: Amount | None = None
    ref: Text = ""
    legs: Annotated[list[AskedLeg], msgspec.Meta(min_length=2, max_length=LEGS_MAX)] | None = None


class Named(msgspec.Struct, frozen=True):
    """Who asks, and under which key."""

    scope: str
    key: str
    actor: str
    request_id: str = ""
    fingerprint: bytes = b""


def said(what: object) -> bytes:
    """A fingerprint of what a caller sent: of that, and never of what follows from how things stand."""
    return hashlib.sha256(_encode(what)).digest()[:16]


def movement(asked: Asked, named: Named) -> Posting:
    """The posting that was asked for; raises Faults."""
    return _posting(asked.kind, named, legs=legs_of(asked), reason=asked.reason, ref=asked.ref)


def legs_of(asked: Asked) -> tuple[Leg, ...]:
    """Its legs: those given, or the player's and the one opposite."""
    simple = (asked.player_id, asked.asset, asked.amount)
    if asked.legs is not None:
        if simple != (None, None, None):
            raise Fault("legs", "conflicting", "Name a player, an asset and an amount, or legs, but not both")
        return tuple(_leg(at, leg) for at, leg in enumerate(asked.legs))
    absent = [name for name in ("player_id", "asset", "amount") if getattr(asked, name) is None]
    if absent:
        raise Faults(errors=[{"field": name, "code": "missing", "message": "This is needed"} for name in absent])
    assert asked.player_id is not None
    assert asked.asset is not None
    assert asked.amount is not None
    amount = -asked.amount if asked.kind == "spend" else asked.amount
    return (
        Leg(asked.player_id, asked.asset, amount),
        Leg(HOUSE, asked.asset, -amount, OPPOSITE[asked.kind]),
    )


def setting_aside(player_id: UUID, asset: str, amount: int, expires_at: datetime, reason: str, named: Named) -> Posting:
    """A hold; raises Fault if it would be over at once or could never end."""
    if expires_at <= clock.now():
        raise Fault("expires_at", "in_past", "A hold ends in the future")
    hold = SetAside(ids.uuid7(), player_id, asset, amount, expires_at)
    return _posting("hold", named, hold=hold, reason=reason)


def capturing(hold: HoldSeen, amount: int | None, named: Named) -> Posting:
    """Take what was set aside, or a part of it: it goes to the house's revenue."""
    taken = hold.amount - hold.captured - hold.released if amount is None else amount
    legs = (Leg(hold.player_id, hold.asset, -taken), Leg(HOUSE, hold.asset, taken, Purpose.REVENUE)) if taken else ()
    free = GiveFree(hold.hold_id, hold.player_id, hold.asset, "captured", taken)
    return _posting("capture", named, legs=legs, hold=free, reason=hold.reason)


def voiding(hold: HoldSeen, named: Named) -> Posting:
    """Let what was set aside go."""
    free = GiveFree(hold.hold_id, hold.player_id, hold.asset, "voided")
    return _posting("void", named, hold=free, reason=hold.reason)


async def reversing(
    db: Db,
    transaction_id: UUID,
    named: Named,
    *,
    amount: int | None,
    reason: str,
    on_shortfall: Literal["refuse", "debt"],
) -> Posting:
    """The posting that undoes what is left of a transaction, or an amount of it.

    If who got something has spent it, that is refused or becomes a debt. Raises NoSuchTransaction, Fault.
    """
    sides = [side for side in await store.sides_of(db, [transaction_id]) if side.did]
    if not sides:
        raise NoSuchTransaction
    if amount is not None and (len(sides) != 2 or len({side.asset for side in sides}) != 1):  # noqa: PLR2004 - two sides
        raise Fault("amount", "needs_two_legs", "Only a transaction of two legs is reversed in part by an amount")
    legs = []
    for side in sides:
        left = side.did + side.undone
        back = -(left or side.did) if amount is None else (-amount if side.did > 0 else amount)
        is_debit = back < 0 and side.owner_id != HOUSE
        up_to: Literal["debt"] | None = "debt" if is_debit and on_shortfall == "debt" else None
        legs.append(Leg(side.owner_id, side.asset, back, Purpose(side.purpose), up_to=up_to))
    return _posting("reversal", named, legs=tuple(legs), reason=reason, reverses=transaction_id)


def _posting(
    kind: str, named: Named, *, legs: Sequence[Leg] = (), hold: SetAside | GiveFree | None = None, reason: str = "",
    ref: str = "", reverses: UUID | None = None,
) -> Posting:  # fmt: skip
    return Posting(
        scope=named.scope, key=named.key, kind=kind, legs=tuple(legs), hold=hold, reason=reason, ref=ref,
        rule=kind, actor=named.actor, request_id=named.request_id, reverses=reverses, fingerprint=named.fingerprint,
    )  # fmt: skip


def _leg(at: int, leg: AskedLeg) -> Leg:
    if (leg.player_id is None) is (leg.system is None):
        raise Fault(f"legs.{at}", "one_owner", "A leg has a player_id or a system account, and not both")
    if leg.amount == 0:
        raise Fault(f"legs.{at}.amount", "out_of_range", "An amount is not zero")
    if leg.player_id is None:
        return Leg(HOUSE, leg.asset, leg.amount, Purpose(leg.system or ""))
    return Leg(leg.player_id, leg.asset, leg.amount, Purpose(leg.purpose))
