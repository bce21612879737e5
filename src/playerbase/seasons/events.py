"""What the calendar tells: each once, in the order of the game's time."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event
from playerbase.seasons.model import Season


class SeasonTold(Event, frozen=True, kw_only=True):
    """Which season, of which game, and when it is."""

    topic: ClassVar[str] = ""
    season_id: UUID
    game: str
    number: int
    name: str
    theme: str
    starts_at: datetime
    ends_at: datetime

    def keys(self) -> Sequence[str]:
        """In order, for each game."""
        return [f"seasons {self.game}"]


class SeasonPlanned(SeasonTold, frozen=True):
    """A season stands in the calendar."""

    topic: ClassVar[str] = "season.planned"


class SeasonChanged(SeasonTold, frozen=True):
    """A season is called or lies otherwise than before."""

    topic: ClassVar[str] = "season.changed"


class SeasonStarted(SeasonTold, frozen=True):
    """A season is open."""

    topic: ClassVar[str] = "season.started"


class SeasonEnded(SeasonTold, frozen=True):
    """Nothing is written into a season any more; whoever has something to do for its close begins."""

    topic: ClassVar[str] = "season.ended"


class SeasonClosed(SeasonTold, frozen=True):
    """Everything that was to be done for a season's close is done."""

    topic: ClassVar[str] = "season.closed"


def told(kind: type[SeasonTold], season: Season) -> SeasonTold:
    """This fact about a season."""
    return kind(
        season_id=season.season_id, game=season.game, number=season.number, name=season.name, theme=season.theme,
        starts_at=season.starts_at, ends_at=season.ends_at,
    )  # fmt: skip


EVENTS = (SeasonPlanned, SeasonChanged, SeasonStarted, SeasonEnded, SeasonClosed)
