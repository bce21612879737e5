"""How two players stand to one another, and what changes it; pure."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from playerbase.friends.model import (
    DeclinedLately,
    Pair,
    Settings,
    Tally,
    TheyHaveTooManyFriends,
    TooManyFriends,
    TooManyRequestsOpen,
    YouBlockThem,
)
from playerbase.kit import clock
from playerbase.kit.errors import Refusal


def strangers(one: UUID, other: UUID, request_id: UUID, now: datetime) -> Pair:
    """Two players who have nothing to do with one another yet."""
    low, high = sorted((one, other))
    return Pair(low, high, request_id, "apart", one, now, None, None, None, None)


def is_open(pair: Pair, settings: Settings, now: datetime) -> bool:
    """Whether something is asked between them that nobody has answered, and not too long ago."""
    return pair.state == "asked" and now - pair.asked_at < timedelta(days=settings.request_days)


def is_blocked(pair: Pair) -> bool:
    """Whether either blocks the other."""
    return pair.one_blocks is not None or pair.other_blocks is not None


def fault_in_asking(
    pair: Pair, player_id: UUID, mine: Tally, theirs: Tally, settings: Settings, now: datetime
) -> Refusal | None:
    """Why this one of the two may not ask the other now, but for what the other keeps to themselves."""
    if pair.blocks(player_id) is not None:
        return YouBlockThem()
    if fault := fault_in_friendship(mine, theirs, settings):
        return fault
    if pair.asked_by == player_id and pair.declined_at is not None:
        free_at = pair.declined_at + timedelta(hours=settings.asks_again_hours)
        if now < free_at:
            return DeclinedLately(free_at=clock.rfc3339(free_at))
    if mine.asking >= settings.requests_max:
        return TooManyRequestsOpen(requests_max=settings.requests_max)
    return None


def fault_in_friendship(mine: Tally, theirs: Tally, settings: Settings) -> Refusal | None:
    """Why there is no room for one more friend, at either."""
    if mine.friends >= settings.friends_max:
        return TooManyFriends(friends_max=settings.friends_max)
    return TheyHaveTooManyFriends() if theirs.friends >= settings.friends_max else None


def asked(pair: Pair, player_id: UUID, request_id: UUID, now: datetime) -> Pair:
    """The same, with a request of this one of the two."""
    return replace(
        pair, state="asked", request_id=request_id, asked_by=player_id, asked_at=now, declined_at=None, since=None
    )


def befriended(pair: Pair, now: datetime) -> Pair:
    """The same, as friends."""
    return replace(pair, state="friends", since=now, declined_at=None)


def parted(pair: Pair, declined_at: datetime | None = None) -> Pair:
    """The same, with nothing between them; ``declined_at`` if a request was declined by it."""
    return replace(pair, state="apart", since=None, declined_at=declined_at)


def blocking(pair: Pair, player_id: UUID, since: datetime | None) -> Pair:
    """The same, with this one of the two blocking the other since then, or (None) no more."""
    if player_id == pair.one_id:
        return replace(pair, one_blocks=since)
    return replace(pair, other_blocks=since)
