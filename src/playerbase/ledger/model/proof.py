"""What a proof of the ledger says: how far it went, and what does not hold."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Flaw(StrEnum):
    """What can be wrong, each with the invariants it breaks."""

    UNEVEN = "uneven"  # The entries of a transaction do not sum to zero in each asset.
    LEGS = "legs"  # A transaction lacks entries, or has some of them twice.
    MOMENT = "moment"  # An entry has another time than its transaction.
    NO_TRANSACTION = "no_transaction"  # An entry whose transaction is not there.
    NO_ACCOUNT = "no_account"  # An entry of an account that is not there.
    NO_BLOCK = "no_block"  # A transaction whose block is not there.
    KEY = "key"  # A transaction that its key does not lead to.
    KEY_ALONE = "key_alone"  # A key whose transaction is not there.
    REVERSAL = "reversal"  # More was reversed than was posted, or what is reversed is not there.
    BLOCK_COUNT = "block_count"  # A block has more or fewer transactions than it says.
    BLOCK_SPAN = "block_span"  # A block does not begin or end with the transactions it names.
    BLOCK_DIGEST = "block_digest"  # What a block covers was changed.
    BLOCK_GAP = "block_gap"  # A block is not there, or is numbered wrongly.
    BLOCK_MAC = "block_mac"  # A block was not made with our key after the one before it.
    HEAD = "head"  # A chain does not end with its last block.
    ANCHOR = "anchor"  # A block is not what the audit log says it was.
    SEQ = "seq"  # The entries of an account are not numbered without a gap.
    RUNNING = "running"  # A balance after an entry does not follow from the one before.
    BALANCE = "balance"  # A balance is not the sum of its entries.
    TALLY = "tally"  # What came in and went out all in all is not what the entries say.
    BOUNDS = "bounds"  # An account was below or above what its purpose allows.
    HELD = "held"  # What is set aside is not what the open holds say.
    DEBT = "debt"  # A debt is not linked to the account that owes it.
    ASSET = "asset"  # What there is of an asset does not sum to zero.
    HOLD = "hold"  # A hold is not what its transactions made of it.
    LOT = "lot"  # A lot is not what its moves made of it.
    LOTS = "lots"  # The lots of an account are not its balance.
    LOT_MOVE = "lot_move"  # What a transaction moved between lots is not what it posted.
    LOT_LATE = "lot_late"  # Units that expired are still there.
    UNGUARDED = "unguarded"  # A table may be changed that must not be.


INVARIANTS = {
    Flaw.UNEVEN: "I1", Flaw.ASSET: "I2", Flaw.LEGS: "I3", Flaw.NO_ACCOUNT: "I4", Flaw.BALANCE: "I5", Flaw.SEQ: "I6",
    Flaw.RUNNING: "I7, I20", Flaw.HELD: "I8, I18", Flaw.BOUNDS: "I9, I10, I11, I40", Flaw.DEBT: "I10",
    Flaw.KEY: "I12, I13", Flaw.KEY_ALONE: "I13", Flaw.UNGUARDED: "I16", Flaw.BLOCK_COUNT: "I17", Flaw.BLOCK_SPAN: "I17",
    Flaw.BLOCK_DIGEST: "I17", Flaw.BLOCK_GAP: "I17", Flaw.BLOCK_MAC: "I17", Flaw.HEAD: "I17", Flaw.ANCHOR: "I17",
    Flaw.NO_BLOCK: "I17", Flaw.NO_TRANSACTION: "I17", Flaw.MOMENT: "I17", Flaw.TALLY: "I18", Flaw.REVERSAL: "I21",
    Flaw.HOLD: "I18, I22", Flaw.LOTS: "I24", Flaw.LOT: "I18, I25", Flaw.LOT_MOVE: "I18, I24", Flaw.LOT_LATE: "I26",
}  # fmt: skip


class Finding(msgspec.Struct, frozen=True):
    """Something that does not hold, and where."""

    flaw: Flaw
    says: str
    transaction_id: UUID | None = None
    account_id: int | None = None
    chain: int | None = None
    block: int | None = None

    @property
    def invariant(self) -> str:
        """Which promise is broken, by the numbers of the list in the guide."""
        return INVARIANTS[self.flaw]

    @property
    def place(self) -> str:
        """Where it is, in words."""
        named = (
            ("chain", self.chain), ("block", self.block), ("transaction", self.transaction_id),
            ("account", self.account_id),
        )  # fmt: skip
        return ", ".join(f"{name} {value}" for name, value in named if value is not None) or "the ledger"


class Checked(msgspec.Struct, frozen=True):
    """How much a proof looked at."""

    transactions: int = 0
    entries: int = 0
    blocks: int = 0
    accounts: int = 0
    keys: int = 0
    holds: int = 0
    lots: int = 0
    anchors: int = 0


class Mark(msgspec.Struct, frozen=True):
    """A place in a chain: its blocks up to this one."""

    chain: int
    block: int
    mac: bytes = b""


class Tied(msgspec.Struct, frozen=True):
    """A block of a chain as it is tied to the one before it."""

    block: int
    count: int
    digest: bytes
    mac: bytes


class Verdict(msgspec.Struct, frozen=True):
    """What a proof found: nothing, if the ledger is what was posted. ``found`` counts those not listed too."""

    began_at: datetime
    ended_at: datetime
    checked: Checked
    found: int
    findings: tuple[Finding, ...]
    reached: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()  # What could not be proved, and should be possible.

    @property
    def holds(self) -> bool:
        """Whether everything is as it was posted."""
        return not self.found


class Piece(msgspec.Struct, frozen=True):
    """What was read so far of an account that is read in pieces: up to which entry, and what it came to."""

    account_id: int = 0
    seq: int = 0
    balance: int = 0
    count: int = 0
    sum: int = 0
    plus: int = 0


class Jump(msgspec.Struct, frozen=True):
    """An entry whose balance does not follow from the one before, and by how much it is off."""

    account_id: int
    seq: int
    off: int


class Doubt(msgspec.Struct, frozen=True):
    """An account whose row may not be what its entries, holds and lots say."""

    account_id: int
    purpose: str
    is_lotted: bool
    posted: int
    held: int
    seq: int
    credited: int
    debited: int
    # Read from its entries:
    count: int
    last: int
    sum: int
    plus: int
    gap: int | None  # The first entry that is not numbered after the one before.
    jump: int | None  # The first whose balance does not follow.
    least: int | None  # What was free at least, after a transaction.
    most: int | None
    balance: int
    # Read from what else belongs to it:
    open_holds: int
    remaining: int
    undone: int
    is_known: bool  # Both as an account and with a balance.


class KeptFinding(msgspec.Struct, frozen=True):
    """A finding as it is kept: settled when a proof of everything no longer finds it."""

    finding_id: UUID
    flaw: Flaw
    says: str
    transaction_id: UUID | None
    account_id: int | None
    chain: int | None
    block: int | None
    found_at: datetime
    settled_at: datetime | None

    @property
    def finding(self) -> Finding:
        """What was found."""
        return Finding(self.flaw, self.says, self.transaction_id, self.account_id, self.chain, self.block)


class Proof(msgspec.Struct, frozen=True):
    """A proof of everything that somebody asked for: how far it is, and its verdict as JSON."""

    proof_id: UUID
    asked_by: str
    asked_at: datetime
    what: str
    done: int
    total: int
    ended_at: datetime | None
    verdict: str | None


class AskedProof(msgspec.Struct, frozen=True):
    """Which proof a worker is to carry out."""

    proof_id: UUID
