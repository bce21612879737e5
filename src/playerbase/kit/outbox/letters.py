"""Letters: events a reaction failed on, and those held back behind them so that order is kept.

Three attempts: at once, after 30 seconds, after 5 minutes, each wait half to one and a half times that. Then the
letter is dead until a person replays or discards it.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, sql
from playerbase.kit.errors import Conflict, NotFound

ATTEMPTS_MAX = 3
RETRY_AFTER = (timedelta(seconds=30), timedelta(minutes=5))
FAULT_CHARACTERS_MAX = 2_000
BEHIND = "Waits for an earlier event with the same key."


class Hopeless(Exception):
    """Raised by a reaction that knows that trying again cannot help: the letter is dead at once."""


class Failed(msgspec.Struct, frozen=True):
    """How a delivery went: what state its letter is in, after how many attempts, when the next one is due, and why."""

    event: int
    state: str
    attempts: int
    due_at: datetime
    fault: str
    keys: Sequence[str] = ()


class Waiting(msgspec.Struct, frozen=True):
    """A letter whose turn it is, with its event."""

    event: int
    attempts: int
    due_at: datetime
    fault: str
    topic: str
    body: str
    traceparent: str


class Letter(msgspec.Struct, frozen=True):
    """A delivery that went wrong (retry, dead) or waits behind one that did (held)."""

    handler: str
    event: int
    state: str
    keys: list[str]
    attempts: int
    due_at: datetime
    fault: str
    opened_at: datetime
    event_id: UUID
    topic: str
    body: str
    told_at: datetime


class Tally(msgspec.Struct, frozen=True):
    """How many letters are in a state, and since when the oldest."""

    state: str
    count: int
    oldest_at: datetime


class LetterGone(NotFound):
    """This letter is no longer there: it was delivered or discarded meanwhile."""


class LetterHeld(Conflict):
    """This letter waits for an earlier one with the same key; replay or discard that one."""


@sql
async def put(tx: Tx, handler: str, failed: list[Failed], now: datetime) -> None: ...
@sql
async def put_keys(tx: Tx, handler: str, events: list[int], keys: list[str]) -> None: ...
@sql
async def blocked_of(db: Db, handler: str, keys: list[str]) -> list[str]: ...
@sql
async def due(db: Db, handler: str, now: datetime) -> Waiting | None: ...
@sql
async def note(tx: Tx, handler: str, outcome: Failed) -> None: ...
@sql
async def close(tx: Tx, handler: str, event: int, now: datetime) -> bool | None: ...
@sql
async def page(db: Db, state: str, handler: str, event: int, count: int) -> list[Letter]: ...
@sql
async def find(db: Db, handler: str, event: int) -> Letter | None: ...
@sql
async def tally(db: Db) -> list[Tally]: ...
@sql
async def wait_for(tx: Tx, handler: str) -> bool | None: ...
@sql
async def revive(tx: Tx, handler: str, event: int, now: datetime) -> bool | None: ...


def held(event: int, keys: Sequence[str], now: datetime) -> Failed:
    """Kept back until what came before it has been delivered or discarded."""
    return Failed(event, "held", 0, now, BEHIND, keys)


def failed(event: int, attempts: int, fault: Exception | str, now: datetime, keys: Sequence[str] = ()) -> Failed:
    """The outcome of this many attempts, the last of which ended with this fault."""
    said = fault if isinstance(fault, str) else f"{type(fault).__name__}: {fault}"
    if attempts >= ATTEMPTS_MAX or isinstance(fault, Hopeless):
        return Failed(event, "dead", attempts, now, said[:FAULT_CHARACTERS_MAX], keys)
    wait = RETRY_AFTER[attempts - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
    return Failed(event, "retry", attempts, now + wait, said[:FAULT_CHARACTERS_MAX], keys)


async def file(tx: Tx, handler: str, outcomes: list[Failed], now: datetime) -> None:
    """Open letters, in the order of the reader."""
    await put(tx, handler, outcomes, now)
    keyed = [(each.event, key) for each in outcomes for key in each.keys]
    if keyed:
        await put_keys(tx, handler, [event for event, _ in keyed], [key for _, key in keyed])


async def letters(db: Db, *, state: str = "", after: tuple[str, int] = ("", 0), count: int = 50) -> list[Letter]:
    """Open letters in a stable order, those in one state or all."""
    return await page(db, state, after[0], after[1], count)


async def letter(db: Db, handler: str, event: int) -> Letter:
    """One letter; raises LetterGone."""
    found = await find(db, handler, event)
    if found is None:
        raise LetterGone
    return found


async def open_letters(db: Db) -> dict[str, Tally]:
    """How many letters are open, by state."""
    return {each.state: each for each in await tally(db)}


async def replay(tx: Tx, handler: str, event: int) -> None:
    """Give a letter all its attempts anew, beginning now; raises LetterGone, LetterHeld."""
    await wait_for(tx, handler)
    found = await letter(tx, handler, event)
    if found.state == "held":
        raise LetterHeld
    await revive(tx, handler, event, clock.now())


async def discard(tx: Tx, handler: str, event: int) -> None:
    """Let a letter go without effect; what was held behind it flows. Raises LetterGone."""
    # A batch under way may be about to hold an event behind this very letter: it is let finish first.
    await wait_for(tx, handler)
    if not await close(tx, handler, event, clock.now()):
        raise LetterGone
