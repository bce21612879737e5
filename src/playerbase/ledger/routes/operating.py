"""What staff does with money over HTTP: give, take away, undo, lock and unlock."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.kit.db import Kept, Key, Pool, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request, post, staff
from playerbase.ledger import actions
from playerbase.ledger.actions import OnShortfall, Postings, Why
from playerbase.ledger.model import Posted
from playerbase.ledger.model.explored import AccountSeen, Level
from playerbase.ledger.routes.answers import TransactionPosted, kept
from playerbase.ledger.routes.exploring import AccountId
from playerbase.ledger.routes.wallet import Moment

WRITE = staff("ledger.write")


class Undone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a transaction is undone, and what becomes of what was spent meanwhile."""

    reason: Why
    on_shortfall: OnShortfall = "refuse"


class Locking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is refused from now on, why, and until when; until it is lifted if no end is said."""

    level: Level
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
    ends_at: Moment | None = None


class Unlocking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an account is opened again."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]


class Repairing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an account is put right."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]


class AccountRepaired(msgspec.Struct, frozen=True):
    """How an account stands after it was put right."""

    account_id: int
    asset: str
    purpose: str
    balance: int
    held: int
    locked: str


class AccountLocking(msgspec.Struct, frozen=True):
    """How an account is locked now: open, debits or all."""

    account_id: int
    player_id: UUID
    asset: str
    purpose: str
    locked: str


@post(
    "/admin/ledger/transactions/{transaction_id}/reversals", policy=WRITE, limit="console", status=201,
    key_required=True,
)  # fmt: skip
async def undo(
    pool: Pool, request: Request, postings: Postings, key: Key, transaction_id: UUID, body: Undone
) -> TransactionPosted | Kept:
    """Undo what is left of a transaction, once; what was spent meanwhile is refused, or owed."""
    named = actions.staff_named(request, key.scope, key.key, (transaction_id, body))
    try:
        posted: Posted = await actions.reverse(
            pool, postings.known, request, transaction_id, body.reason, body.on_shortfall, named
        )
    except Refusal as refusal:
        return kept(refusal)
    return kept(posted)


@post("/admin/ledger/accounts/{account_id}/lock", policy=WRITE, limit="console")
async def lock_account(tx: Tx, request: Request, account_id: AccountId, body: Locking) -> AccountLocking:
    """Lock an account of a player: nothing leaves it (debits), or nothing moves at all."""
    by = audit.deed(request, "", "account", str(account_id))
    return _shown(await actions.lock(tx, account_id, body.level, body.reason, ends_at=body.ends_at, by=by))


@post("/admin/ledger/accounts/{account_id}/unlock", policy=WRITE, limit="console")
async def unlock_account(tx: Tx, request: Request, account_id: AccountId, body: Unlocking) -> AccountLocking:
    """Open an account again before its lock is over."""
    by = audit.deed(request, "", "account", str(account_id))
    return _shown(await actions.unlock(tx, account_id, body.reason, by=by))


@post("/admin/ledger/accounts/{account_id}/repair", policy=WRITE, limit="console")
async def repair_account(tx: Tx, request: Request, account_id: AccountId, body: Repairing) -> AccountRepaired:
    """Make an account's balance what its entries come to, if they are what was posted, and lift the proof's lock."""
    made = await actions.repair(tx, account_id, body.reason, by=audit.deed(request, "", "account", str(account_id)))
    return AccountRepaired(
        made.account_id, made.asset, made.purpose, made.balance, made.held, actions.WORD[made.locked]
    )  # fmt: skip


def _shown(it: AccountSeen) -> AccountLocking:
    return AccountLocking(it.account_id, it.owner_id, it.asset, it.purpose, actions.WORD[it.locked])
