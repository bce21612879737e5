"""Idempotency keys: the first answer to a key is kept in the transaction that made it true, and given again.

IETF draft-ietf-httpapi-idempotency-key-header: same key and request, same answer; other request, 422; running, 409.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from playerbase.kit import clock
from playerbase.kit.crypto import Keys, open_sealed, seal
from playerbase.kit.db.pool import promised, take_back
from playerbase.kit.db.sql import Tx, sql
from playerbase.kit.errors import Conflict, Invalid, Refusal, Unauthenticated, Unavailable

Unkept = TypeVar("Unkept")

KEY_CHARACTERS_MAX = 255
KEPT_DAYS = 7  # As long as a client that was offline over a weekend may come back and retry.


class Sealing(msgspec.Struct, frozen=True):
    """How an answer that holds secrets is kept: only who knows the key reads it, and its hash alone is stored."""

    keys: Keys
    clear_key: str

    def sealed(self, body: bytes) -> bytes:
        """The body as it may be stored."""
        return seal(self.keys, body, table="kit.idempotency", column="body", row=self._row())

    def opened(self, body: bytes) -> bytes:
        """What ``sealed`` sealed under the same key."""
        return open_sealed(self.keys, body, table="kit.idempotency", column="body", row=self._row())

    def _row(self) -> str:
        return hashlib.sha256(b"idempotency " + self.clear_key.encode()).hexdigest()


class Key(msgspec.Struct, frozen=True):
    """A caller's name for one wish: unique within the caller and route, bound to what was asked."""

    scope: str
    key: str
    fingerprint: bytes
    sealing: Sealing | None = None
    former: tuple[bytes, ...] = ()  # The fingerprint under former secrets.


class Kept(msgspec.Struct, frozen=True):
    """An answer as it was given: an HTTP status and its body, a refusal's as its code, detail and members."""

    status: int
    body: bytes
    replayed: bool = False
    refusal: Refusal | None = None  # What was refused just now; known to nobody at a replay.
    is_exact: bool = False  # 200 is what is meant, and not just any success, which the route's own status says better.

    @property
    def is_plain(self) -> bool:
        """Whether it was done, and how that is called is for the route to say."""
        return self.status == 200 and not self.is_exact  # noqa: PLR2004 - just "OK"

    @property
    def is_refusal(self) -> bool:
        """Whether the body is a refusal's record rather than a result."""
        return self.status >= 400  # noqa: PLR2004 - where HTTP's errors begin


class KeptRefusal(msgspec.Struct, frozen=True):
    """What of a refusal is the same at each answer; request ids and the like are added when it is rendered."""

    code: str
    title: str
    detail: str
    members: dict[str, object]


class KeyReused(Invalid):
    """This Idempotency-Key was used for a different request."""


class KeyTooLong(Invalid):
    """An Idempotency-Key has 1 to 255 visible characters."""


class KeyRunning(Conflict):
    """The request with this Idempotency-Key is still running; ask again in a second."""


class Recalled(msgspec.Struct, frozen=True):
    """The answer kept for the key at this position of those asked for."""

    position: int
    fingerprint: bytes
    status: int
    body: bytes


@sql
async def take_turns(tx: Tx, keys: list[Key]) -> list[bool]: ...
@sql
async def recall(tx: Tx, keys: list[Key]) -> list[Recalled]: ...
@sql
async def write_kept(tx: Tx, keys: list[Key], kept: list[Kept], now: datetime) -> None: ...
@sql
async def forget_kept(tx: Tx, before: datetime, count: int) -> list[str]: ...


async def replays(tx: Tx, keys: list[Key]) -> dict[int, Kept | Refusal]:
    """For each position whose key is not free: the kept answer, or why there is none. The keys must differ."""
    turns = await take_turns(tx, keys)
    found: dict[int, Kept | Refusal] = {
        position: KeyRunning(retry_after=1) for position, mine in enumerate(turns) if not mine
    }
    for known in await recall(tx, keys):
        key = keys[known.position]
        if known.fingerprint not in {key.fingerprint, *key.former}:
            found[known.position] = KeyReused()
        else:
            body = key.sealing.opened(known.body) if key.sealing else known.body
            found[known.position] = Kept(known.status, body, replayed=True)
    return found


async def recalled(tx: Tx, key: Key) -> Kept | None:
    """The answer kept for this key, for who must not do again what stands before ``once``; raises as that does."""
    known = (await replays(tx, [key])).get(0)
    if isinstance(known, Refusal):
        raise known
    return known


async def keep(tx: Tx, keys: list[Key], answers: list[Kept]) -> None:
    """Keep these answers, in order, in the transaction that makes them true."""
    sealed = [
        replace(answer, body=key.sealing.sealed(answer.body)) if key.sealing else answer
        for key, answer in zip(keys, answers, strict=True)
    ]
    await write_kept(tx, keys, sealed, clock.now())


async def once(tx: Tx, key: Key, do: Callable[[], Awaitable[Kept | Unkept]]) -> Kept | Unkept:
    """The answer kept for this key, or what ``do`` returns or refuses, kept; what is no Kept is returned and forgotten.

    A refusal that is kept undoes what ``do`` wrote. Raises KeyReused, KeyRunning, and refusals that are not for good.
    """
    known = await recalled(tx, key)
    if known is not None:
        return known
    before = promised(tx)
    savepoint = tx.transaction()
    await savepoint.start()
    try:
        result = await do()
    except Refusal as refusal:
        if not is_kept(refusal):
            raise
        await savepoint.rollback()
        take_back(tx, before)
        answer = kept_refusal(refusal)
    else:
        await savepoint.commit()
        if not isinstance(result, Kept):
            return result
        answer = result
    await keep(tx, [key], [answer])
    return answer


def is_kept(outcome: object) -> bool:
    """Whether this is an answer for good: a refusal that says when to come back is not, nor that somebody is away."""
    return not isinstance(outcome, Unavailable | Unauthenticated) and not (
        isinstance(outcome, Refusal) and "retry_after" in outcome.members
    )


def kept_refusal(refusal: Refusal) -> Kept:
    """A refusal decided under the key's lock is an answer like any other: a retry must not succeed by luck."""
    record = KeptRefusal(refusal.code, refusal.title(), str(refusal), refusal.members)
    return Kept(refusal.status, msgspec.json.encode(record, enc_hook=str), refusal=refusal)
