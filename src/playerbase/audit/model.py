"""The nouns of the audit log: a deed, the row it becomes, the ends of a chain, and what a verification says."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from playerbase.kit.errors import NotFound

CHAINS = 8  # Enough that two actors rarely wait for one another; few enough to be locked together for a batch.

# Whoever takes over an administrator's account must not be able to have the log forget what they then do. Break-ins
# are noticed weeks after they began: this leaves a quarter of a year to notice one, and to read how it came about.
DAYS_MIN = 90
DAYS_MAX = 36_500  # A century; who wants more wants everything.

ActorKind = Literal["anonymous", "player", "staff", "server", "system"]
Outcome = Literal["done", "refused", "failed"]


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something somebody did, or was refused.

    ``player_id`` is the player whom it concerns: in whose name it was done, or on whom. ``before`` and ``after`` hold
    what changed, in ids and numbers: they may be kept for good, so personal text has no place in them.
    """

    actor_kind: ActorKind
    actor_id: UUID | str
    action: str
    player_id: UUID | None = None
    target_kind: str = ""
    target_id: UUID | str = ""
    outcome: Outcome = "done"
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""
    ip: str = ""
    agent: str = ""
    request_id: str = ""
    trace_id: str = ""


class Row(msgspec.Struct, frozen=True):
    """A deed in its chain, as it lies in the table, column by column."""

    chain: int
    seq: int
    entry_id: UUID
    at: datetime
    actor_kind: str
    actor_id: str
    player_id: UUID | None
    action: str
    target_kind: str
    target_id: str
    outcome: str
    before: str | None
    after: str | None
    reason: str
    ip_sealed: bytes
    agent: str
    request_id: str
    trace_id: str
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """The last row of a chain, signed; ``seq`` 0 is a chain without rows."""

    chain: int
    seq: int
    hash: bytes
    mac: bytes


class Start(msgspec.Struct, frozen=True):
    """Where a chain begins, signed: the last row that the policy removed; ``seq`` 0 is a chain with all its rows."""

    chain: int
    seq: int
    hash: bytes
    removed_until: datetime | None
    mac: bytes


class Policy(msgspec.Struct, frozen=True):
    """How many days entries are kept, signed; None keeps them for good. ``version`` counts its changes."""

    days: int | None
    version: int
    set_by: str
    set_at: datetime | None
    mac: bytes


class Retention(msgspec.Struct, frozen=True):
    """How long entries are kept, who said so, and what was removed by it so far.

    ``is_ours`` is false when somebody changed it past Playerbase; nothing is removed then.
    """

    days: int | None
    days_min: int
    set_by: str
    set_at: datetime | None
    rows_removed: int
    removed_until: datetime | None
    is_ours: bool


class Link(msgspec.Struct, frozen=True):
    """A place in a chain: what a verification has reached, or an anchor held fast."""

    chain: int
    seq: int
    hash: bytes


class Wrong(StrEnum):
    """What can be wrong with a chain."""

    EDITED = "edited"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"
    INSERTED = "inserted"
    FRONT_CUT = "front_cut"
    TAIL_CUT = "tail_cut"
    HEAD_FORGED = "head_forged"
    START_FORGED = "start_forged"
    START_SET_BACK = "start_set_back"
    POLICY_FORGED = "policy_forged"
    ANCHOR_CONTRADICTS = "anchor_contradicts"
    ANCHOR_FORGED = "anchor_forged"
    OTHER_KEY = "other_key"


class Finding(msgspec.Struct, frozen=True):
    """The first bad row of a chain, and what is wrong; a missing row has no id and no time. Chain -1 is none."""

    wrong: Wrong
    chain: int
    seq: int
    says: str
    entry_id: UUID | None = None
    at: datetime | None = None

    @property
    def place(self) -> str:
        """Where it is, in words."""
        if self.chain >= 0:
            return f"chain {self.chain}, row {self.seq}"
        return "retention" if self.wrong is Wrong.POLICY_FORGED else "anchors"


class Verdict(msgspec.Struct, frozen=True):
    """What a verification found: at most one finding of each chain, and how far it came in each."""

    began_at: datetime
    ended_at: datetime
    rows_checked: int
    is_complete: bool  # False when it ran out of time; ``reached`` is where the next one goes on.
    findings: tuple[Finding, ...]
    reached: tuple[Link, ...]

    @property
    def holds(self) -> bool:
        """Whether everything looked at is as it was written."""
        return not self.findings


class Kept(msgspec.Struct, frozen=True):
    """A verdict as it is kept; findings and links are JSON."""

    sweep_at: datetime
    began_at: datetime
    ended_at: datetime
    rows_checked: int
    is_complete: bool
    findings: str
    reached: str


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; None asks for all."""

    actor_id: str | None = None
    player_id: UUID | None = None
    action: str | None = None
    outcome: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


class Entry(msgspec.Struct, frozen=True):
    """A row as it is shown: the address opened, before and after as they were, the hash in hexadecimal."""

    entry_id: UUID
    chain: int
    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    player_id: UUID | None
    action: str
    target_kind: str
    target_id: str
    outcome: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    ip: str
    agent: str
    request_id: str
    trace_id: str
    hash: str


class Proof(msgspec.Struct, frozen=True):
    """An entry, whether its hash follows from it and the row before, and whether its chain begins with it."""

    entry: Entry
    fits: bool
    is_first: bool


class NoSuchEntry(NotFound):
    """There is no such entry in the audit log."""


class HeadForged(Exception):
    """The head of a chain was not signed by this installation: run ``playerbase audit verify``; nothing is appended."""
