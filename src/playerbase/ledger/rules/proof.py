"""What the rows that were read prove: whether a chain holds, and what is wrong with an account. Pure."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from playerbase.ledger.model import BALANCE_MAX, Doubt, Finding, Flaw, Mark, Piece, Tied
from playerbase.ledger.rules.chain import mac

ANCHOR_LATE = timedelta(days=2)  # They are written down daily; a day more for a worker that was away.
NEVER_BELOW = frozenset({"main", "incoming", "allocation", "revenue", "burn", "expired", "clawback"})
NEVER_ABOVE = frozenset({"debt", "issuance"})


def follow(keys: Sequence[bytes], at: Mark, blocks: Iterable[Tied]) -> tuple[Mark, list[Finding]]:
    """Where a chain's next blocks lead from a place in it, and what does not follow.

    A block after a broken one is held against that one as it stands: so each finding is a place somebody touched.
    """
    findings: list[Finding] = []
    for it in blocks:
        if it.block != at.block + 1:
            says = "The blocks from here to the next one are not there" if it.block > at.block else "It is there twice"
            findings.append(Finding(Flaw.BLOCK_GAP, says, chain=at.chain, block=at.block + 1))
        elif not any(
            hmac.compare_digest(
                mac(key, at.mac, chain=at.chain, block=it.block, count=it.count, digest_=it.digest), it.mac
            )
            for key in keys
        ):
            says = "It was not made with a key of ours after the block before it as that stands now"
            findings.append(Finding(Flaw.BLOCK_MAC, says, chain=at.chain, block=it.block))
        at = Mark(at.chain, it.block, it.mac)
    return at, findings


def judge_head(head: Mark, reached: Mark) -> list[Finding]:
    """Whether a chain ends where its head says."""
    if (head.block, head.mac) == (reached.block, reached.mac):
        return []
    says = f"It should end with block {head.block}, and ends with {reached.block}"
    if head.block == reached.block:
        says = "The head of the chain does not name its last block"
    return [Finding(Flaw.HEAD, says, chain=head.chain, block=head.block)]


def judge_anchor(anchored: Mark, stands: Mark | None, at: str) -> list[Finding]:
    """Whether a block is what the audit log says it was at a time."""
    if stands is not None and stands.mac == anchored.mac:
        return []
    what = "is not there" if stands is None else "is another"
    says = f"The audit log says that it stood on {at}, and it {what}: the chain was set back"
    return [Finding(Flaw.ANCHOR, says, chain=anchored.chain, block=anchored.block)]


def judge_anchoring(began_at: datetime | None, last_at: datetime | None, now: datetime, *, grew: bool) -> list[str]:
    """What to warn of if chains are not written down each day: one that was set back would not show."""
    if began_at is None or not grew or now - (last_at or began_at) <= ANCHOR_LATE:
        return []
    if last_at is None:
        return [f"The audit log remembers no place of the chains, which began on {began_at:%Y-%m-%d}"]
    return [f"The last places that the audit log remembers are of {last_at:%Y-%m-%d}, and more was posted since"]


def grown(it: Doubt, carried: Piece) -> Doubt:
    """An account with what was read of it before."""
    if it.account_id != carried.account_id:
        return it
    last, balance = (it.last, it.balance) if it.count else (carried.seq, carried.balance)
    return msgspec.structs.replace(
        it, count=it.count + carried.count, sum=it.sum + carried.sum, plus=it.plus + carried.plus, last=last,
        balance=balance,
    )  # fmt: skip


def judge_entries(it: Doubt) -> Iterator[Finding]:
    """What is wrong with the entries of an account by themselves."""
    if it.gap is not None:
        says = f"Entry {it.gap} does not come after the one before it: one is not there, or there twice"
        yield Finding(Flaw.SEQ, says, account_id=it.account_id)
    if it.jump is not None:
        says = f"The balance after entry {it.jump} does not follow from the one before it"
        yield Finding(Flaw.RUNNING, says, account_id=it.account_id)
    if it.purpose in NEVER_BELOW and it.least is not None and it.least < 0:
        says = f"After a transaction {it.least} was free on it, and it is never below zero"
        yield Finding(Flaw.BOUNDS, says, account_id=it.account_id)
    if it.purpose in NEVER_ABOVE and it.most is not None and it.most > 0:
        says = f"After a transaction {it.most} was on it, and it is never above zero"
        yield Finding(Flaw.BOUNDS, says, account_id=it.account_id)


def judge_account(it: Doubt) -> Iterator[Finding]:
    """What is wrong with an account of which everything was read."""
    checks: tuple[tuple[Flaw, bool, Callable[[], str]], ...] = (
        (Flaw.NO_ACCOUNT, not it.is_known, lambda: "There are entries of it, or a balance, and it is not whole"),
        (Flaw.BALANCE, it.posted != it.sum, lambda: f"Its balance says {it.posted}, its entries sum to {it.sum}"),
        (
            Flaw.SEQ, not it.seq == it.count == it.last,
            lambda: f"It says that it has {it.seq} entries, there are {it.count}, the last of them number {it.last}",
        ),
        (
            Flaw.TALLY, it.credited != it.plus - it.undone or it.credited - it.debited != it.posted,
            lambda: f"It says {it.credited} came in and {it.debited} went out; {it.plus - it.undone} came in",
        ),
        (Flaw.HELD, it.held != it.open_holds, lambda: f"It holds {it.held}, its open holds {it.open_holds}"),
        (
            Flaw.LOTS, it.remaining != (it.posted if it.is_lotted and it.purpose == "main" else 0),
            lambda: f"Its balance is {it.posted}, its lots have {it.remaining}",
        ),
        (Flaw.BOUNDS, abs(it.posted) > BALANCE_MAX, lambda: "It is larger than can be counted"),
    )  # fmt: skip
    yield from (Finding(flaw, says(), account_id=it.account_id) for flaw, is_so, says in checks if is_so)
