"""The one way in: postings become true, or are refused, in one order of locks and in few statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids
from playerbase.kit.db import KeyReused, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.ledger import rules, store
from playerbase.ledger.actions.configured import mac_key
from playerbase.ledger.actions.counting import count
from playerbase.ledger.actions.known import Found, Known, Place, find
from playerbase.ledger.actions.outcomes import outcomes, record, standings, told_again
from playerbase.ledger.actions.telling import tell
from playerbase.ledger.model import (
    Asset,
    Balance,
    GiveFree,
    Lot,
    LotMove,
    Posted,
    Posting,
    Purpose,
    Written,
)

CHAINS = 8


class Mark(msgspec.Struct, frozen=True):
    """A key that is to be claimed: for which posting, what was said, and the id its transaction gets."""

    at: int
    fingerprint: bytes
    transaction_id: UUID


async def post(tx: Tx, postings: Sequence[Posting], known: Known | None = None) -> list[Posted | Refusal]:
    """What becomes of each posting, in order; everything returned is true once the transaction commits.

    Once in a transaction, and last: from here on its accounts and a chain are locked. Refusals are values, and those
    decided over the balances stand under their key for good. ``known`` spares looking up accounts each time.
    """
    answers: dict[int, Posted | Refusal] = {}
    for at, posting in enumerate(postings):
        if (fault := rules.fault_in(posting)) is not None:
            answers[at] = fault
    sound = [at for at in range(len(postings)) if at not in answers]
    found, strange = await find(tx, [postings[at] for at in sound], known or Known())
    answers |= {sound[position]: refusal for position, refusal in strange.items()}
    batch = Batch({at: postings[at] for at in sound if at not in answers}, found)
    await batch.claim(tx)
    if batch.fresh:
        await batch.decide(tx)
        await batch.write(tx)
    answers |= batch.answers
    # Of two under one key in a batch the second hears what became of the first.
    for at, first in batch.repeated.items():
        answers[at] = _again(answers[first])
    made = [answers[at] for at in range(len(postings))]
    after_commit(tx, lambda: count(postings, made))
    return made


class Batch:
    """Postings on their way through the statements of one commit."""

    def __init__(self, postings: dict[int, Posting], found: Found) -> None:
        self.answers: dict[int, Posted | Refusal] = {}
        self.repeated: dict[int, int] = {}
        self.fresh: dict[int, rules.Placed] = {}
        self._postings = postings
        self._found = found
        self._places = found.accounts.places
        self._now = clock.now()
        self._key_ids: dict[int, bytes] = {}
        self._written: list[tuple[rules.Placed, rules.Admitted]] = []
        self._posted: list[Posted] = []
        self._book = rules.Book(self._now, {}, {})

    async def claim(self, tx: Tx) -> None:
        """Make the keys ours; those that are somebody's already are answered."""
        marks: dict[bytes, Mark] = {}
        repeated: list[tuple[int, bytes, bytes]] = []
        for (at, posting), transaction_id in zip(self._postings.items(), ids.uuid7s(len(self._postings)), strict=True):
            key_id = self._key_ids[at] = rules.key_id(posting.scope, posting.key)
            said = rules.fingerprint(posting)
            if key_id in marks:
                repeated.append((at, key_id, said))
            else:
                marks[key_id] = Mark(at, said, posting.transaction_id or transaction_id)
        if not marks:
            return
        listed = list(marks.values())
        claimed = set(
            await store.claim_keys(
                tx, list(marks), [mark.fingerprint for mark in listed], [mark.transaction_id for mark in listed]
            )
        )
        order = {at: position for position, at in enumerate(self._postings)}
        for key_id, mark in marks.items():
            if key_id in claimed:
                position = order[mark.at]
                self.fresh[mark.at] = rules.Placed(
                    self._postings[mark.at], mark.transaction_id, self._found.of_legs[position],
                    self._found.of_hold[position],
                )  # fmt: skip
        asked = [(mark.at, key_id, mark.fingerprint) for key_id, mark in marks.items() if key_id not in claimed]
        for at, key_id, said in repeated:
            if key_id not in claimed:
                asked.append((at, key_id, said))
            elif said == marks[key_id].fingerprint:
                self.repeated[at] = marks[key_id].at
            else:
                self.answers[at] = KeyReused()
        if asked:
            await self._replay(tx, asked)

    async def decide(self, tx: Tx) -> None:
        """Lock what is needed, in order, and let the rules decide over it."""
        placed = list(self.fresh.values())
        accounts = {account for each in placed for account in each.accounts}
        accounts.update(each.hold_account for each in placed if each.hold_account)
        balances = await self._lock(tx, accounts)
        freed = [each.posting.hold.hold_id for each in placed if isinstance(each.posting.hold, GiveFree)]
        holds = {hold.hold_id: hold for hold in await store.lock_holds(tx, freed)} if freed else {}
        undoing = {each.posting.reverses for each in placed if each.posting.reverses is not None}
        reversing = await self._reversing(tx, undoing)
        self._book = rules.Book(
            self._now, balances, self._assets_of(balances), holds=holds, reversing=reversing,
            lots=await self._lots(tx, balances, list(reversing)), sides=self._sides(balances) if undoing else {},
        )  # fmt: skip
        refused: dict[bytes, Refusal] = {}
        for at, each in self.fresh.items():
            outcome = self._book.admit(each)
            if isinstance(outcome, Refusal):
                self.answers[at] = outcome
                refused[self._key_ids[at]] = outcome
            else:
                self._written.append((each, outcome))
                hold_id = each.posting.hold.hold_id if each.posting.hold is not None else None
                posted = Posted(each.transaction_id, standings(outcome.entries, self._places), hold_id=hold_id)
                self._posted.append(posted)
                self.answers[at] = posted
        if refused:
            await store.record_refusals(tx, list(refused), [record(each) for each in refused.values()])

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
        # Of each entry, which of the transactions it belongs to, from one on.
        places = [place for place, (_, admitted) in enumerate(self._written, 1) for _ in admitted.entries]
        await store.write(tx, [book.balances[account] for account in book.touched], rows, entries, places, block)
        if book.touched_holds:
            await store.write_holds(tx, [book.holds[hold_id] for hold_id in sorted(book.touched_holds)], self._now)
        if moves := book.shelves.moves:
            await store.write_lots(tx, book.shelves.made + book.shelves.changed())
            await store.write_lot_moves(tx, moves)
        holders = [placed.posting.hold.owner for placed, _ in self._written if placed.posting.hold is not None]
        await tell(tx, block, self._posted, holders)

    async def _lock(self, tx: Tx, account_ids: set[int]) -> dict[int, Balance]:
        """Balances in order, and after all of them the debts of their owners: nobody locks the other way round."""
        by_name = self._found.accounts.by_name
        debts = {
            account: by_name[leg.owner.int, leg.asset, Purpose.DEBT]
            for each in self.fresh.values()
            for leg, account in zip(each.posting.legs, each.accounts, strict=True)
            if leg.up_to == "debt"
        }
        of_debts = {account for account in account_ids if self._places[account].purpose is Purpose.DEBT}
        first = account_ids - of_debts
        balances = {row.account_id: row for row in await store.lock_balances(tx, sorted(first))}
        unlinked = [debt for main, debt in debts.items() if balances[main].debt_id is None]
        if unlinked:
            await store.link_debts(tx, unlinked)
        for main, debt in debts.items():
            balances[main].debt_id = debt
        owing = {row.account_id: row.debt_id for row in balances.values() if row.debt_id is not None}
        for main, debt in owing.items():
            owner, asset, _ = self._places[main]
            self._found.accounts.add(Place(owner, asset, Purpose.DEBT), debt)
        if later := (of_debts | set(owing.values())) - set(balances):
            balances |= {row.account_id: row for row in await store.lock_balances(tx, sorted(later))}
        return balances

    def _assets_of(self, balances: dict[int, Balance]) -> dict[int, Asset]:
        places, assets = self._places, self._found.assets
        return {account: assets[places[account].asset] for account in balances}

    def _sides(self, balances: dict[int, Balance]) -> dict[int, rules.Side]:
        return {account: rules.side(*self._places[account]) for account in balances}

    async def _lots(self, tx: Tx, balances: dict[int, Balance], reversing: list[UUID]) -> dict[int, list[Lot]]:
        expiring = [code for code, asset in self._found.assets.items() if asset.lifetime_days is not None]
        places = self._places
        lots: dict[int, list[Lot]] = {
            account: []
            for account in balances
            if places[account].asset in expiring and places[account].purpose is Purpose.MAIN
        }
        for lot in await store.lock_lots(tx, list(lots), reversing) if lots else []:
            lots[lot.account_id].append(lot)
        return lots

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

    async def _replay(self, tx: Tx, asked: list[tuple[int, bytes, bytes]]) -> None:
        """What became of keys that were used before, if the same was said: the same again."""
        rows = {row.key_id: row for row in await store.keys_known(tx, list({key_id for _, key_id, _ in asked}))}
        told = await outcomes(tx, [row.transaction_id for row in rows.values() if row.refusal is None])
        for at, key_id, said in asked:
            row = rows[key_id]
            if row.fingerprint != said:
                self.answers[at] = KeyReused()
            elif row.refusal is not None:
                self.answers[at] = told_again(row.refusal)
            else:
                then = told.get(row.transaction_id, ())
                self.answers[at] = Posted(row.transaction_id, then, replayed=True, hold_id=row.hold_id)


def _again(answer: Posted | Refusal) -> Posted | Refusal:
    return msgspec.structs.replace(answer, replayed=True) if isinstance(answer, Posted) else answer


def _row(placed: rules.Placed, now: datetime, hold_change: int) -> Written:
    it = placed.posting
    return Written(
        placed.transaction_id, now, it.kind, it.reason, it.ref, it.rule, it.actor, it.request_id, it.scope, it.key,
        it.reverses, it.group_id, it.hold.hold_id if it.hold else None, hold_change,
    )  # fmt: skip
