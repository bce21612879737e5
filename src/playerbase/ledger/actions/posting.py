"""The one way in: postings become true, or are refused, in one order of locks and in few statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids
from playerbase.kit.db import KeyReused, Tx
from playerbase.kit.errors import Refusal
from playerbase.ledger import rules, store
from playerbase.ledger.actions.configured import mac_key
from playerbase.ledger.actions.known import Found, Known, Place, find
from playerbase.ledger.actions.telling import tell
from playerbase.ledger.model import (
    HOUSE,
    OF_PLAYERS,
    AccountLocked,
    AlreadyReversed,
    Balance,
    BalanceTooLarge,
    Entry,
    GiveFree,
    HoldEnded,
    HoldExpired,
    HoldTooSmall,
    InsufficientFunds,
    LimitExceeded,
    Lot,
    LotMove,
    NoSuchHold,
    NoSuchTransaction,
    Posted,
    Posting,
    Purpose,
    Standing,
    Unbalanced,
    Written,
)

CHAINS = 8
# What may stand under a key for good, by its code.
RECORDED = {
    refusal.code: refusal
    for refusal in (
        AccountLocked, AlreadyReversed, BalanceTooLarge, HoldEnded, HoldExpired, HoldTooSmall, InsufficientFunds,
        LimitExceeded, NoSuchHold, NoSuchTransaction, Unbalanced,
    )
}  # fmt: skip


async def post(tx: Tx, postings: Sequence[Posting], known: Known | None = None) -> list[Posted | Refusal]:
    """What becomes of each posting, in order; everything returned is true once the transaction commits.

    Once in a transaction, and last: from here on its accounts and a chain are locked. Refusals are values, and those
    decided over the balances stand under their key for good. ``known`` spares looking up accounts each time.
    """
    known = known or Known()
    answers: dict[int, Posted | Refusal] = {}
    for at, posting in enumerate(postings):
        if (fault := rules.fault_in(posting)) is not None:
            answers[at] = fault
    sound = [at for at in range(len(postings)) if at not in answers]
    found, strange = await find(tx, [postings[at] for at in sound], known)
    answers |= {sound[position]: refusal for position, refusal in strange.items()}
    batch = Batch([(at, postings[at]) for at in sound if at not in answers], found)
    await batch.claim(tx)
    if batch.fresh:
        await batch.decide(tx)
        await batch.write(tx)
    answers |= batch.answers
    # Of two under one key in a batch the second hears what became of the first.
    for at, first in batch.repeated.items():
        answers[at] = _again(answers[first])
    return [answers[at] for at in range(len(postings))]


class Told(msgspec.Struct, frozen=True):
    """A refusal as it stands under its key."""

    code: str
    detail: str
    members: dict[str, Any]


class Batch:
    """Postings on their way through the statements of one commit."""

    def __init__(self, numbered: Sequence[tuple[int, Posting]], found: Found) -> None:
        self.answers: dict[int, Posted | Refusal] = {}
        self.repeated: dict[int, int] = {}
        self.fresh: dict[int, rules.Placed] = {}
        self._numbered = numbered
        self._found = found
        self._now = clock.now()
        self._key_ids: dict[int, UUID] = {}
        self._written: list[tuple[rules.Placed, rules.Admitted]] = []
        self._book = rules.Book(self._now, {}, {})

    async def claim(self, tx: Tx) -> None:
        """Make the keys ours; those that are somebody's already are answered."""
        wanted: dict[UUID, tuple[int, bytes, UUID]] = {}
        for at, posting in self._numbered:
            key_id = self._key_ids[at] = rules.key_id(posting.scope, posting.key)
            fingerprint = rules.fingerprint(posting)
            if key_id not in wanted:
                wanted[key_id] = (at, fingerprint, posting.transaction_id or ids.uuid7())
            elif wanted[key_id][1] == fingerprint:
                self.repeated[at] = wanted[key_id][0]
            else:
                self.answers[at] = KeyReused()
        if not wanted:
            return
        marks = list(wanted.values())
        claimed = set(
            await store.claim_keys(tx, list(wanted), [mark[1] for mark in marks], [mark[2] for mark in marks])
        )
        postings = dict(self._numbered)
        for key_id, (at, _, transaction_id) in wanted.items():
            if key_id in claimed:
                self.fresh[at] = self._placed(postings[at], transaction_id)
        if len(claimed) < len(wanted):
            await self._replay(tx, {key_id: mark for key_id, mark in wanted.items() if key_id not in claimed})

    async def decide(self, tx: Tx) -> None:
        """Lock what is needed, in order, and let the rules decide over it."""
        placed = list(self.fresh.values())
        balances = await self._lock(tx, {account for each in placed for account in each.accounts} | {
            each.hold_account for each in placed if each.hold_account
        })  # fmt: skip
        freed = [each.posting.hold.hold_id for each in placed if isinstance(each.posting.hold, GiveFree)]
        holds = {hold.hold_id: hold for hold in await store.lock_holds(tx, freed)} if freed else {}
        reversing = await self._reversing(tx, {each.posting.reverses for each in placed if each.posting.reverses})
        place_of, assets = self._found.place_of, self._found.assets
        asset_of = {account: assets[place_of[account].asset] for account in balances if account in place_of}
        expiring = [
            account for account, asset in asset_of.items()
            if asset.lifetime_days is not None and place_of[account].purpose is Purpose.MAIN
        ]  # fmt: skip
        lots: dict[int, list[Lot]] = {account: [] for account in expiring}
        for lot in await store.lock_lots(tx, expiring, list(reversing)) if expiring else []:
            lots[lot.account_id].append(lot)
        self._book = rules.Book(self._now, balances, asset_of, holds=holds, lots=lots, reversing=reversing)
        refused: dict[UUID, Refusal] = {}
        for at, each in self.fresh.items():
            if each.posting.reverses and each.posting.reverses not in reversing:
                outcome: rules.Admitted | Refusal = NoSuchTransaction()
            else:
                outcome = self._book.admit(each)
            if isinstance(outcome, Refusal):
                self.answers[at] = outcome
                refused[self._key_ids[at]] = outcome
            else:
                self._written.append((each, outcome))
                hold_id = each.posting.hold.hold_id if each.posting.hold else None
                self.answers[at] = Posted(each.transaction_id, self._standings(outcome.entries), hold_id=hold_id)
        if refused:
            await store.record_refusals(tx, list(refused), [_record(each) for each in refused.values()])

    async def write(self, tx: Tx) -> None:
        """Write what was admitted, as one block, and tell of it."""
        if not self._written:
            return
        self._written.sort(key=lambda each: each[0].transaction_id)
        rows = [_row(placed, self._now, admitted.hold_change) for placed, admitted in self._written]
        last = rows[-1].transaction_id
        chain = await store.take_chain(tx, last.int % CHAINS) or await store.wait_for_chain(tx, last.int % CHAINS)
        texts = [rules.canonical(row, it.entries) for row, (_, it) in zip(rows, self._written, strict=True)]
        digest, number = rules.digest(texts), chain.block + 1
        mac = rules.mac(mac_key(), chain.mac, chain=chain.chain, block=number, count=len(rows), digest_=digest)
        block = store.Block(chain.chain, number, len(rows), rows[0].transaction_id, last, digest, mac, self._now)
        book = self._book
        entries = [entry for _, admitted in self._written for entry in admitted.entries]
        await store.write(tx, [book.balances[account] for account in book.touched], rows, entries, block)
        if book.touched_holds:
            await store.write_holds(tx, [book.holds[hold_id] for hold_id in sorted(book.touched_holds)], self._now)
        if moves := book.shelves.moves:
            await store.write_lots(tx, book.shelves.made + book.shelves.changed())
            await store.write_lot_moves(tx, moves)
        await tell(tx, block, rows, entries, self._found.place_of)

    def _placed(self, posting: Posting, transaction_id: UUID) -> rules.Placed:
        accounts = self._found.accounts
        hold = accounts[Place(posting.hold.owner, posting.hold.asset, Purpose.MAIN)] if posting.hold else 0
        of_legs = tuple([accounts[Place(leg.owner, leg.asset, leg.purpose)] for leg in posting.legs])
        return rules.Placed(posting, transaction_id, of_legs, hold)

    async def _lock(self, tx: Tx, account_ids: set[int]) -> dict[int, Balance]:
        """Balances in order, and after all of them the debts of their owners: nobody locks the other way round."""
        places = {
            Place(leg.owner, leg.asset, Purpose.MAIN): self._found.accounts[Place(leg.owner, leg.asset, Purpose.DEBT)]
            for each in self.fresh.values() for leg in each.posting.legs if leg.up_to == "debt"
        }  # fmt: skip
        debts = {self._found.accounts[place]: debt for place, debt in places.items()}
        first = account_ids | set(debts) - set(debts.values())
        balances = {row.account_id: row for row in await store.lock_balances(tx, sorted(first))}
        unlinked = [debt for main, debt in debts.items() if balances[main].debt_id is None]
        if unlinked:
            await store.link_debts(tx, unlinked)
        for main, debt in debts.items():
            balances[main].debt_id = debt
        later = {row.debt_id for row in balances.values() if row.debt_id is not None} - set(balances)
        for main, row in list(balances.items()):
            if row.debt_id is not None:
                owner, asset, _ = self._found.place_of[main]
                self._found.place_of[row.debt_id] = Place(owner, asset, Purpose.DEBT)
        if later:
            balances |= {row.account_id: row for row in await store.lock_balances(tx, sorted(later))}
        return balances

    async def _reversing(self, tx: Tx, transaction_ids: set[UUID]) -> dict[UUID, rules.Reversible]:
        if not transaction_ids:
            return {}
        listed = list(transaction_ids)
        it: dict[UUID, rules.Reversible] = {}
        for row in await store.sides_of(tx, listed):
            reversible = it.setdefault(row.transaction_id, rules.Reversible({}, {}, defaultdict(list)))
            side = rules.Side(row.owner_id, row.asset, row.purpose)
            reversible.did[side], reversible.undone[side] = row.did, row.undone
        for move in await store.lot_moves_of(tx, listed):
            it[move.transaction_id].lots[move.account_id].append(LotMove(move.lot_id, move.transaction_id, move.change))
        return it

    async def _replay(self, tx: Tx, wanted: dict[UUID, tuple[int, bytes, UUID]]) -> None:
        """What became of keys that were used before: the same again."""
        rows = {row.key_id: row for row in await store.keys_known(tx, list(wanted))}
        posted = [row.transaction_id for row in rows.values() if row.refusal is None]
        told = await outcomes(tx, posted)
        for key_id, (at, fingerprint, _) in wanted.items():
            row = rows[key_id]
            if row.fingerprint != fingerprint:
                self.answers[at] = KeyReused()
            elif row.refusal is not None:
                self.answers[at] = told_again(row.refusal)
            else:
                standings_then = told.get(row.transaction_id, ())
                self.answers[at] = Posted(row.transaction_id, standings_then, replayed=True, hold_id=row.hold_id)

    def _standings(self, entries: list[Entry]) -> tuple[Standing, ...]:
        rows = []
        for entry in entries:
            owner, asset, purpose = self._found.place_of[entry.account_id]
            if owner != HOUSE:
                rows.append(
                    store.Outcome(
                        entry.transaction_id, owner, asset, purpose, entry.balance_after, entry.held_after, entry.leg,
                        entry.amount,
                    )
                )  # fmt: skip
        return standings(rows)


async def outcomes(tx: Tx, transaction_ids: list[UUID]) -> dict[UUID, tuple[Standing, ...]]:
    """How players' accounts stood after each of these transactions."""
    rows: dict[UUID, list[store.Outcome]] = defaultdict(list)
    for row in await store.outcomes(tx, transaction_ids) if transaction_ids else []:
        rows[row.transaction_id].append(row)
    return {transaction_id: standings(made) for transaction_id, made in rows.items()}


def standings(rows: Sequence[store.Outcome]) -> tuple[Standing, ...]:
    """The last word on each player's account among the entries of one transaction, in the order of its legs."""
    last: dict[Place, Standing] = {}
    for row in rows:
        if row.purpose in OF_PLAYERS and row.owner_id != HOUSE:
            place = Place(row.owner_id, row.asset, Purpose(row.purpose))
            change = row.amount + (last[place].change if place in last else 0)
            last[place] = Standing(*place, row.balance_after, row.held_after, change)
    return tuple(last.values())


def told_again(record: str) -> Refusal:
    """A refusal as it was told when it was decided."""
    told = msgspec.json.decode(record, type=Told)
    refusal: Refusal = RECORDED[told.code](told.detail, **told.members)
    refusal.is_replayed = True
    return refusal


def is_recorded(refusal: Refusal) -> bool:
    """Whether a refusal was decided over the balances, and stands under its key."""
    return refusal.code in RECORDED


def _record(refusal: Refusal) -> str:
    return msgspec.json.encode(Told(refusal.code, str(refusal), refusal.members), enc_hook=str).decode()


def _again(answer: Posted | Refusal) -> Posted | Refusal:
    return msgspec.structs.replace(answer, replayed=True) if isinstance(answer, Posted) else answer


def _row(placed: rules.Placed, now: datetime, hold_change: int) -> Written:
    it = placed.posting
    return Written(
        placed.transaction_id, now, it.kind, it.reason, it.ref, it.rule, it.actor, it.request_id, it.scope, it.key,
        it.reverses, it.group_id, it.hold.hold_id if it.hold else None, hold_change,
    )  # fmt: skip
