"""What becomes of postings, decided one after another over the balances that were locked. Pure.

A batch is what its postings would have been one by one: each sees what those before it have left.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from playerbase.kit.errors import Refusal
from playerbase.ledger.model import (
    AMOUNT_MAX,
    BALANCE_MAX,
    HOUSE,
    AccountLocked,
    AlreadyReversed,
    Asset,
    Balance,
    BalanceTooLarge,
    Entry,
    GiveFree,
    Hold,
    HoldEnded,
    HoldExpired,
    HoldTooSmall,
    InsufficientFunds,
    Leg,
    Lot,
    LotMove,
    NoSuchHold,
    NoSuchTransaction,
    Posting,
    Purpose,
    SetAside,
    Unbalanced,
)
from playerbase.ledger.rules.lots import Shelves

EARNING = frozenset({"earn", "grant", "purchase", "refund", "transfer", "award"})  # A credit of these repays a debt.
NO_DEBITS, NOTHING = 1, 2  # What a lock stops; what is above stops as much.


class Placed(msgspec.Struct, frozen=True):
    """A posting, the id it gets, and the account of each of its legs and of its hold."""

    posting: Posting
    transaction_id: UUID
    accounts: tuple[int, ...]
    hold_account: int = 0


class Side(NamedTuple):
    """Whose units, whatever they are kept for: a player's own and their debt are one side of a reversal."""

    owner: UUID
    asset: str
    purpose: str


class Reversible(msgspec.Struct):
    """A transaction that is being reversed: what it did to each side, what of that was undone, which lots it took."""

    did: dict[Side, int]
    undone: dict[Side, int]
    lots: dict[int, list[LotMove]]


class Step(NamedTuple):
    """An amount for an account, as it was decided."""

    account_id: int
    amount: int


class Admitted(NamedTuple):
    """What a posting writes: its entries, and how much it sets aside (below zero: frees)."""

    entries: list[Entry]
    hold_change: int


class Book:
    """Everything that was locked for a batch, and what the batch writes."""

    def __init__(
        self,
        now: datetime,
        balances: dict[int, Balance],
        asset_of: Mapping[int, Asset],
        *,
        holds: dict[UUID, Hold] | None = None,
        lots: dict[int, list[Lot]] | None = None,
        reversing: dict[UUID, Reversible] | None = None,
        sides: Mapping[int, Side] | None = None,
    ) -> None:
        self.balances = balances
        self.holds = holds or {}
        self.shelves = Shelves(now, lots or {}, asset_of)
        self.reversing = reversing if reversing is not None else {}
        self._sides = sides or {}  # Of accounts, where a posting of the batch may reverse one before it.
        self.touched: set[int] = set()
        self.touched_holds: set[UUID] = set()
        self._asset_of = asset_of
        self._now = now

    def admit(self, placed: Placed) -> Admitted | Refusal:
        """Let a posting take effect on the book, or say why it does not and change nothing."""
        posting = placed.posting
        if posting.hold is None and posting.reverses is None and not self._sides:
            outcome = self._admit_plain(placed)
            if outcome is not None:
                return outcome
        freed = self._freed(placed)
        if isinstance(freed, Refusal):
            return freed
        if not posting.legs:
            return self._set(placed, [], freed)
        if posting.reverses is not None and (refusal := self._irreversible(posting, posting.reverses)) is not None:
            return refusal
        steps = self._steps(placed, freed)
        if isinstance(steps, Refusal):
            return steps
        if posting.kind in EARNING:
            steps += self._repayments(steps)
        refusal = self._forbidden(steps, placed, freed)
        return self._set(placed, steps, freed) if refusal is None else refusal

    def _admit_plain(self, placed: Placed) -> Admitted | Refusal | None:
        """The same, in a third of the time, for fixed amounts on accounts without debts or lots; None for all else."""
        accounts, lots = placed.accounts, self.shelves.lots
        if len(set(accounts)) != len(accounts):
            return None
        moves: list[tuple[Balance, int]] = []
        for account, leg in zip(accounts, placed.posting.legs, strict=True):
            balance = self.balances[account]
            if leg.up_to is not None or leg.balancing or balance.debt_id is not None or account in lots:
                return None
            moves.append((balance, leg.amount))
        for balance, amount in moves:
            if (refusal := _stopping(balance, amount, balance.held)) is not None:
                return refusal
        self.touched.update(accounts)
        made = placed.transaction_id
        return Admitted([_enter(balance, made, leg, amount) for leg, (balance, amount) in enumerate(moves)], 0)

    def _freed(self, placed: Placed) -> int | Refusal:
        """How much the posting's hold sets free (or, below zero, sets aside)."""
        match placed.posting.hold:
            case None:
                return 0
            case SetAside(amount=amount):
                balance = self.balances[placed.hold_account]
                if balance.locked >= NO_DEBITS:
                    return AccountLocked()
                if balance.floor is not None and balance.posted - balance.held - amount < balance.floor:
                    return _short(balance, amount)
                return -amount
            case GiveFree(hold_id=hold_id, ending=ending, amount=amount):
                hold = self.holds.get(hold_id)
                return NoSuchHold() if hold is None else self._ended(hold, ending, amount)

    def _ended(self, hold: Hold, ending: str, amount: int | None) -> int | Refusal:
        if hold.state != "open":
            return HoldExpired() if hold.state == "expired" else HoldEnded(state=hold.state)
        if ending == "captured" and hold.expires_at <= self._now:
            return HoldExpired()
        if ending == "expired" and hold.expires_at > self._now:
            return HoldEnded(state="open")
        if amount is not None and amount > hold.left:
            return HoldTooSmall(left=hold.left)
        return hold.left if amount is None else amount

    def _steps(self, placed: Placed, freed: int) -> list[Step] | Refusal:
        """What each leg comes to: taken up to what is there, balanced, summed."""
        legs = placed.posting.legs
        if not any(leg.up_to or leg.balancing for leg in legs):
            return [Step(account, leg.amount) for account, leg in zip(placed.accounts, legs, strict=True)]
        steps: list[Step] = []
        sums: dict[str, int] = defaultdict(int)
        for account, leg in zip(placed.accounts, legs, strict=True):
            if leg.balancing:
                continue
            amount = leg.amount
            if leg.up_to is not None:
                balance = self.balances[account]
                own_freed = freed if account == placed.hold_account else 0
                amount = -min(-leg.amount, max(balance.posted - balance.held + own_freed, 0))
                if leg.up_to == "debt" and amount != leg.amount:
                    assert balance.debt_id is not None, "who may get into debt has an account for it"
                    steps.append(Step(balance.debt_id, leg.amount - amount))
                    sums[leg.asset] += leg.amount - amount
            steps.append(Step(account, amount))
            sums[leg.asset] += amount
        for account, leg in zip(placed.accounts, legs, strict=True):
            if leg.balancing:
                steps.append(Step(account, -sums.pop(leg.asset, 0)))
        steps = [step for step in steps if step.amount]
        if any(sums.values()):
            return Unbalanced(assets=[asset for asset, total in sums.items() if total])
        return steps or InsufficientFunds(available=0)

    def _repayments(self, steps: list[Step]) -> list[Step]:
        """What those who get something and are in debt pay back of it."""
        repaid: list[Step] = []
        for account, amount in steps:
            balance = self.balances[account]
            if amount <= 0 or balance.debt_id is None:
                continue
            owed = -self.balances[balance.debt_id].posted
            back = min(amount * self._asset_of[account].repay_percent // 100, owed)
            if back:
                repaid += [Step(account, -back), Step(balance.debt_id, back)]
        return repaid

    def _irreversible(self, posting: Posting, reverses: UUID) -> Refusal | None:
        """More than is left of what is reversed, if it is."""
        it = self.reversing.get(reverses)
        if it is None:
            return NoSuchTransaction()
        for side, amount in sides_of(posting.legs).items():
            left = it.did.get(side, 0) + it.undone.get(side, 0)
            if (amount > 0) is (left > 0) or abs(amount) > abs(left):
                return AlreadyReversed(left=abs(left))
        return None

    def _forbidden(self, steps: list[Step], placed: Placed, freed: int) -> Refusal | None:
        nets: dict[int, int] = {}
        for account, amount in steps:
            nets[account] = nets.get(account, 0) + amount
        for account, net in nets.items():
            balance = self.balances[account]
            held = balance.held - (freed if account == placed.hold_account else 0)
            if (refusal := _stopping(balance, net, held)) is not None:
                return refusal
        return None

    def _set(self, placed: Placed, steps: list[Step], freed: int) -> Admitted:
        """Change the book: nothing is refused from here on."""
        posting = placed.posting
        if posting.hold is not None:
            self._set_hold(placed, freed)
        entries = []
        is_reversal = posting.reverses is not None
        for leg, (account, amount) in enumerate(steps):
            balance = self.balances[account]
            entries.append(_enter(balance, placed.transaction_id, leg, amount, is_reversal=is_reversal))
            self.touched.add(account)
            if account in self.shelves.lots:
                self._move_lots(placed, account, amount)
        if posting.reverses is not None:
            undone = self.reversing[posting.reverses].undone
            for side, amount in sides_of(posting.legs).items():
                undone[side] = undone.get(side, 0) + amount
        if self._sides:
            self._make_reversible(placed, entries)
        return Admitted(entries, -freed)

    def _make_reversible(self, placed: Placed, entries: list[Entry]) -> None:
        """Let those behind it in the batch reverse it; what reverses another did nothing of its own."""
        did: dict[Side, int] = defaultdict(int)
        for entry in entries if placed.posting.reverses is None else ():
            did[self._sides[entry.account_id]] += entry.amount
        lots = self.shelves.moved_by(placed.transaction_id)
        self.reversing[placed.transaction_id] = Reversible(did, {}, lots)

    def _set_hold(self, placed: Placed, freed: int) -> None:
        balance = self.balances[placed.hold_account]
        balance.held -= freed
        self.touched.add(placed.hold_account)
        match placed.posting.hold:
            case SetAside(hold_id=hold_id, amount=amount, expires_at=expires_at):
                self.holds[hold_id] = Hold(
                    hold_id, placed.hold_account, amount, 0, 0, "open", expires_at, placed.posting.reason
                )
                self.touched_holds.add(hold_id)
            case GiveFree(hold_id=hold_id, ending=ending):
                hold = self.holds[hold_id]
                if ending == "captured":
                    hold.captured += freed
                else:
                    hold.released += freed
                if not hold.left:
                    hold.state = ending
                self.touched_holds.add(hold_id)

    def _move_lots(self, placed: Placed, account: int, amount: int) -> None:
        posting = placed.posting
        if amount < 0:
            self.shelves.take(account, -amount, placed.transaction_id, first=posting.reverses)
            return
        given_back = self.reversing[posting.reverses].lots.get(account, []) if posting.reverses else []
        expires_at = posting.legs[placed.accounts.index(account)].expires_at if account in placed.accounts else None
        self.shelves.put(account, amount, placed.transaction_id, given_back, expires_at)


def side(owner: UUID, asset: str, purpose: str) -> Side:
    """Whose units an account holds: a player's own and their debt are one side, each of the house's is another."""
    return Side(owner, asset, purpose if owner == HOUSE else Purpose.MAIN)


def sides_of(legs: tuple[Leg, ...]) -> dict[Side, int]:
    """What legs ask of each side, together; a balancing leg asks nothing."""
    sums: dict[Side, int] = defaultdict(int)
    for leg in legs:
        if not leg.balancing:
            sums[side(leg.owner, leg.asset, leg.purpose)] += leg.amount
    return sums


def _stopping(balance: Balance, net: int, held: int) -> Refusal | None:
    """Why an account does not take this amount, if it does not, when so much of it is set aside."""
    after = balance.posted + net
    if balance.locked >= NOTHING or (net < 0 and balance.locked >= NO_DEBITS):
        return AccountLocked()
    if net < 0 and balance.floor is not None and after - held < balance.floor:
        return _short(balance, -net)
    most = BALANCE_MAX if balance.floor is None else AMOUNT_MAX
    if (balance.ceiling is not None and after > balance.ceiling) or abs(after) > most:
        return BalanceTooLarge()
    return None


def _enter(balance: Balance, transaction_id: UUID, leg: int, amount: int, *, is_reversal: bool = False) -> Entry:
    """Change a balance, and say so."""
    balance.posted += amount
    balance.seq += 1
    if (amount > 0) is not is_reversal:
        balance.credited += amount
    else:
        balance.debited -= amount
    return Entry(balance.account_id, balance.seq, transaction_id, leg, amount, balance.posted, balance.held)


def _short(balance: Balance, wanted: int) -> InsufficientFunds:
    return InsufficientFunds(available=max(balance.posted - balance.held, 0), required=wanted)
