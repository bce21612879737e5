"""What staff does with money: gives, takes away, undoes; each posted once and written into the audit with it."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import access, audit, identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Tx, reading, transaction
from playerbase.kit.errors import Fault, Refusal
from playerbase.kit.http import Caller, Request
from playerbase.ledger import store
from playerbase.ledger.actions import asking, explorer
from playerbase.ledger.actions.asking import Amount, Named, Text
from playerbase.ledger.actions.known import Known
from playerbase.ledger.actions.posting import post
from playerbase.ledger.model import HOUSE, Asset, AssetClass, AssetUnknown, Code, Leg, Posted, Posting, Purpose

OnShortfall = Literal["refuse", "debt"]
Why = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]


class Granting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a player is given, in smallest units; why; and what it is about, the ticket for instance."""

    asset: Code
    amount: Amount
    reason: Why
    ref: Text = ""


class Revoking(Granting, frozen=True, forbid_unknown_fields=True):
    """The same, taken away; and what becomes of it if it was spent."""

    on_shortfall: OnShortfall = "refuse"


def staff_named(request: Request, scope: str, key: str, said: object) -> Named:
    """A member of staff who asks, under this key."""
    who = request.caller.player_id or request.caller.subject
    return Named(scope, key, f"staff:{who}", request.request_id, asking.said(said))


async def grant(pool: Pool, known: Known, request: Request, player_id: UUID, wish: Granting, named: Named) -> Posted:
    """Give a player something, out of the house's issuance. Raises PlayerGone, Fault, ReauthRequired and refusals."""
    await _check(pool, request.caller, player_id, wish)
    legs = (Leg(player_id, wish.asset, wish.amount), Leg(HOUSE, wish.asset, -wish.amount, Purpose.ISSUANCE))
    by = audit.deed(request, "wallet_granted", "player", player_id, reason=wish.reason)
    return await _post(pool, known, _posting("grant", legs, wish, named), by)


async def revoke(pool: Pool, known: Known, request: Request, player_id: UUID, wish: Revoking, named: Named) -> Posted:
    """Take something from a player, into the house's clawback; what was spent is refused, or owed. Raises as grant."""
    await _check(pool, request.caller, player_id, wish)
    up_to: Literal["debt"] | None = "debt" if wish.on_shortfall == "debt" else None
    legs = (
        Leg(player_id, wish.asset, -wish.amount, up_to=up_to), Leg(HOUSE, wish.asset, wish.amount, Purpose.CLAWBACK)
    )  # fmt: skip
    by = audit.deed(request, "wallet_revoked", "player", player_id, reason=wish.reason)
    return await _post(pool, known, _posting("revoke", legs, wish, named), by)


async def reverse(
    pool: Pool, known: Known, request: Request, transaction_id: UUID, reason: str, on_shortfall: OnShortfall,
    named: Named,
) -> Posted:  # fmt: skip
    """Undo what is left of a transaction. Raises NoSuchTransaction, ReauthRequired and refusals."""
    async with reading(pool) as db:
        posting = await asking.reversing(
            db, transaction_id, named, amount=None, reason=reason, on_shortfall=on_shortfall
        )
        for asset, amount in _moved(posting).items():
            await check_proof(db, request.caller, asset, amount)
    owners = sorted({leg.owner for leg in posting.legs} - {HOUSE})
    by = audit.deed(
        request, "transaction_reversed", "transaction", transaction_id, player_id=owners[0] if owners else None,
        reason=reason,
    )  # fmt: skip
    return await _post(pool, known, msgspec.structs.replace(posting, rule="operator"), by)


async def check_proof(db: Db, caller: Caller, asset: str, amount: int) -> None:
    """Raises ReauthRequired if this is more than the asset's bound, and the caller proved nothing lately."""
    found = (await _assets(db)).get(asset)
    if found is not None and amount > await explorer.proof_bound(db, found):
        await access.check_fresh(db, caller)


async def bound(tx: Tx, code: str, proof_above: int, reason: str, *, by: audit.Deed) -> None:
    """Have staff prove anew who they are above another amount of an asset; raises AssetUnknown."""
    asset = (await _assets(tx)).get(code)
    if asset is None:
        raise AssetUnknown("asset", code)
    before = await explorer.proof_bound(tx, asset)
    await explorer.set_bound(tx, asset.asset_id, proof_above, str(by.actor_id), clock.now())
    await audit.record(
        tx,
        msgspec.structs.replace(
            by, action="asset_bound_changed", target_kind="asset", target_id=code, reason=reason,
            before={"proof_above": before}, after={"proof_above": proof_above},
        ),
    )  # fmt: skip


async def _check(pool: Pool, caller: Caller, player_id: UUID, wish: Granting) -> None:
    async with reading(pool) as db:
        if not await identity.existing(db, [player_id]):
            raise identity.PlayerGone
        asset = (await _assets(db)).get(wish.asset)
        if asset is None:
            raise AssetUnknown("asset", wish.asset)
        if asset.asset_class is AssetClass.ITEM:
            raise Fault("asset", "an_item", "An item is given as one: name the item")
        await check_proof(db, caller, wish.asset, wish.amount)


async def _post(pool: Pool, known: Known, posting: Posting, by: audit.Deed) -> Posted:
    """Post it and write it down in one commit; what is refused over the balances stands under its key as well."""
    async with transaction(pool) as tx:
        (outcome,) = await post(tx, [posting], known)
        is_new = not (outcome.is_replayed if isinstance(outcome, Refusal) else outcome.replayed)
        if is_new:
            await audit.record(tx, _told(by, posting, outcome))
    if isinstance(outcome, Refusal):
        raise outcome.noted()
    return outcome


def _told(by: audit.Deed, posting: Posting, outcome: Posted | Refusal) -> audit.Deed:
    replace = msgspec.structs.replace
    asked = {f"{leg.asset} asked": leg.amount for leg in posting.legs if leg.owner != HOUSE}
    if isinstance(outcome, Refusal):
        return replace(by, outcome="refused", reason=f"{outcome.code}: {by.reason}", after=asked)
    several = len({each.owner for each in outcome.standings}) > 1
    names = [f"{each.owner} " * several + f"{each.asset} {each.purpose}" for each in outcome.standings]
    before = {name: each.balance - each.change for name, each in zip(names, outcome.standings, strict=True)}
    after = {name: each.balance for name, each in zip(names, outcome.standings, strict=True)}
    return replace(by, before=before, after=after | {"transaction_id": outcome.transaction_id, "ref": posting.ref})


def _posting(kind: str, legs: tuple[Leg, ...], wish: Granting, named: Named) -> Posting:
    return Posting(
        scope=named.scope, key=named.key, kind=kind, legs=legs, reason=wish.reason, ref=wish.ref, rule="operator",
        actor=named.actor, request_id=named.request_id, fingerprint=named.fingerprint,
    )  # fmt: skip


def _moved(posting: Posting) -> dict[str, int]:
    """The most that is moved of each asset."""
    most: dict[str, int] = {}
    for leg in posting.legs:
        most[leg.asset] = max(most.get(leg.asset, 0), abs(leg.amount))
    return most


async def _assets(db: Db) -> dict[str, Asset]:
    return {asset.code: asset for asset in await store.assets_known(db)}
