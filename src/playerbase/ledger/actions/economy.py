"""How an asset does: what comes and goes a day, how much there is, how fast it turns over, who has and owes it."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.ledger.actions import flows
from playerbase.ledger.model import OF_PLAYERS, Asset, Purpose

HELD_BY_PLAYERS = frozenset(OF_PLAYERS - {Purpose.DEBT})


class Day(msgspec.Struct, frozen=True):
    """A day of an asset, in smallest units: into players' hands, out of them, and how it stood at its end."""

    day: date
    came: int
    went: int
    supply: int
    debt: int
    spent: int  # What left main accounts, to the house or to others.


class KindSum(msgspec.Struct, frozen=True):
    """What one kind of transaction brought players and took from them."""

    kind: str
    entries: int
    came: int
    went: int


class Economy(msgspec.Struct, frozen=True):
    """An asset over so many days, from sums that were worked out ahead."""

    days: list[Day]
    kinds: list[KindSum]
    standing: flows.AssetStanding | None
    holders: list[flows.Holder]
    blocks_waiting: int

    @property
    def came(self) -> int:
        """Into players' hands, over all days."""
        return sum(each.came for each in self.days)

    @property
    def went(self) -> int:
        """Out of players' hands, over all days."""
        return sum(each.went for each in self.days)

    @property
    def velocity(self) -> float | None:
        """How often a unit was spent in these days: what left main accounts, by what there was on average."""
        supply = sum(each.supply for each in self.days) / max(len(self.days), 1)
        return sum(each.spent for each in self.days) / supply if supply > 0 else None


async def economy(db: Db, asset: Asset, days: int) -> Economy:
    """How an asset did in the last so many days, the present one included."""
    today = clock.now().date()
    since = today - timedelta(days=days - 1)
    rows = await flows.flow_rows(db, asset.asset_id, since)
    before = {each.purpose: each.amount for each in await flows.flows_before(db, asset.asset_id, since)}
    return Economy(
        _days(rows, before, since, days), _kinds(rows), await flows.standing_of(db, asset.asset_id),
        await flows.holders_of(db, asset.asset_id), await flows.blocks_waiting(db),
    )  # fmt: skip


async def debts(db: Db) -> dict[str, float]:
    """What players owe of each currency and of points, in smallest units."""
    return {each.asset: each.amount for each in await flows.debts_owed(db)}


def _days(rows: list[flows.Flow], before: dict[str, Decimal], since: date, count: int) -> list[Day]:
    supply = sum((before.get(purpose, Decimal()) for purpose in HELD_BY_PLAYERS), Decimal())
    debt = -before.get(Purpose.DEBT, Decimal())
    by_day: dict[date, list[flows.Flow]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    found = []
    for ahead in range(count):
        day = since + timedelta(days=ahead)
        came = went = spent = Decimal()
        for row in by_day.get(day, []):
            change = row.credited - row.debited
            if row.purpose in HELD_BY_PLAYERS:
                supply += change
                spent += row.debited if row.purpose == Purpose.MAIN else 0
            elif row.purpose == Purpose.DEBT:
                debt -= change
            else:
                came += row.debited
                went += row.credited
        found.append(Day(day, int(came), int(went), int(supply), int(debt), int(spent)))
    return found


def _kinds(rows: list[flows.Flow]) -> list[KindSum]:
    sums: dict[str, list[int]] = {}
    for row in rows:
        mine = sums.setdefault(row.kind, [0, 0, 0])
        mine[0] += row.entries
        if row.purpose not in OF_PLAYERS:
            mine[1] += int(row.debited)
            mine[2] += int(row.credited)
    return sorted((KindSum(kind, *each) for kind, each in sums.items()), key=lambda each: -max(each.came, each.went))
