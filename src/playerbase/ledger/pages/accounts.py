"""The pages of accounts: finding one, its entries with the running balance, locking and unlocking it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import audit, identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect
from playerbase.ledger import actions
from playerbase.ledger.actions import AccountFilter, Filter
from playerbase.ledger.model import HOUSE, Purpose
from playerbase.ledger.pages.showing import HERE, READ, ROWS, WRITE, Code, Reason, Word, linked, page, staff_of
from playerbase.ledger.store import hold_rows

LOCKS = 10
TOLD = {
    "locked": "Locked. It holds with the next posting.",
    "unlocked": "Unlocked. It moves again.",
    "repaired": "Put right. The balance is what the entries come to.",
}
LENGTHS = {"1": "an hour", "24": "a day", "168": "a week", "720": "30 days", "": "until somebody lifts it"}

AccountId = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class LockAsked(msgspec.Struct, frozen=True):
    """What is refused from now on, why, and for how many hours."""

    reason: Reason
    level: Literal["debits", "all"] = "debits"
    hours: Literal["1", "24", "168", "720", ""] = ""


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get(HERE, policy=READ, limit="console", page=True)
async def list_accounts(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, q: Word = "",
    owner: Literal["house", ""] = "", player_id: UUID | None = None, asset: Code = "",
    purpose: Purpose | None = None, cursor: str = "",
) -> Answer:  # fmt: skip
    """Accounts by owner, asset and purpose, with their balances; an id that was typed leads to what it names."""
    if q.strip():
        found_at = await _sought(db, q.strip())
        if found_at:
            return redirect(found_at)
    shown = {"owner": owner, "player_id": player_id, "asset": asset, "purpose": purpose}
    scope = f"accounts {shown} {caller.subject}"
    after = cursors.read(cursor, tuple[int], scope=scope)[0] if cursor else 0
    wanted = AccountFilter(HOUSE if owner else player_id, asset or None, purpose)
    found = await actions.accounts(db, wanted, after, ROWS + 1)
    listed, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(HERE, shown, cursor=cursors.make((listed[-1].account_id,), scope=scope))
    return await page(
        db, request, rendering, "accounts.html", people=[player_id, *(each.owner_id for each in listed)],
        accounts=listed, shown=shown, purposes=list(Purpose), q=q.strip(), following=following,
        first=linked(HERE, shown) if cursor else "", linked=lambda **change: linked(HERE, shown, **change),
    )  # fmt: skip


@get(f"{HERE}/accounts/{{account_id}}", policy=READ, limit="console", page=True)
async def read_account(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, account_id: AccountId,
    kind: Code = "", ref: Word = "", from_: date | None = None, to: date | None = None, cursor: str = "",
    told: str = "",
) -> Answer:  # fmt: skip
    """One account: how it stands, its entries with the balance after each, its holds and locks; days are in UTC."""
    account, here = await actions.account(db, account_id), f"{HERE}/accounts/{account_id}"
    shown = {"kind": kind, "ref": ref, "from": from_, "to": to}
    scope = f"account page {account_id} {shown} {caller.subject}"
    before = cursors.read(cursor, tuple[int], scope=scope)[0] if cursor else None
    wanted = Filter(None, kind or None, ref or None, _begin(from_), _begin(to + timedelta(days=1)) if to else None)
    found = await actions.account_entries(db, account_id, wanted, before, ROWS + 1)
    listed, following = found[:ROWS], ""
    if found[ROWS:]:
        following = linked(here, shown, cursor=cursors.make((listed[-1].seq,), scope=scope))
    locks = await actions.locks_of(db, account_id, LOCKS)
    holds = await actions.holds_seen(db, "open", account_id, actions.LAST_ID, LOCKS)
    return await page(
        db, request, rendering, "account.html",
        people=[account.owner_id, *(staff_of(each) for lock in locks for each in (lock.made_by, lock.lifted_by))],
        account=account, entries=listed, holds=holds, locks=locks, shown=shown, told=TOLD.get(told, ""),
        following=following, first=linked(here, shown) if cursor else "", here=here,
        locked_by_proof=actions.LOCKED_BY,
        lock=next((each for each in locks if each.lifted_at is None), None),
        linked=lambda **change: linked(here, shown, **change),
    )  # fmt: skip


@get(f"{HERE}/accounts/{{account_id}}/lock", policy=WRITE, limit="console", page=True)
@get(f"{HERE}/accounts/{{account_id}}/unlock", policy=WRITE, limit="console", page=True)
@get(f"{HERE}/accounts/{{account_id}}/repair", policy=WRITE, limit="console", page=True)
async def ask_lock(db: Db, request: Request, rendering: Rendering, account_id: AccountId) -> Answer:
    """The question before an account is locked, opened or put right."""
    account, verb = await actions.account(db, account_id), request.path.rpartition("/")[2]
    return await page(
        db, request, rendering, "lock.html", people=[account.owner_id], account=account, verb=verb, lengths=LENGTHS
    )


@post(f"{HERE}/accounts/{{account_id}}/lock", policy=WRITE, limit="console", page=True)
async def lock(tx: Tx, request: Request, account_id: AccountId, form: LockAsked) -> Answer:
    """Lock it, from the next posting on."""
    ends_at = clock.now() + timedelta(hours=int(form.hours)) if form.hours else None
    by = audit.deed(request, "", "account", str(account_id))
    await actions.lock(tx, account_id, form.level, form.reason, ends_at=ends_at, by=by)
    return redirect(f"{HERE}/accounts/{account_id}?told=locked")


@post(f"{HERE}/accounts/{{account_id}}/unlock", policy=WRITE, limit="console", page=True)
async def unlock(tx: Tx, request: Request, account_id: AccountId, form: Asked) -> Answer:
    """Open it before its time."""
    await actions.unlock(tx, account_id, form.reason, by=audit.deed(request, "", "account", str(account_id)))
    return redirect(f"{HERE}/accounts/{account_id}?told=unlocked")


@post(f"{HERE}/accounts/{{account_id}}/repair", policy=WRITE, limit="console", page=True)
async def repair(tx: Tx, request: Request, account_id: AccountId, form: Asked) -> Answer:
    """Make its balance what its entries come to."""
    await actions.repair(tx, account_id, form.reason, by=audit.deed(request, "", "account", str(account_id)))
    return redirect(f"{HERE}/accounts/{account_id}?told=repaired")


async def _sought(db: Db, text: str) -> str:
    """The page of what an id names: a player's accounts, a transaction, a hold; nothing if it names none."""
    try:
        sought = UUID(text.partition(".")[0])
    except ValueError:
        return ""
    if await identity.existing(db, [sought]):
        return f"{HERE}?player_id={sought}"
    if await actions.transaction_rows(db, [sought]):
        return f"{HERE}/transactions/{sought}"
    return f"{HERE}/holds/{sought}" if await hold_rows(db, [sought]) else ""


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
