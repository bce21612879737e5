"""What is refused around seasons."""

from playerbase.kit.errors import Conflict, Exhausted, Fault, Invalid, NotFound, Unavailable


class NoSuchSeason(NotFound):
    """There is no such season."""


class SeasonEndsTooEarly(Invalid):
    """A season ends after it begins, and in the future."""


class SeasonsOverlap(Conflict):
    """Another season of this game has some of that time."""


class OffSeasonTooShort(Conflict):
    """Between this season and its neighbour there is less time than their rules leave free."""


class NumbersOutOfOrder(Conflict):
    """The numbers of a game's seasons rise with time; this one would not."""


class SeasonNumberTaken(Conflict):
    """This game has a season of this number."""


class TooManySeasons(Exhausted):
    """This game has as many seasons as are allowed."""


class SeasonBegun(Conflict):
    """A season that has begun keeps its game, its number and its beginning."""


class SeasonOver(Conflict):
    """This season has ended; nothing of it can be changed."""


class SeasonNotBegun(Conflict):
    """This season has not begun; there is nothing to close."""


class SeasonRunning(Conflict):
    """Another season of this game is running or being closed; it ends first."""


class VersionConflict(Conflict):
    """This was changed meanwhile; read it again and decide anew."""


class SeasonBusy(Unavailable):
    """Too much is being written into this season to end it this second; try again shortly."""


class NoSuchPart(NotFound):
    """Nobody of this name has something to do for the close of this season."""


class VersionMissing(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__(
            "expected_version", "missing", "Say which version you saw: in If-Match, or as expected_version"
        )
