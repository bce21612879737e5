"""What boards refuse."""

from playerbase.kit.errors import Conflict, Denied, Exhausted, Fault, Invalid, NotFound


class NoSuchBoard(NotFound):
    """This season's game has no such board."""


class NotOnBoard(NotFound):
    """This player has no entry on this board."""


class NoSuchSubmission(NotFound):
    """There is no such submission."""


class BoardInUse(Conflict):
    """Scores stand on this board: its game, code, operator, direction and source stay as they are."""


class TooManyBoards(Exhausted):
    """This game has as many boards as are allowed."""


class BoardTaken(Conflict):
    """This game has a board of this code already."""


class EntryGone(Conflict):
    """There is nothing of this entry left that could be shown."""


class AlreadyDecided(Conflict):
    """This submission was decided already."""


class SeasonTakesNoScores(Conflict):
    """This season takes no more scores."""


class StandingsSealed(Conflict):
    """The final standings of this board are sealed, and nothing of them can be changed."""


class StandingsNotFinal(Conflict):
    """The final standings are there once the season is over and they are sealed."""


class SessionInvalid(Denied):
    """This session was not opened by a server for you, this board and this season."""


class SessionOver(Conflict):
    """This session has expired; play another."""


class SessionSpent(Conflict):
    """This session was used for another score; each counts once."""


class NotForThisBoard(Denied):
    """Scores of this board come from elsewhere."""


class OtherGame(Denied):
    """This key belongs to another game."""


class SumTooLarge(Conflict):
    """With this the sum would not be a 64-bit number any more."""


class TallyNeedsKey(Invalid):
    """Scores of this board add up: send an Idempotency-Key, so that a retry does not count twice."""

    status = 400


class ScoreOutOfBounds(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__("score", "out_of_bounds", f"On this board a score lies between {low} and {high}")


class UnknownPlayer(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__("player_id", "unknown", "There is no such player")


class RuleUnsound(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, "unsound", message)
