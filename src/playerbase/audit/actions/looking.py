"""Reading the log: a page of it, one entry, all of it for an export."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.configured import configured
from playerbase.audit.actions.noting import deed
from playerbase.audit.actions.recording import record
from playerbase.audit.model import Deed, Entry, Filter, NoSuchEntry, Proof, Row
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, Tampered, open_sealed
from playerbase.kit.db import Db, Pool, Tx, reading
from playerbase.kit.http import Cursors, Listing, Request, in_milliseconds

SLICE_ROWS = 500

Place = tuple[datetime, UUID]  # Where a list goes on: after the entry of this time and id.


async def look(db: Db, asked: Filter, after: Place | None, count: int) -> list[Entry]:
    """Entries, newest first, from after a place on."""
    before_at, before_id = after or (None, None)
    keys = configured().keys
    return [_entry(keys, row) for row in await store.search(db, asked, before_at, before_id, count)]


async def proved(db: Db, chain: int, seq: int) -> Proof:
    """One entry by its place, and whether its hash follows from it and what stands before; raises NoSuchEntry."""
    row = await store.row(db, chain, seq)
    if row is None:
        raise NoSuchEntry(chain=chain, seq=seq)
    keys, before = configured().keys, await store.row(db, chain, seq - 1)
    previous = before.hash if before else await _start_before(db, keys, row)
    fits = any(rules.link(key, previous, row) == row.hash for key in keys.subkeys("audit"))
    return Proof(_entry(keys, row), fits, is_first=before is None)


async def listed(tx: Tx, request: Request, asked: Filter, count: int, cursor: str | None) -> Listing[Entry]:
    """A page for a reader; that they began to read is written down. Raises BadCursor."""
    cursors: Cursors = request.site.cursors
    scope = f"audit {request.caller.subject} {msgspec.json.encode(asked).decode()}"
    after = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else None
    entries = await look(tx, asked, after, count + 1)
    if after is None:
        await record(tx, reading_of(request, asked))
    shown = entries[:count]
    more = len(entries) > count
    return Listing(shown, cursors.make((shown[-1].at, shown[-1].entry_id), scope=scope) if more else None)


def reading_of(request: Request, asked: Filter, **how: str) -> Deed:
    """That somebody reads the log: what they asked for, and about whom."""
    filters = {name: value for name, value in msgspec.to_builtins(asked).items() if value is not None}
    kind, target = ("player", asked.player_id) if asked.player_id else ("audit", "")
    return deed(request, request.route.name, kind, target, after=filters | how)


def until_now(asked: Filter) -> Filter:
    """The same, without what is written from now on: an export ends, and does not hold its own asking."""
    now = clock.now()
    return msgspec.structs.replace(asked, to_at=min(asked.to_at, now) if asked.to_at else now)


async def as_json(pool: Pool, asked: Filter) -> AsyncIterator[bytes]:
    """Everything that is asked for, as one JSON array, in pieces."""
    mark = b"[\n"
    async for entries in _slices(pool, asked):
        yield mark + in_milliseconds(b",\n".join(map(msgspec.json.encode, entries)))
        mark = b",\n"
    yield b"[]\n" if mark == b"[\n" else b"\n]\n"


async def as_csv(pool: Pool, asked: Filter) -> AsyncIterator[bytes]:
    """Everything that is asked for, as CSV (RFC 4180) with a heading, in pieces; no cell is a formula."""
    yield (",".join(Entry.__struct_fields__) + "\r\n").encode()
    async for entries in _slices(pool, asked):
        text = io.StringIO()
        csv.writer(text).writerows([_cells(each) for each in entries])
        yield text.getvalue().encode()


async def _slices(pool: Pool, asked: Filter) -> AsyncIterator[list[Entry]]:
    after: Place | None = None
    while True:
        async with reading(pool) as db:
            entries = await look(db, asked, after, SLICE_ROWS)
        if entries:
            yield entries
        if len(entries) < SLICE_ROWS:
            return
        after = (entries[-1].at, entries[-1].entry_id)


def _cells(each: Entry) -> list[str]:
    return [rules.cell(_word(value)) for value in msgspec.structs.astuple(each)]


def _word(value: object) -> str:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    return "" if value is None else str(value)


async def _start_before(db: Db, keys: Keys, row: Row) -> bytes:
    """The hash that the first row of its chain follows; nothing fits where a row is missing."""
    for start in await store.starts(db):
        if (start.chain, start.seq + 1) == (row.chain, row.seq):
            return rules.starts.begin(start).hash if rules.starts.is_signed(keys.subkeys("audit/start"), start) else b""
    return b""


def _entry(keys: Keys, row: Row) -> Entry:
    return Entry(
        entry_id=row.entry_id, chain=row.chain, seq=row.seq, at=row.at, actor_kind=row.actor_kind,
        actor_id=row.actor_id, player_id=row.player_id, action=row.action, target_kind=row.target_kind,
        target_id=row.target_id, outcome=row.outcome, before=_tree(row.before), after=_tree(row.after),
        reason=row.reason, ip=_address(keys, row), agent=row.agent, request_id=row.request_id, trace_id=row.trace_id,
        hash=row.hash.hex(),
    )  # fmt: skip


def _tree(text: str | None) -> dict[str, object] | None:
    return None if text is None else msgspec.json.decode(text)


def _address(keys: Keys, row: Row) -> str:
    if not row.ip_sealed:
        return ""
    try:
        return open_sealed(
            keys, row.ip_sealed, table="audit.entries", column="ip_sealed", row=str(row.entry_id)
        ).decode()
    except Tampered:
        return "unreadable"
