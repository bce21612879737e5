"""How what was posted is answered, now and when its key is used again."""

from collections.abc import Callable
from uuid import UUID

import msgspec

from playerbase.kit.db import Kept, kept_refusal
from playerbase.kit.errors import Refusal
from playerbase.ledger import actions
from playerbase.ledger.actions import Postings
from playerbase.ledger.model import Posted, Posting, Standing

_encode = msgspec.json.Encoder().encode


class AccountBalance(msgspec.Struct, frozen=True):
    """How an account of a player stands after a transaction."""

    player_id: UUID
    asset: str
    balance: int
    held: int
    available: int
    purpose: str


class TransactionPosted(msgspec.Struct, frozen=True):
    """A transaction that was posted, and how the players' accounts stand after it."""

    transaction_id: UUID
    balances: list[AccountBalance]


def done(posted: Posted) -> TransactionPosted:
    """A posting as its answer says it."""
    return TransactionPosted(posted.transaction_id, balances(posted.standings))


def balances(standings: tuple[Standing, ...]) -> list[AccountBalance]:
    """Accounts as answers show them."""
    return [
        AccountBalance(each.owner, each.asset, each.balance, each.held, each.available, each.purpose)
        for each in standings
    ]


async def answered(
    lane: Postings, posting: Posting, render: Callable[[Posted], msgspec.Struct] = done, status: int = 201
) -> Kept:
    """Post and answer. The same key has the same answer for good, refusals too: the ledger itself keeps them."""
    try:
        posted = await lane.put(posting)
    except Refusal as refusal:
        return kept(refusal)
    return kept(posted, render, status)


def kept(outcome: Posted | Refusal, render: Callable[[Posted], msgspec.Struct] = done, status: int = 201) -> Kept:
    """What became of a posting, as its key keeps it; raises a refusal that no key keeps."""
    if isinstance(outcome, Posted):
        return Kept(status, _encode(render(outcome)), outcome.replayed)
    if not actions.is_recorded(outcome):
        raise outcome
    return msgspec.structs.replace(kept_refusal(outcome), replayed=outcome.is_replayed)
