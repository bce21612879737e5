"""What became of postings: how accounts stand after them, and what stands under their keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.ledger import store
from playerbase.ledger.actions.known import Place
from playerbase.ledger.model import (
    HOUSE,
    OF_PLAYERS,
    AccountLocked,
    AlreadyReversed,
    BalanceTooLarge,
    Entry,
    HoldEnded,
    HoldExpired,
    HoldTooSmall,
    InsufficientFunds,
    LimitExceeded,
    NoSuchHold,
    NoSuchTransaction,
    Standing,
    Unbalanced,
)

# What may stand under a key for good, by its code.
RECORDED = {
    refusal.code: refusal
    for refusal in (
        AccountLocked, AlreadyReversed, BalanceTooLarge, HoldEnded, HoldExpired, HoldTooSmall, InsufficientFunds,
        LimitExceeded, NoSuchHold, NoSuchTransaction, Unbalanced,
    )
}  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """A refusal as it stands under its key."""

    code: str
    detail: str
    members: dict[str, Any]


def is_recorded(refusal: Refusal) -> bool:
    """Whether a refusal was decided over the balances, and stands under its key."""
    return refusal.code in RECORDED


def record(refusal: Refusal) -> str:
    """A refusal as it is kept."""
    return msgspec.json.encode(Told(refusal.code, str(refusal), refusal.members), enc_hook=str).decode()


def told_again(record: str) -> Refusal:
    """A refusal as it was told when it was decided."""
    told = msgspec.json.decode(record, type=Told)
    refusal: Refusal = RECORDED[told.code](told.detail, **told.members)
    refusal.is_replayed = True
    return refusal


def standings(entries: Sequence[Entry], places: Mapping[int, Place]) -> tuple[Standing, ...]:
    """The last word on each player's account among the entries of one transaction, in the order of its legs."""
    last: dict[int, Standing] = {}
    for entry in entries:
        account = entry.account_id
        owner, asset, purpose = places[account]
        if purpose in OF_PLAYERS:
            before = last.get(account)
            change = entry.amount if before is None else entry.amount + before.change
            last[account] = Standing(owner, asset, purpose, entry.balance_after, entry.held_after, change)
    return tuple(last.values())


async def outcomes(tx: Tx, transaction_ids: list[UUID]) -> dict[UUID, tuple[Standing, ...]]:
    """How players' accounts stood after each of these transactions."""
    rows: dict[UUID, dict[tuple[UUID, str, str], Standing]] = defaultdict(dict)
    for row in await store.outcomes(tx, transaction_ids) if transaction_ids else []:
        if row.owner_id == HOUSE:
            continue
        place = (row.owner_id, row.asset, row.purpose)
        before = rows[row.transaction_id].get(place)
        change = row.amount + (before.change if before is not None else 0)
        rows[row.transaction_id][place] = Standing(*place, row.balance_after, row.held_after, change)
    return {transaction_id: tuple(made.values()) for transaction_id, made in rows.items()}
