"""Experience on its way into the log: what many gains come to for each player, written in a handful of statements."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import profiles, seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions.knowing import Ground, curves, held
from playerbase.battlepass.events import TierReached
from playerbase.battlepass.model import Curve, Entry, Progress, Source
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import Event, emit

_experience = metrics.Counter("battlepass_experience", "Experience gained, by its source.", ["source"])

Place = tuple[UUID, UUID]  # A season and a player.


class Book:
    """Gains and corrections of one transaction, over rows that are locked.

    Rows are locked in this order wherever experience is written: the pass, progress, challenges, profiles.
    """

    def __init__(self, tx: Tx, grounds: dict[UUID, Ground]) -> None:
        self.tx, self.grounds, self.now = tx, grounds, clock.now()
        self.entries: list[Entry] = []
        self.facts: list[Event] = []
        self._before: dict[Place, Progress] = {}
        self._after: dict[Place, Progress] = {}
        self._holding: dict[tuple[UUID, int], Curve] = {}

    @classmethod
    async def open(cls, tx: Tx, season_ids: Iterable[UUID]) -> "Book":
        """A book for these seasons, as far as they have a pass and are not fenced: into those nothing is written."""
        found = {each.season_id: each for each in await store.share_passes(tx, sorted(set(season_ids)))}
        now = await seasons.hold(tx, found)
        open_ones = [season_id for season_id in found if season_id in now and not now[season_id].is_fenced]
        versions = await curves(tx, open_ones)
        return cls(tx, {each: Ground(found[each], now[each], versions[each]) for each in open_ones})

    async def turn_to(self, places: Iterable[Place]) -> None:
        """Lock how far these players are in these seasons; who begins, begins now."""
        wanted = sorted({place for place in places if place[0] in self.grounds})
        if not wanted:
            return
        where, who = [place[0] for place in wanted], [place[1] for place in wanted]
        rows = await store.lock_progress(self.tx, where, who)
        if len(rows) < len(wanted):
            newest = [self.grounds[season_id].found.curve for season_id in where]
            await store.begin_progress(self.tx, where, who, newest, self.now)
            rows = await store.lock_progress(self.tx, where, who)
        for row in rows:
            self._before[row.season_id, row.player_id] = self._after[row.season_id, row.player_id] = row

    def knows(self, season_id: UUID, player_id: UUID) -> bool:
        """Whether this player's place in this season is locked already."""
        return (season_id, player_id) in self._after

    def standing(self, season_id: UUID, player_id: UUID) -> tuple[Progress, Curve]:
        """How far somebody is by now, and the tiers that hold for them."""
        row = self._after[season_id, player_id]
        key = (season_id, row.curve)
        if key not in self._holding:
            self._holding[key] = held(self.grounds[season_id].curves, row.curve)
        return row, self._holding[key]

    def add(
        self, player_id: UUID, source: Source, ref: str, game: str, season_id: UUID | None, amount: int, *,
        at: datetime, bonus: int = 0, reason: str = "", counted: str = "",
    ) -> int:  # fmt: skip
        """Write a gain or a correction; answers what of it took effect. Nobody's experience falls below nothing."""
        place = (season_id, player_id) if season_id in self.grounds else None
        if place is not None:
            row, curve = self.standing(*place)
            amount = max(amount, -row.xp)
            xp = row.xp + amount
            tier = rules.tier_at(curve, xp)
            self._after[place] = msgspec.structs.replace(
                row, xp=xp, curve=curve.version, tier=tier, peak=max(row.peak, tier), updated_at=self.now
            )
        self.entries.append(
            Entry(
                ids.uuid7(), player_id, source, ref, game, season_id if place else None, amount, bonus, at, self.now,
                reason, counted,
            )
        )  # fmt: skip
        return amount

    async def close(self) -> None:
        """Write everything, move levels, and tell which tiers were reached for the first time."""
        if not self.entries:
            return
        await store.note(self.tx, self.entries, self.now)
        changed = [row for place, row in self._after.items() if row is not self._before[place]]
        if changed:
            await store.save_progress(self.tx, changed, self.now)
        await profiles.gain(self.tx, [(each.player_id, each.amount) for each in self.entries if each.amount])
        reached = [
            TierReached(
                season_id=row.season_id, game=self.grounds[row.season_id].found.game, player_id=row.player_id,
                tier=row.peak, before=before.peak, xp=row.xp,
            )
            for row in changed
            if row.peak > (before := self._before[row.season_id, row.player_id]).peak
        ]  # fmt: skip
        await emit(self.tx, *reached, *self.facts)
        sums: dict[str, int] = {}
        for each in self.entries:
            sums[each.source] = sums.get(each.source, 0) + max(each.amount, 0)
        after_commit(self.tx, lambda: _count(sums))


def _count(sums: dict[str, int]) -> None:
    for source, amount in sums.items():
        _experience.labels(source).inc(amount)
