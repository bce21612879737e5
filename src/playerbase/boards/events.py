"""What boards tell the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from playerbase.kit.outbox import Event, of_player


class Scored(msgspec.Struct, frozen=True):
    """Whose entry changed, and what it says now; null where it counts no more."""

    player_id: UUID
    score: int | None


class BoardScored(Event, frozen=True):
    """Entries of a run changed in one commit; ``version`` counts the commits of the run."""

    topic: ClassVar[str] = "board.scored"
    season_id: UUID
    game: str
    board: str
    run_id: UUID
    version: int
    entries: list[Scored]

    def keys(self) -> Sequence[str]:
        """In order, for each run."""
        return [f"boards {self.run_id}"]

    def audiences(self) -> Sequence[str]:
        """Those whose entries they are."""
        return [of_player(each.player_id) for each in self.entries]

    def told_to(self, audiences: frozenset[str]) -> Self:
        """Of themselves alone: who else was in the commit is nobody's business."""
        own = [each for each in self.entries if of_player(each.player_id) in audiences]
        return msgspec.structs.replace(self, entries=own)


class BoardChanged(Event, frozen=True):
    """A board was made or is otherwise than before."""

    topic: ClassVar[str] = "board.changed"
    board_id: UUID
    game: str
    code: str


class SubmissionHeld(Event, frozen=True):
    """A claimed score waits for a person."""

    topic: ClassVar[str] = "board.submission_held"
    submission_id: UUID
    game: str
    board: str
    player_id: UUID
    score: int

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class SubmissionDecided(Event, frozen=True):
    """A person has accepted or rejected a claimed score."""

    topic: ClassVar[str] = "board.submission_decided"
    submission_id: UUID
    game: str
    board: str
    player_id: UUID
    score: int
    is_accepted: bool

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class BoardSealed(Event, frozen=True):
    """The final standings of a run stand, and are signed."""

    topic: ClassVar[str] = "board.sealed"
    season_id: UUID
    game: str
    board: str
    run_id: UUID
    entries: int
    root: str
    sealed_at: datetime


class PrizePaid(Event, frozen=True):
    """Somebody was given what their place in the final standings had been promised."""

    topic: ClassVar[str] = "board.prize_paid"
    season_id: UUID
    game: str
    board: str
    run_id: UUID
    player_id: UUID
    rank: int

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


EVENTS = (BoardChanged, BoardScored, SubmissionHeld, SubmissionDecided, BoardSealed, PrizePaid)
