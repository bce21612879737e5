"""Voucher codes: pools of them, and which delivery got which."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Faults, NotFound

CODES_MAX = 10_000  # Of one upload: about half of what a request may hold.
CODE_CHARACTERS_MAX = 100
FAULTS_MAX = 100  # Named at once; whoever has more begins with these.

PoolCode = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9_-]{1,63}$", examples=["steam-10"])]


class Pool(msgspec.Struct, frozen=True):
    """A pool of codes: how many lie in it, how many are free, and from how few on somebody should add more."""

    pool_id: UUID
    code: str
    name: str
    instructions: str
    low_at: int
    added: int
    free: int
    waiting: int  # Deliveries that wait for a code of it.
    created_at: datetime


class NewCode(msgspec.Struct, frozen=True):
    """A code on its way in, sealed, with the stand-in by which it is held unique."""

    code_id: UUID
    sealed: bytes
    code_hash: bytes


class Given(msgspec.Struct, frozen=True):
    """A code and the delivery it belongs to, for good."""

    code_id: UUID
    sealed: bytes
    delivery_id: UUID
    player_id: UUID
    given_at: datetime


class Upload(msgspec.Struct, frozen=True):
    """What an upload came to: how many codes it holds, and whether they were added or only looked at."""

    count: int
    is_added: bool


class Known(msgspec.Struct, frozen=True):
    """A code that is there already, by its stand-in, and the pool it lies in."""

    code_hash: bytes
    pool: str


class Stale(msgspec.Struct, frozen=True):
    """Something sealed under a former secret."""

    id: UUID
    sealed: bytes


class NoSuchPool(NotFound):
    """There is no such voucher pool."""


class PoolCodeTaken(Conflict):
    """A voucher pool of this code exists already."""


class NoSuchCode(NotFound):
    """There is no such code."""


class CodesRefused(Faults):
    """Some of what was sent is not valid; each fault is listed."""

    code = "invalid_input"
