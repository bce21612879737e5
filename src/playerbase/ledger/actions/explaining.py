"""Why a balance is what it is: who asked, what decided it, the balance that followed, and what of it was undone."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.ledger import store
from playerbase.ledger.actions import explorer
from playerbase.ledger.model import HOUSE, Asset, NoSuchTransaction
from playerbase.ledger.model.explored import LegSeen, NoSuchLedgerEntry, TransactionSeen


class Asker(msgspec.Struct, frozen=True):
    """Who asked for it, under which request and key."""

    request_id: str
    actor: str
    scope: str
    key: str


class Decider(msgspec.Struct, frozen=True):
    """What decided it: a rule, or an operator with a reason."""

    rule: str
    is_operator: bool
    kind: str
    reason: str
    ref: str


class LegExplained(msgspec.Struct, frozen=True):
    """One side of the posting."""

    entry_id: str
    account_id: int
    owner: str  # A player's id, or house.
    purpose: str
    asset: str
    amount: int
    display: str


class Result(msgspec.Struct, frozen=True):
    """How the account stood before and after, and which of its entries this is."""

    account_id: int
    seq: int
    balance_before: int
    balance_after: int
    held_after: int
    display: str


class Undoing(msgspec.Struct, frozen=True):
    """A transaction that undid this one, or a part of it."""

    transaction_id: UUID
    amount: int  # What it did to this account's owner.
    display: str
    reason: str
    actor: str
    at: datetime


class Proof(msgspec.Struct, frozen=True):
    """The block that covers it, and whether that still holds."""

    chain: int
    block: int
    digest: str
    holds: bool


class Explanation(msgspec.Struct, frozen=True):
    """One entry, explained from the request to what became of it."""

    entry_id: str
    transaction_id: UUID
    at: datetime
    asset: str
    amount: int
    display: str
    request: Asker
    decision: Decider
    posting: list[LegExplained]
    result: Result
    proof: Proof
    hold_id: UUID | None
    group_id: UUID | None
    reverses: UUID | None
    reversed_by: list[Undoing]
    words: str


async def explain(db: Db, entry_id: str) -> Explanation:
    """Everything that led to an entry and followed from it; raises NoSuchLedgerEntry."""
    named, _, number = entry_id.partition(".")
    try:
        seen = await explorer.shown(db, UUID(named))
    except (NoSuchTransaction, ValueError):
        raise NoSuchLedgerEntry from None
    leg = next((each for each in seen.legs if str(each.leg) == number), None)
    if leg is None:
        raise NoSuchLedgerEntry
    assets = {each.code: each for each in await store.assets_known(db)}
    it, asset = seen.it, assets[leg.asset]
    reversals = await explorer.reversals_of(db, it.transaction_id, explorer.RELATED_MAX)
    undone = await _undone(db, leg, reversals, asset)
    block, transactions = await explorer.block(db, it.chain, it.block)
    holds = await explorer.is_proved(db, block, transactions)
    decision = Decider(it.rule, it.actor.startswith("staff:"), it.kind, it.reason, it.ref)
    result = Result(
        leg.account_id, leg.seq, leg.balance_after - leg.amount, leg.balance_after, leg.held_after,
        asset.display(leg.balance_after),
    )  # fmt: skip
    return Explanation(
        entry_id=entry_id, transaction_id=it.transaction_id, at=it.at, asset=leg.asset, amount=leg.amount,
        display=asset.display(leg.amount), request=Asker(it.request_id, it.actor, it.scope, it.key),
        decision=decision, posting=[_leg(each, assets[each.asset]) for each in seen.legs], result=result,
        proof=Proof(it.chain, it.block, block.digest.hex(), holds), hold_id=it.hold_id, group_id=it.group_id,
        reverses=it.reverses, reversed_by=undone, words=words(it, leg, asset, undone),
    )  # fmt: skip


def words(it: TransactionSeen, leg: LegSeen, asset: Asset, undone: list[Undoing]) -> str:
    """The same in a sentence or two, for somebody who asks."""
    sign = "+" if leg.amount > 0 else ""
    by = "an operator" if it.actor.startswith("staff:") else f"the rule “{it.rule}”" if it.rule else "nobody named"
    why = f" because of “{it.reason}”" if it.reason else ""
    about = f" ({it.ref})" if it.ref else ""
    said = (
        f"On {it.at.day} {it.at:%B %Y at %H:%M:%S} UTC, {by} posted {sign}{asset.display(leg.amount)} {asset.name}"
        f"{why}{about}, asked for by {it.actor or 'nobody named'}. The balance went from"
        f" {asset.display(leg.balance_after - leg.amount)} to {asset.display(leg.balance_after)}."
    )
    if it.reverses:
        said += f" It undoes transaction {it.reverses}."
    for each in undone:
        because = f": {each.reason}" if each.reason else ""
        said += f" Undone on {each.at.day} {each.at:%B %Y}, {each.display}{because}."
    return said


def _leg(leg: LegSeen, asset: Asset) -> LegExplained:
    owner = "house" if leg.owner_id == HOUSE else str(leg.owner_id)
    entry_id = f"{leg.transaction_id}.{leg.leg}"
    return LegExplained(
        entry_id, leg.account_id, owner, leg.purpose, leg.asset, leg.amount, asset.display(leg.amount)
    )  # fmt: skip


async def _undone(db: Db, leg: LegSeen, reversals: list[TransactionSeen], asset: Asset) -> list[Undoing]:
    """What each reversal did to this leg's side: of a player that is their account and their debt together."""
    legs = await explorer.legs_of(db, [each.transaction_id for each in reversals]) if reversals else []
    found = []
    for each in reversals:
        amount = sum(
            other.amount
            for other in legs
            if other.transaction_id == each.transaction_id
            and (other.owner_id, other.asset) == (leg.owner_id, leg.asset)
            and (leg.owner_id != HOUSE or other.purpose == leg.purpose)
        )
        found.append(Undoing(each.transaction_id, amount, asset.display(amount), each.reason, each.actor, each.at))
    return found
