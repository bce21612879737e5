"""Idempotency keys: the first answer to a key is kept in the transaction that made it true, and given again.

IETF draft-ietf-httpapi-idempotency-key-header: same key and request, same answer; other request, 422; running, 409.
"""

from datetime import datetime

import msgspec

from playerbase.kit.db.sql import Tx, sql
from playerbase.kit.errors import Conflict, Invalid, Refusal, Unauthenticated, Unavailable

KEY_CHARACTERS_MAX = 255
KEPT_DAYS = 7  # As long as a client that was offline over a weekend may come back and retry.


class Key(msgspec.Struct, frozen=True):
    """A caller's name for one wish: unique within the caller and route, bound to what was asked."""

    scope: str
    key: str
    fingerprint: bytes


class Kept(msgspec.Struct, frozen=True):
    """An answer as it was given: an HTTP status and its body, a refusal's as its code, detail and members."""

    status: int
    body: bytes
    replayed: bool = False

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
async def keep(tx: Tx, keys: list[Key], kept: list[Kept], now: datetime) -> None: ...
@sql
async def forget_kept(tx: Tx, before: datetime, count: int) -> list[str]: ...


async def replays(tx: Tx, keys: list[Key]) -> dict[int, Kept | Refusal]:
    """For each position whose key is not free: the kept answer, or why there is none. The keys must differ."""
    turns = await take_turns(tx, keys)
    found: dict[int, Kept | Refusal] = {
        position: KeyRunning(retry_after=1) for position, mine in enumerate(turns) if not mine
    }
    for known in await recall(tx, keys):
        if known.fingerprint != keys[known.position].fingerprint:
            found[known.position] = KeyReused()
        else:
            found[known.position] = Kept(known.status, known.body, replayed=True)
    return found


def is_kept(outcome: object) -> bool:
    """Whether this is an answer for good: a refusal that says when to come back is not, nor that somebody is away."""
    return not isinstance(outcome, Unavailable | Unauthenticated) and not (
        isinstance(outcome, Refusal) and "retry_after" in outcome.members
    )


def kept_refusal(refusal: Refusal) -> Kept:
    """A refusal decided under the key's lock is an answer like any other: a retry must not succeed by luck."""
    record = KeptRefusal(refusal.code, refusal.title(), str(refusal), refusal.members)
    return Kept(refusal.status, msgspec.json.encode(record, enc_hook=str))
