"""The proof of the whole ledger: all that was ever posted is read once, and must come to what stands."""

import asyncio
import secrets
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool
from playerbase.ledger import rules
from playerbase.ledger.actions.configured import mac_keys
from playerbase.ledger.actions.posting import CHAINS
from playerbase.ledger.actions.proof import history, standing
from playerbase.ledger.actions.proof.anchoring import anchored
from playerbase.ledger.actions.proof.repaired import excused
from playerbase.ledger.actions.proof.snapshot import Snapshot, snapshot
from playerbase.ledger.model import BALANCE_MAX, Checked, Doubt, Finding, Flaw, Mark, Piece, Verdict

SLICE = 100_000  # Transactions, entries, keys: what a statement reads in a second or two.
BLOCKS = 20_000  # Of each chain at once.
PAGES = 10_000  # Of keys: 80 MB.
LISTED_MAX = 20  # Findings of each kind; the rest are counted.
MOST = 200  # Findings of one statement.
LAG = timedelta(days=1)  # What expired so long ago should be gone.
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)

Progress = Callable[[str, int, int], None]


def _silent(_: str, __: int, ___: int) -> None: ...


async def prove(pool: Pool, progress: Progress = _silent, *, slice_rows: int = SLICE) -> Verdict:
    """Read everything at one moment and hold it against itself; blocks no writer and writes nothing.

    ``progress`` is told what is read, how much of it was, and of how much. Takes three connections.
    """
    began_at = clock.now()
    async with snapshot(pool) as moment:
        return await _Run(moment, progress, slice_rows).verdict(began_at)


class _Run:
    """One proof on its way."""

    def __init__(self, moment: Snapshot, progress: Progress, slice_rows: int) -> None:
        self._moment, self._progress, self._slice = moment, progress, slice_rows
        # Of this run alone: nobody can have chosen rows whose sum is that of others.
        self._salt = secrets.randbits(62)
        self._found: Counter[Flaw] = Counter()
        self._listed: dict[Flaw, list[Finding]] = defaultdict(list)
        self._undone: list[history.Undone] = []
        self._read = Counter[str]()
        self._total = 0
        self._keys_posted = Decimal(0)
        self._keys = standing.Tally(0, Decimal(0))
        self._reached: dict[int, Mark] = {}
        self._warnings: list[str] = []

    async def verdict(self, began_at: datetime) -> Verdict:
        """Run it, and say what it came to."""
        async with self._moment.reading() as db:
            self._total = await history.entries_in_all(db)
            self._note(await standing.unguarded(db, MOST))
            self._note(await standing.asset_sums(db, MOST))
        # Two sides of one book, each on a connection of its own.
        async with asyncio.TaskGroup() as group:
            group.create_task(self._history())
            group.create_task(self._standing())
        await self._strays()
        await self._name_keys()
        listed = [finding for flaw in Flaw for finding in self._listed[flaw]]
        checked = Checked(**{name: self._read[name] for name in Checked.__struct_fields__})
        reached = tuple(self._reached.values())
        return Verdict(
            began_at, clock.now(), checked, self._found.total(), tuple(listed), reached, tuple(self._warnings)
        )

    def _note(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            flaw = Flaw(finding.flaw)
            self._found[flaw] += 1
            if len(self._listed[flaw]) < LISTED_MAX:
                self._listed[flaw].append(finding)

    async def _ids(
        self,
        ahead: Callable[[Db, UUID, int], Awaitable[UUID | None]],
        each: Callable[[Db, UUID, UUID], Awaitable[None]],
    ) -> None:
        """Do something for each slice of ids, to the very last id there can be."""
        after = FIRST
        while after != LAST:
            async with self._moment.reading() as db:
                until = await ahead(db, after, self._slice) or LAST
                await each(db, after, until)
            after = until

    async def _history(self) -> None:
        marks = [Mark(chain, 0) for chain in range(CHAINS)]
        after, until = FIRST, FIRST
        while True:
            async with self._moment.reading() as db:
                # With the last id more blocks may be there than are read at once.
                until = until if until == LAST else await history.id_ahead(db, after, self._slice) or LAST
                ahead = await history.blocks_ahead(db, marks, until, BLOCKS)
                await self._blocks(db, marks, ahead)
                await self._counted(db, after, until)
            if ahead == marks and until == LAST:
                break
            marks, after = ahead, until
        await self._chains()

    async def _blocks(self, db: Db, after: list[Mark], until: list[Mark]) -> None:
        span = await history.span_of(db, after, until)
        if span.low is None or span.high is None:
            return
        read = await history.read_blocks(db, after, until, span.low, span.high, self._salt, MOST)
        self._note(msgspec.json.decode(read.findings, type=list[Finding]))
        self._keys_posted += read.keys
        self._read["blocks"] += span.blocks
        self._read["transactions"] += read.transactions
        self._read["entries"] += read.entries
        self._progress("entries", self._read["entries"], self._total)

    async def _counted(self, db: Db, after: UUID, until: UUID) -> None:
        if after == until:
            return
        counted = await history.count_slice(db, after, until)
        self._read["transactions there"] += counted.transactions
        self._read["entries there"] += counted.entries
        self._note(await history.wrong_lot_moves(db, after, until, MOST))

    async def _chains(self) -> None:
        """Each chain from its beginning to its head; and what the audit log remembers of it."""
        keys = mac_keys()
        async with self._moment.reading() as db:
            heads = {head.chain: head for head in await history.heads(db)}
        for chain in range(CHAINS):
            at = Mark(chain, 0, rules.GENESIS)
            while True:
                async with self._moment.reading() as db:
                    blocks = await history.blocks_after(db, chain, at.block, BLOCKS)
                at, findings = rules.follow(keys, at, blocks)
                self._note(findings)
                if len(blocks) < BLOCKS:
                    break
            self._reached[chain] = at
            self._note(rules.judge_head(heads.get(chain, Mark(chain, -1)), at))
        async with self._moment.reading() as db:
            remembered = await anchored(db)
            for moment, marks in remembered:
                known = [mark for mark in marks if mark.block]
                stands = {(it.chain, it.block): it for it in await history.blocks_at(db, known)}
                for mark in known:
                    self._note(rules.judge_anchor(mark, stands.get((mark.chain, mark.block)), f"{moment:%Y-%m-%d}"))
                self._read["anchors"] += len(known)
            last_at, last = remembered[0] if remembered else (None, [])
            grew = {mark for mark in self._reached.values() if mark.block} != set(last)
            self._warnings += rules.judge_anchoring(await history.first_block_at(db), last_at, clock.now(), grew=grew)

    async def _standing(self) -> None:
        amounts: Counter[int] = Counter()

        async def reversals(db: Db, after: UUID, until: UUID) -> None:
            self._note(await history.wrong_reversals(db, after, until, MOST))
            for undone in await history.reversed_amounts(db, after, until):
                amounts[undone.account_id] += undone.amount

        async def holds(db: Db, after: UUID, until: UUID) -> None:
            self._note(await standing.wrong_holds(db, after, until, MOST))
            self._read["holds"] += await standing.count_holds(db, after, until)

        async def lots(db: Db, after: UUID, until: UUID) -> None:
            self._note(await standing.wrong_lots(db, after, until, MOST))
            self._read["lots"] += await standing.count_lots(db, after, until)

        await self._ids(history.id_ahead, reversals)
        self._undone = [history.Undone(account, amount) for account, amount in sorted(amounts.items())]
        await self._accounts()
        await self._ids(standing.hold_ahead, holds)
        await self._ids(standing.lot_ahead, lots)
        async with self._moment.reading() as db:
            self._note(await standing.late_lots(db, clock.now() - LAG, MOST))
        await self._pages()

    async def _accounts(self) -> None:
        async with self._moment.reading() as db:
            last = await standing.last_account(db)
        carried, done = Piece(), 0
        while done < last:
            async with self._moment.reading() as db:
                ahead = await standing.account_ahead(db, carried.account_id, carried.seq, self._slice)
                if ahead is None:
                    until = standing.EntryPlace(last, BALANCE_MAX)
                elif ahead.account_id - 1 > done:
                    until = standing.EntryPlace(ahead.account_id - 1, BALANCE_MAX)
                else:
                    until = ahead  # One account with more entries than a slice: a piece of it.
                whole = done if until == ahead else until.account_id
                found = await standing.doubtful_accounts(
                    db, carried, until.account_id, until.seq, done, whole, self._between(done, whole)
                )
                self._note(await standing.wrong_debts(db, done, whole, MOST))
                fine = await excused(db, [it.account_id for it in found if it.jump is not None])
            found = [msgspec.structs.replace(it, jump=None) if it.account_id in fine else it for it in found]
            carried = self._judged(found, carried, whole) or Piece(whole, BALANCE_MAX)
            self._read["accounts"] += whole - done
            done = whole
            self._read["entries of accounts"] += self._slice
            self._progress("accounts", self._read["accounts"], last)

    def _between(self, after: int, until: int) -> list[history.Undone]:
        accounts = [undone.account_id for undone in self._undone]
        return self._undone[bisect_right(accounts, after) : bisect_right(accounts, until)]

    def _judged(self, found: list[Doubt], carried: Piece, whole: int) -> Piece | None:
        """Note what is wrong; returns what was read of an account that is not yet read to its end."""
        piece = None
        for read in found:
            it = rules.grown(read, carried)
            self._note(rules.judge_entries(it))
            if it.account_id <= whole:
                self._note(rules.judge_account(it))
            else:
                piece = Piece(it.account_id, it.last, it.balance, it.count, it.sum, it.plus)
        return piece

    async def _pages(self) -> None:
        async with self._moment.reading() as db:
            pages = await standing.pages_of_keys(db)
        for page in range(0, pages, PAGES):
            async with self._moment.reading() as db:
                tally = await standing.count_keys(db, self._salt, page, page + PAGES)
            self._keys = standing.Tally(self._keys.keys + tally.keys, self._keys.sum + tally.sum)
            self._read["keys"] = self._keys.keys
            self._progress("keys", min(page + PAGES, pages), pages)

    async def _strays(self) -> None:
        """Name what no block leads to, if there is more than was read with the blocks."""
        read = self._read
        if (read["transactions"], read["entries"]) == (read["transactions there"], read["entries there"]):
            return

        async def strays(db: Db, after: UUID, until: UUID) -> None:
            self._note(await history.strays(db, after, until, MOST))

        await self._ids(history.id_ahead, strays)

    async def _name_keys(self) -> None:
        """Name the keys that do not lead to their transactions, if not all do."""
        if self._keys.sum == self._keys_posted:
            return

        async def wrong(db: Db, after: UUID, until: UUID) -> None:
            self._note(await history.wrong_keys(db, after, until, MOST))

        await self._ids(history.id_ahead, wrong)
        async with self._moment.reading() as db:
            pages = await standing.pages_of_keys(db)
        for page in range(0, pages, PAGES):
            async with self._moment.reading() as db:
                self._note(await standing.keys_alone(db, page, page + PAGES, MOST))
