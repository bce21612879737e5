"""The nouns of locks: what a wrong secret is counted as, and what staff sees of an account that is locked."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict


class Guess(msgspec.Struct, frozen=True):
    """A wrong secret: what it counts against, whose that is where it is known, and where it came from if that is told.

    ``scope`` says who is shut out at the tenth: ``address`` whoever is new, ``device`` one known device, ``own`` who is
    signed in and types their own password, ``code`` whoever signs in by a code sent by mail.
    """

    account: bytes
    player_id: UUID | None = None
    scope: str = "address"
    source: bytes | None = None


class Attempt(msgspec.Struct, frozen=True):
    """A password that was tried: for which account, whether it was right, and the hash it should have by now."""

    account: bytes
    player_id: UUID | None
    is_right: bool
    new_hash: str | None
    must_confirm: bool = False
    scope: str = "address"  # What a wrong one counts against: see Guess.
    source: bytes | None = None


class Lock(msgspec.Struct, frozen=True):
    """An account that lets nobody in at present; without a player, the address is nobody's."""

    account: bytes
    player_id: UUID | None
    scope: str
    failed: int
    sources: int
    locked_until: datetime
    seen_at: datetime


class NotLocked(Conflict):
    """This is not locked, or no longer."""
