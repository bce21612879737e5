"""Challenges: counting what matches do for them, awarding each once in a period, and taking that back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.battlepass import rules, store
from playerbase.battlepass.actions.booking import Book
from playerbase.battlepass.events import ChallengeCompleted
from playerbase.battlepass.model import Challenge, Counted, Entry, Source
from playerbase.kit.db import Tx

Row = tuple[UUID, UUID, str]  # A player, a challenge, a period.
Wanted = tuple[UUID, rules.Deed, str, datetime, UUID | None]

_encode = msgspec.json.Encoder().encode


class Tally:
    """How far players are with challenges, over rows that are locked; what is awarded goes into the book."""

    def __init__(self, tx: Tx, challenges: Sequence[Challenge], book: Book) -> None:
        self.tx, self.book = tx, book
        self.by_id = {each.challenge_id: each for each in challenges}
        self._of_game: dict[str, list[Challenge]] = {}
        for each in challenges:
            self._of_game.setdefault(each.game, []).append(each)
        self._before: dict[Row, Counted] = {}
        self._after: dict[Row, Counted] = {}
        self._moved: list[Row] = []

    @classmethod
    async def open(cls, tx: Tx, games: Sequence[str], book: Book) -> "Tally":
        """The challenges of these games."""
        return cls(tx, await store.challenges_of(tx, sorted(games)), book)

    async def turn_to(self, wanted: Iterable[Wanted]) -> None:
        """Lock how far these players are with what these deeds count for."""
        await self._lock(
            {
                (who, each.challenge_id, each.period)
                for who, deed, game, at, season_id in wanted
                for each in self._shares(deed, game, at, season_id)
            }
        )

    def count(self, player_id: UUID, deed: rules.Deed, game: str, at: datetime, season_id: UUID | None) -> str:
        """Count a deed; answers what to keep beside it, so that it can be taken back."""
        shares = self._shares(deed, game, at, season_id)
        for each in shares:
            self._move((player_id, each.challenge_id, each.period), each.count)
        return _encode(shares).decode() if shares else ""

    def award(self, player_id: UUID, game: str, at: datetime, season_id: UUID | None) -> None:
        """Give the experience of every challenge that the last deed completed."""
        for row in self._moved:
            challenge, stands = self.by_id[row[1]], self._after[row]
            if stands.is_awarded or stands.count < challenge.goal:
                continue
            stands = msgspec.structs.replace(stands, is_awarded=True, round=stands.round + 1)
            self._after[row] = stands
            name = rules.award_ref(challenge.code, stands.period, stands.round)
            self.book.add(player_id, challenge.source, name, game, season_id, challenge.xp, at=at)
            self.book.facts.append(
                ChallengeCompleted(
                    game=game, player_id=player_id, challenge_id=challenge.challenge_id, challenge=challenge.code,
                    period=stands.period, xp=challenge.xp,
                )
            )  # fmt: skip
        self._moved.clear()

    async def take_back(self, entries: Sequence[Entry]) -> None:
        """Take back what these matches counted, and each award that is no longer earned; it can be earned anew."""
        given = [
            (each.player_id, share)
            for each in entries
            if each.counted
            for share in msgspec.json.decode(each.counted, type=list[rules.Share])
        ]
        if not given:
            return
        await self._lock({(who, share.challenge_id, share.period) for who, share in given})
        for who, share in given:
            self._move((who, share.challenge_id, share.period), -share.count)
        lost = [
            row
            for row, stands in self._after.items()
            if stands.is_awarded and row[1] in self.by_id and stands.count < self.by_id[row[1]].goal
            if stands.count < self._before[row].count
        ]
        refs = {row: rules.award_ref(self.by_id[row[1]].code, row[2], self._after[row].round) for row in lost}
        if refs:
            awards = await store.noted(self.tx, [row[0] for row in refs], list(refs.values()))
            found = {(each.player_id, each.ref): each for each in awards if each.source is not Source.CORRECTION}
            await self.book.turn_to(
                (award.season_id, award.player_id)
                for row, name in refs.items()
                if (award := found[row[0], name]).season_id is not None
                and not self.book.knows(award.season_id, award.player_id)
            )
            for row, name in refs.items():
                award = found[row[0], name]
                self._after[row] = msgspec.structs.replace(self._after[row], is_awarded=False)
                self.book.add(
                    award.player_id, Source.CORRECTION, name, award.game, award.season_id, -award.amount, at=award.at,
                    reason="What it was awarded for was declared void.",
                )  # fmt: skip
        await self.close()

    async def close(self) -> None:
        """Write how far everybody is."""
        changed = [stands for row, stands in self._after.items() if stands is not self._before.get(row)]
        if changed:
            await store.save_counts(self.tx, changed)

    def _shares(self, deed: rules.Deed, game: str, at: datetime, season_id: UUID | None) -> list[rules.Share]:
        mine = self._of_game.get(game)
        return rules.shares(mine, deed, at, season_id) if mine else []

    def _move(self, row: Row, count: int) -> None:
        stands = self._after[row]
        self._after[row] = msgspec.structs.replace(stands, count=max(0, stands.count + count))
        self._moved.append(row)

    async def _lock(self, rows: set[Row]) -> None:
        if not rows:
            return
        wanted = sorted(rows)
        found = await store.lock_counts(
            self.tx, [row[0] for row in wanted], [row[1] for row in wanted], [row[2] for row in wanted]
        )
        for each in found:
            self._before[each.player_id, each.challenge_id, each.period] = each
        for row in wanted:
            self._after[row] = self._before.get(row) or Counted(row[1], row[0], row[2], 0, is_awarded=False, round=0)
