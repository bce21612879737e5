"""The order of a board, the same in PostgreSQL, Redis and here. Pure.

What stands above comes first in all of them, so a board of highest scores is ordered by their complement: it has no
edge, while the negative of the lowest 64-bit number does not exist.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from playerbase.boards.model import Direction, Line

# A sorted set holds doubles, which are exact to 53 bits: the high ones are its score, and the others begin its member,
# by whose bytes it orders what has the same score.
LOW_BITS = 11
LOW = 2**LOW_BITS - 1
SHIFT = 2**63
MOMENT_BITS = 48  # Milliseconds since 1970 until the year 10889.
_MOMENT = 2**MOMENT_BITS - 1
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def place(score: int, direction: Direction) -> int:
    """Where a score stands: a signed 64-bit number that is smaller the better the score. Its own inverse."""
    return score if direction is Direction.ASC else ~score


def in_milliseconds(moment: datetime) -> datetime:
    """The moment as exact as the order is."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def member(place: int, reached_at: datetime, player_id: UUID) -> tuple[int, bytes]:
    """An entry in a sorted set: its score there, which a double holds exactly, and its member."""
    shifted = place + SHIFT
    moment = (reached_at - _EPOCH) // _MILLISECOND
    return shifted >> LOW_BITS, ((shifted & LOW) << MOMENT_BITS | moment).to_bytes(8) + player_id.bytes


def line(high: int, member: bytes, direction: Direction, id_of: Callable[[bytes], UUID] | None = None) -> Line:
    """What an entry in a sorted set says; ``id_of`` makes ids of their bytes, where there is a faster way."""
    head = int.from_bytes(member[:8])
    place_ = (high << LOW_BITS | head >> MOMENT_BITS) - SHIFT
    score = place_ if direction is Direction.ASC else ~place_
    player_id = UUID(bytes=member[8:]) if id_of is None else id_of(member[8:])
    return Line(player_id, score, _EPOCH + (head & _MOMENT) * _MILLISECOND)


def shard(player_id: UUID, shards: int) -> int:
    """Which part of an index a player is in: by the random end of the id."""
    return player_id.int % shards


def window(rank: int, size: int, each_side: int) -> tuple[int, int]:
    """The first and the last place (from 0) of the rows around one: as many as fit, moved in at both ends."""
    first = max(0, min(rank - each_side, size - 1 - 2 * each_side))
    return first, min(size - 1, first + 2 * each_side)


def percentile(rank: int, size: int) -> float:
    """How many in a hundred stand here or above, to a hundredth."""
    return round(100 * rank / size, 2)


def merged(parts: Sequence[list[tuple[int, bytes]]]) -> list[tuple[int, bytes]]:
    """The rows of several parts of an index in one order."""
    return sorted(row for part in parts for row in part)
