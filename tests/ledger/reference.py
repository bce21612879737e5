"""The ledger in plain Python, one posting after another: what the real one is held against.

Written from the rules, not from the code: dictionaries, no batches, no arrays, no SQL.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from playerbase.ledger import HOUSE, GiveFree, Leg, Posting, Purpose, SetAside

REPAY = {"coins": 50, "gems": 100, "points": 50}
EXPIRING = {"points"}
EARNING = {"earn", "grant", "purchase", "refund", "transfer", "award"}
Side = tuple[UUID, str, str]


@dataclass
class Set:
    """An amount set aside."""

    side: Side
    left: int
    state: str
    until: datetime


@dataclass
class Lot:
    """Units of one grant."""

    transaction: UUID
    granted: int
    left: int
    until: datetime
    born: int


@dataclass
class Reference:
    """All balances, and what was answered under each key."""

    balances: dict[Side, int] = field(default_factory=dict)
    held: dict[Side, int] = field(default_factory=dict)
    holds: dict[UUID, Set] = field(default_factory=dict)
    lots: dict[Side, list[Lot]] = field(default_factory=dict)
    taken: dict[UUID, list[tuple[Side, Lot, int]]] = field(default_factory=dict)
    did: dict[UUID, dict[Side, int]] = field(default_factory=dict)
    undone: dict[UUID, dict[Side, int]] = field(default_factory=dict)
    answers: dict[str, tuple[Posting, str]] = field(default_factory=dict)
    born: int = 0

    def post(self, posting: Posting, now: datetime) -> str:
        """What becomes of it: ``posted`` or the code of a refusal; the same for the same key."""
        if posting.key in self.answers:
            before, answer = self.answers[posting.key]
            return answer if before == posting else "key_reused"
        answer = self._decide(posting, now)
        self.answers[posting.key] = (posting, answer)
        return answer

    def forget(self, spoken_of: set[UUID]) -> None:
        """Let go of transactions nobody speaks of again, of holds that ended, of lots nothing can come back to."""
        self.answers = {key: it for key, it in self.answers.items() if it[0].transaction_id in spoken_of}
        self.did = {it: did for it, did in self.did.items() if it in spoken_of}
        self.undone = {it: undone for it, undone in self.undone.items() if it in spoken_of}
        self.taken = {it: taken for it, taken in self.taken.items() if it in spoken_of}
        needed = {id(lot) for taken in self.taken.values() for _, lot, _ in taken}
        for side, lots in self.lots.items():
            self.lots[side] = [lot for lot in lots if lot.left or id(lot) in needed]

    def _decide(self, posting: Posting, now: datetime) -> str:
        freed = self._freed(posting, now)
        if isinstance(freed, str):
            return freed
        side, amount = freed
        if posting.reverses is not None:
            if posting.reverses not in self.did:
                return "no_such_transaction"
            if self._too_much(posting):
                return "already_reversed"
        moves = self._moves(posting, side, amount)
        if isinstance(moves, str):
            return moves
        sums: dict[Side, int] = {}
        for where, change in moves:
            sums[where] = sums.get(where, 0) + change
        for where, change in sums.items():
            if change < 0 and where[0] != HOUSE and where[2] != "debt":
                free = self.balances.get(where, 0) - self.held.get(where, 0) + (amount if where == side else 0)
                if free + change < 0:
                    return "insufficient_funds"
        self._apply(posting, moves, side, amount)
        return "posted"

    def _freed(self, posting: Posting, now: datetime) -> tuple[Side | None, int] | str:
        hold = posting.hold
        if hold is None:
            return None, 0
        side = (hold.owner, hold.asset, "main")
        if isinstance(hold, SetAside):
            if self.balances.get(side, 0) - self.held.get(side, 0) < hold.amount:
                return "insufficient_funds"
            return side, -hold.amount
        known = self.holds.get(hold.hold_id)
        if known is None:
            return "no_such_hold"
        return _refused(known, hold, now) or (side, known.left if hold.amount is None else hold.amount)

    def _moves(self, posting: Posting, side: Side | None, freed: int) -> list[tuple[Side, int]] | str:
        moves: list[tuple[Side, int]] = []
        for leg in posting.legs:
            if leg.balancing:
                continue
            where, amount = _side(leg), leg.amount
            if leg.up_to is not None:
                free = self.balances.get(where, 0) - self.held.get(where, 0) + (freed if where == side else 0)
                taken = min(-amount, max(free, 0))
                if leg.up_to == "debt" and taken < -amount:
                    moves.append(((leg.owner, leg.asset, "debt"), amount + taken))
                amount = -taken
            if amount:
                moves.append((where, amount))
        for leg in posting.legs:
            rest = -sum(change for where, change in moves if where[1] == leg.asset)
            if leg.balancing and rest:
                moves.append((_side(leg), rest))
        if posting.legs and not moves:
            return "insufficient_funds"
        return moves + (self._repayments(moves) if posting.kind in EARNING else [])

    def _repayments(self, moves: list[tuple[Side, int]]) -> list[tuple[Side, int]]:
        repaid: list[tuple[Side, int]] = []
        for where, change in moves:
            debt = (where[0], where[1], "debt")
            back = min(change * REPAY[where[1]] // 100, -self.balances.get(debt, 0))
            if where[2] == "main" and change > 0 and back > 0:
                repaid += [(where, -back), (debt, back)]
        return repaid

    def _too_much(self, posting: Posting) -> bool:
        assert posting.reverses is not None
        for where, change in _asked(posting).items():
            left = self.did[posting.reverses].get(where, 0) + self.undone[posting.reverses].get(where, 0)
            if (change > 0) is (left > 0) or abs(change) > abs(left):
                return True
        return False

    def _apply(self, posting: Posting, moves: list[tuple[Side, int]], side: Side | None, freed: int) -> None:
        assert posting.transaction_id is not None
        if side is not None:
            self._apply_hold(posting, side, freed)
        for where, change in moves:
            self.balances[where] = self.balances.get(where, 0) + change
            if where[1] in EXPIRING and where[2] == "main":
                self._apply_lots(posting, where, change)
        did: dict[Side, int] = {}
        for where, change in moves:
            whole = where if where[0] == HOUSE else (where[0], where[1], "main")
            did[whole] = did.get(whole, 0) + change
        if posting.reverses is None:
            self.did[posting.transaction_id], self.undone[posting.transaction_id] = did, {}
        else:
            self.did[posting.transaction_id], self.undone[posting.transaction_id] = {}, {}
            for where, change in did.items():
                undone = self.undone[posting.reverses]
                undone[where] = undone.get(where, 0) + change

    def _apply_hold(self, posting: Posting, side: Side, freed: int) -> None:
        hold = posting.hold
        self.held[side] = self.held.get(side, 0) - freed
        if isinstance(hold, SetAside):
            self.holds[hold.hold_id] = Set(side, hold.amount, "open", hold.expires_at)
        elif isinstance(hold, GiveFree):
            known = self.holds[hold.hold_id]
            known.left -= freed
            if not known.left:
                known.state = hold.ending

    def _apply_lots(self, posting: Posting, where: Side, change: int) -> None:
        assert posting.transaction_id is not None
        lots = self.lots.setdefault(where, [])
        if change > 0:
            for place, lot, amount in self.taken.get(posting.reverses, []) if posting.reverses else []:
                back = min(change, amount, lot.granted - lot.left) if place == where else 0
                lot.left += back
                change -= back
            if change:
                until = next((leg.expires_at for leg in posting.legs if _side(leg) == where), None)
                assert until is not None, "the tests say when what they give expires"
                self.born += 1
                lots.append(Lot(posting.transaction_id, change, change, until, self.born))
            return
        first = sorted(lots, key=lambda lot: (lot.transaction != posting.reverses, lot.until, lot.born))
        for lot in first:
            taken = min(-change, lot.left)
            if taken:
                lot.left -= taken
                change += taken
                self.taken.setdefault(posting.transaction_id, []).append((where, lot, taken))


def _refused(known: Set, hold: GiveFree, now: datetime) -> str | None:
    if known.state != "open":
        return "hold_expired" if known.state == "expired" else "hold_ended"
    if hold.ending == "captured" and known.until <= now:
        return "hold_expired"
    if hold.ending == "expired" and known.until > now:
        return "hold_ended"
    return "hold_too_small" if hold.amount is not None and hold.amount > known.left else None


def _side(leg: Leg) -> Side:
    return (leg.owner, leg.asset, str(leg.purpose))


def _asked(posting: Posting) -> dict[Side, int]:
    sums: dict[Side, int] = {}
    for leg in posting.legs:
        if not leg.balancing:
            where = (leg.owner, leg.asset, str(leg.purpose) if leg.owner == HOUSE else str(Purpose.MAIN))
            sums[where] = sums.get(where, 0) + leg.amount
    return sums
