"""Postings at random, and the ledger held against the one in plain Python after them."""

from datetime import timedelta
from random import Random
from uuid import UUID

import msgspec

from playerbase.kit import clock as the_clock
from playerbase.kit import ids
from playerbase.kit.db import Pool
from playerbase.ledger import HOUSE, GiveFree, Leg, Posting, Purpose, SetAside
from tests.ledger.reference import Reference

PLAYERS = 15
ASSETS = ("coins", "gems", "points")
BATCHES = (1, 2, 10, 50, 200)
MINUTES = (0, 1, 30)  # Between two batches: holds and lots end now and then.
REMEMBERED = 20_000  # Postings that may be repeated or reused, when older ones are forgotten.
LATEST = 60


class World:
    """Makes postings at random, of what was posted before as well."""

    def __init__(self, random: Random, players: list[UUID]) -> None:
        self.random, self.players = random, players
        self.made: list[Posting] = []
        self.holds: list[tuple[UUID, str, UUID]] = []
        self._count = 0

    def forget(self, remembered: int = REMEMBERED) -> set[UUID]:
        """Let go of what was long ago, which would fill the memory; returns what is still spoken of."""
        self.made, self.holds = self.made[-remembered:], self.holds[-LATEST:]
        return {each.transaction_id for each in self.made if each.transaction_id is not None}

    def posting(self) -> Posting:
        """The next one: new, or one that was made before, as it was or otherwise."""
        kinds = [
            "earn",
            "spend",
            "transfer",
            "clawback",
            "hold",
            "free",
            "reversal",
            "again",
            "reuse",
            "expire",
            "many",
        ]
        kind = self.random.choices(kinds, [9, 9, 6, 2, 3, 4, 3, 2, 1, 1, 1])[0]
        if kind in {"again", "reuse"} and self.made:
            known = self.random.choice(self.made)
            return known if kind == "again" else msgspec.structs.replace(known, reason="something else")
        made = getattr(self, f"_{kind}", self._earn)()
        assert isinstance(made, Posting)
        self.made.append(made)
        return made

    def _new(self, kind: str, legs: tuple[Leg, ...] = (), **more: object) -> Posting:
        self._count += 1
        made = Posting(scope="model", key=f"{self._count}", kind=kind, legs=legs, transaction_id=ids.uuid7())
        return msgspec.structs.replace(made, **more)

    def _some(self) -> tuple[UUID, str, int]:
        return self.random.choice(self.players), self.random.choice(ASSETS), self.random.choice([1, 2, 5, 10, 40, 100])

    def _get(self, owner: UUID, asset: str, amount: int) -> Leg:
        return Leg(owner, asset, amount, expires_at=the_clock.now() + timedelta(days=self.random.randint(1, 30)))

    def _earn(self) -> Posting:
        owner, asset, amount = self._some()
        return self._new("earn", (self._get(owner, asset, amount), Leg(HOUSE, asset, -amount, Purpose.ISSUANCE)))

    def _spend(self) -> Posting:
        owner, asset, amount = self._some()
        return self._new("spend", (Leg(owner, asset, -amount), Leg(HOUSE, asset, amount, Purpose.REVENUE)))

    def _transfer(self) -> Posting:
        owner, asset, amount = self._some()
        other = self.random.choice([player for player in self.players if player != owner])
        return self._new("transfer", (Leg(owner, asset, -amount), self._get(other, asset, amount)))

    def _many(self) -> Posting:
        owner, asset, amount = self._some()
        other = self.random.choice([each for each in ASSETS if each != asset])
        legs = (
            Leg(owner, asset, -amount), Leg(HOUSE, asset, amount, Purpose.REVENUE),
            self._get(owner, other, 3), Leg(HOUSE, other, -3, Purpose.ISSUANCE),
        )  # fmt: skip
        return self._new("purchase", legs)

    def _clawback(self) -> Posting:
        owner, asset, amount = self._some()
        legs = (Leg(owner, asset, -amount, up_to="debt"), Leg(HOUSE, asset, amount, Purpose.CLAWBACK))
        return self._new("clawback", legs)

    def _expire(self) -> Posting:
        owner, asset, amount = self._some()
        return self._new("expire", (
            Leg(owner, asset, -amount, up_to="less"), Leg(HOUSE, asset, 0, Purpose.EXPIRED, balancing=True),
        ))  # fmt: skip

    def _hold(self) -> Posting:
        owner, asset, amount = self._some()
        until = the_clock.now() + timedelta(hours=self.random.randint(1, 48))
        hold = SetAside(ids.uuid7(), owner, asset, amount, until)
        self.holds.append((owner, asset, hold.hold_id))
        return self._new("hold", hold=hold)

    def _free(self) -> Posting:
        if not self.holds:
            return self._earn()
        owner, asset, hold_id = self.random.choice(self.holds[-LATEST:])
        if self.random.random() < 0.5:
            amount = self.random.choice([1, 2, 5, 10])
            legs = (Leg(owner, asset, -amount), Leg(HOUSE, asset, amount, Purpose.REVENUE))
            return self._new("capture", legs, hold=GiveFree(hold_id, owner, asset, "captured", amount))
        ending = self.random.choice(["voided", "expired"])
        return self._new("void", hold=GiveFree(hold_id, owner, asset, ending))  # type: ignore[arg-type]

    def _reversal(self) -> Posting:
        plain = [each for each in self.made[-200:] if each.legs and not any(leg.balancing for leg in each.legs)]
        if not plain:
            return self._earn()
        known = self.random.choice(plain)
        part = self.random.choice([1, 1, 2])
        to_debt = self.random.random() < 0.5
        legs = []
        for leg in known.legs:
            back = -leg.amount // part if leg.amount % part == 0 else -leg.amount
            owed = back < 0 and leg.owner != HOUSE and to_debt
            ends = the_clock.now() + timedelta(days=1)
            legs.append(Leg(leg.owner, leg.asset, back, leg.purpose, up_to="debt" if owed else None, expires_at=ends))
        return self._new("reversal", tuple(legs), reverses=known.transaction_id)


async def agree(pool: Pool, reference: Reference) -> None:
    """Hold every balance, hold and lot against the reference."""
    rows = await pool.fetch("""
        select owner_id, code, purpose, posted, held from ledger.accounts
        join ledger.balances using (account_id) join ledger.assets using (asset_id)
    """)
    found = {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows if row[3] or row[4]}
    sides = {*reference.balances, *reference.held}
    wanted = {side: (reference.balances.get(side, 0), reference.held.get(side, 0)) for side in sides}
    assert found == {side: amounts for side, amounts in wanted.items() if any(amounts)}
    lots = await pool.fetch("""
        select owner_id, code, purpose, expires_at, remaining from ledger.lots
        join ledger.accounts using (account_id) join ledger.assets using (asset_id) where remaining > 0
    """)
    kept = [(*side, lot.until, lot.left) for side, listed in reference.lots.items() for lot in listed if lot.left]
    assert sorted(map(tuple, lots)) == sorted(kept)
    holds = await pool.fetch("select hold_id, amount - captured - released from ledger.holds where state = 'open'")
    assert {row[0]: row[1] for row in holds} == {
        hold_id: hold.left for hold_id, hold in reference.holds.items() if hold.state == "open"
    }
