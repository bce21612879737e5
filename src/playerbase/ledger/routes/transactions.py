"""What game servers post."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.db import Kept, Key, Pool, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request, post, server
from playerbase.ledger import actions
from playerbase.ledger.actions import Amount, Asked, Named, Postings, Text
from playerbase.ledger.model import Posted
from playerbase.ledger.routes.answers import AccountBalance, TransactionPosted, answered, balances

BATCH_MAX = 1_000


class BatchedTransaction(Asked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A transaction of a batch, under a key of its own."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]


class TransactionBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to a thousand transactions; each stands or falls by itself."""

    transactions: Annotated[list[BatchedTransaction], msgspec.Meta(min_length=1, max_length=BATCH_MAX)]


class TransactionResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one of them."""

    key: str
    status: Literal["posted", "replayed", "refused"]
    transaction_id: UUID | None = None
    balances: list[AccountBalance] | None = None
    code: str | None = None
    detail: str | None = None


class TransactionResults(msgspec.Struct, frozen=True):
    """What became of each, in order."""

    results: list[TransactionResult]


class ReversalWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much to undo, all that is left if it is not said, and what to do if it was spent meanwhile."""

    reason: Text
    amount: Amount | None = None
    on_shortfall: Literal["refuse", "debt"] = "refuse"


@post("/ledger/transactions", policy=server("ledger:write"), limit="game", status=201, key_required=True)
async def post_transaction(
    caller: Caller, request: Request, postings: Postings, key: Key, body: Asked
) -> TransactionPosted | Kept:
    """Post a transaction, once: what a player earns or spends, or any legs that sum to zero in each asset.

    An outcome decided over the balances, a refusal too, stands under its key for good.
    """
    named = _named(caller, request, key.scope, key.key, body)
    return await answered(postings, actions.movement(body, named))


@post("/ledger/transactions:batch", policy=server("ledger:write"), limit="game")
async def post_batch(
    caller: Caller, request: Request, postings: Postings, body: TransactionBatch
) -> TransactionResults:
    """Post up to a thousand transactions, each under its own key; the answer says what became of each, in order."""
    scope = f"{caller.subject} batch"
    made: list[Posted | Refusal] = [
        outcome if isinstance(outcome, Posted | Refusal) else _raised(outcome)
        for outcome in await asyncio.gather(
            *[_outcome(postings, item, _named(caller, request, scope, item.key, item)) for item in body.transactions],
            return_exceptions=True,
        )
    ]
    return TransactionResults(
        [_result(item.key, outcome) for item, outcome in zip(body.transactions, made, strict=True)]
    )


@post(
    "/ledger/transactions/{transaction_id}/reversals", policy=server("ledger:write"), limit="game", status=201,
    key_required=True,
)  # fmt: skip
async def reverse_transaction(
    pool: Pool, caller: Caller, request: Request, postings: Postings, key: Key, transaction_id: UUID, body: ReversalWish
) -> TransactionPosted | Kept:
    """Undo a transaction, all that is left of it or an amount; never more than it was."""
    named = _named(caller, request, key.scope, key.key, (transaction_id, body))
    async with reading(pool) as db:  # Given back before the lane is waited for, which needs a connection itself.
        posting = await actions.reversing(
            db, transaction_id, named, amount=body.amount, reason=body.reason, on_shortfall=body.on_shortfall
        )
    return await answered(postings, posting)


async def _outcome(postings: Postings, item: BatchedTransaction, named: Named) -> Posted:
    return await postings.put(actions.movement(item, named))


def _raised(fault: BaseException) -> Posted:
    raise fault


def _named(caller: Caller, request: Request, scope: str, key: str, said: object) -> Named:
    return Named(scope, key, caller.subject, request.request_id, actions.said(said))


def _result(key: str, outcome: Posted | Refusal) -> TransactionResult:
    if isinstance(outcome, Refusal):
        return TransactionResult(key, "refused", code=outcome.code, detail=str(outcome))
    status: Literal["posted", "replayed"] = "replayed" if outcome.replayed else "posted"
    return TransactionResult(key, status, outcome.transaction_id, balances(outcome.standings))
