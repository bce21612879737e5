"""The verbs of friends. Whatever concerns a player's friends comes one after the other."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase import audit, identity
from playerbase.friends import rules, store
from playerbase.friends.events import FriendMade, FriendRemoved, FriendRequested, PlayerBlocked
from playerbase.friends.model import (
    FRIENDS_MAX,
    Beside,
    FriendRequest,
    NoSuchFriendRequest,
    OnlyWithOthers,
    Pair,
    RequestsNotAccepted,
    Settings,
    Tally,
    TooManyBlocks,
)
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.http import Request
from playerbase.kit.outbox import Event, emit
from playerbase.profiles import NoSuchProfile, accepts_requests

Place = tuple[datetime, UUID]

_changes = metrics.Counter("friends_changes", "What changed between players.", ["change"])


async def of(db: Db, player_id: UUID) -> list[UUID]:
    """A player's friends, in no order: five hundred at most, which is as many as there may be."""
    return await store.friend_ids(db, player_id, FRIENDS_MAX)


async def are(db: Db, one: UUID, other: UUID) -> bool:
    """Whether two players are friends."""
    pair = await store.pair(db, one, other)
    return pair is not None and pair.state == "friends"


async def blocked(db: Db, one: UUID, other: UUID) -> bool:
    """Whether either of two players blocks the other: then neither is shown to the other, nor reaches them."""
    pair = await store.pair(db, one, other)
    return pair is not None and rules.is_blocked(pair)


async def ask(tx: Tx, player_id: UUID, other_id: UUID) -> FriendRequest:
    """Ask somebody to be friends; whom they have asked already is a friend at once. Asking again changes nothing.

    Raises OnlyWithOthers, NoSuchProfile, YouBlockThem, RequestsNotAccepted (also if one is blocked, which
    one need not know), DeclinedLately, and for want of room TooManyFriends, TheyHaveTooManyFriends and
    TooManyRequestsOpen.
    """
    if player_id == other_id:
        raise OnlyWithOthers
    pair, now, bounds = await _meet(tx, player_id, other_id)
    if pair.state == "friends" or (rules.is_open(pair, bounds, now) and pair.asked_by == player_id):
        return shown(pair)
    mine, theirs = await tally(tx, player_id), await tally(tx, other_id)
    if rules.is_open(pair, bounds, now):
        return await _befriend(tx, pair, mine, theirs, bounds, now)
    accepts = await accepts_requests(tx, other_id)
    if accepts is None:
        raise NoSuchProfile
    if fault := rules.fault_in_asking(pair, player_id, mine, theirs, bounds, now):
        raise fault
    if not accepts or rules.is_blocked(pair):
        raise RequestsNotAccepted
    wanted = rules.asked(pair, player_id, ids.uuid7(), now)
    told = FriendRequested(request_id=wanted.request_id, from_player_id=player_id, to_player_id=other_id)
    return await _write(tx, wanted, "asked", told)


async def accept(tx: Tx, player_id: UUID, request_id: UUID) -> FriendRequest:
    """Be friends with who asked, once. Raises NoSuchFriendRequest, TooManyFriends, TheyHaveTooManyFriends."""
    pair, now, bounds = await _asked(tx, player_id, request_id)
    if pair.state == "friends":
        return shown(pair)
    if pair.asked_by == player_id or not rules.is_open(pair, bounds, now):
        raise NoSuchFriendRequest
    mine, theirs = await tally(tx, player_id), await tally(tx, pair.beside(player_id))
    return await _befriend(tx, pair, mine, theirs, bounds, now)


async def decline(tx: Tx, player_id: UUID, request_id: UUID) -> FriendRequest:
    """Not be friends with who asked, once; they may ask again after a while. Raises NoSuchFriendRequest."""
    pair, now, bounds = await _asked(tx, player_id, request_id)
    if pair.declined_at is not None and pair.asked_by != player_id:
        return shown(pair)
    if pair.asked_by == player_id or not rules.is_open(pair, bounds, now):
        raise NoSuchFriendRequest
    return await _write(tx, rules.parted(pair, now), "declined", FriendRemoved(player_ids=[pair.one_id, pair.other_id]))


async def cancel(tx: Tx, player_id: UUID, request_id: UUID) -> None:
    """Take back what one asked, if it was not answered; raises NoSuchFriendRequest."""
    pair, _, _ = await _asked(tx, player_id, request_id)
    if pair.asked_by != player_id or pair.state == "friends":
        raise NoSuchFriendRequest
    if pair.state == "asked":
        await _write(tx, rules.parted(pair), "cancelled", FriendRemoved(player_ids=[pair.one_id, pair.other_id]))


async def remove(tx: Tx, player_id: UUID, other_id: UUID) -> None:
    """Be friends no more; who were not stay as they are."""
    if player_id == other_id:
        raise OnlyWithOthers
    pair, _, _ = await _meet(tx, player_id, other_id)
    if pair.state == "friends":
        await _write(tx, rules.parted(pair), "removed", FriendRemoved(player_ids=[pair.one_id, pair.other_id]))


async def block(tx: Tx, player_id: UUID, other_id: UUID) -> datetime:
    """Have nothing to do with somebody: friendship and requests between them end, and none can be asked. Since when.

    Raises OnlyWithOthers, NoSuchProfile, TooManyBlocks.
    """
    if player_id == other_id:
        raise OnlyWithOthers
    pair, now, bounds = await _meet(tx, player_id, other_id)
    if (since := pair.blocks(player_id)) is not None:
        return since
    if not await identity.existing(tx, [other_id]):
        raise NoSuchProfile
    if (await tally(tx, player_id)).blocks >= bounds.blocks_max:
        raise TooManyBlocks(blocks_max=bounds.blocks_max)
    told: list[Event] = [PlayerBlocked(player_id=player_id, blocked_id=other_id, is_blocked=True)]
    if pair.state != "apart":
        told.append(FriendRemoved(player_ids=[pair.one_id, pair.other_id]))
    await _write(tx, rules.blocking(rules.parted(pair), player_id, now), "blocked", *told)
    return now


async def unblock(tx: Tx, player_id: UUID, other_id: UUID) -> None:
    """Block somebody no more; what was between them before does not come back."""
    if player_id == other_id:
        raise OnlyWithOthers
    pair, _, _ = await _meet(tx, player_id, other_id)
    if pair.blocks(player_id) is not None:
        told = PlayerBlocked(player_id=player_id, blocked_id=other_id, is_blocked=False)
        await _write(tx, rules.blocking(pair, player_id, None), "unblocked", told)


async def tally(db: Db, player_id: UUID) -> Tally:
    """How many friends, requests and blocks a player has."""
    return await store.tally(db, player_id, await _asked_after(db))


async def friends_of(db: Db, player_id: UUID, before: Place, count: int) -> list[Beside]:
    """A player's friends, the latest first."""
    return await store.friends_of(db, player_id, *before, count=count)


async def requests_of(db: Db, player_id: UUID, before: Place, count: int, *, outgoing: bool) -> list[Beside]:
    """What a player asked others, or was asked, and nobody answered; the latest first."""
    read = store.asked_by if outgoing else store.asked_of
    return await read(db, player_id, await _asked_after(db), *before, count=count)


async def blocks_of(db: Db, player_id: UUID, before: Place, count: int) -> list[Beside]:
    """Whom a player blocks, the latest first."""
    return await store.blocked_by(db, player_id, *before, count=count)


async def settings(db: Db) -> Settings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or Settings()


async def set_settings(tx: Tx, wanted: Settings, changed_by: str) -> Settings:
    """Decide; friends and requests there are stay. Returns what held before."""
    before = await settings(tx)
    await store.put_settings(tx, wanted, changed_by, clock.now())
    return before


async def decide(tx: Tx, request: Request, wanted: Settings, reason: str = "") -> Settings:
    """Decide all of it, and write down what it was before; friends and requests there are stay."""
    before = await set_settings(tx, wanted, request.caller.subject)
    was, now = msgspec.structs.asdict(before), msgspec.structs.asdict(wanted)
    await audit.record(
        tx,
        audit.deed(request, "friends_settings_changed", "settings", "friends", before=was, after=now, reason=reason),
    )
    return wanted


def shown(pair: Pair) -> FriendRequest:
    """A request as both sides see it."""
    return FriendRequest(pair.request_id, pair.asked_by, pair.beside(pair.asked_by), pair.state, pair.asked_at)


async def _meet(tx: Tx, player_id: UUID, other_id: UUID) -> tuple[Pair, datetime, Settings]:
    """The two as they stand, which stays so until this transaction ends."""
    await store.take_turns(tx, player_id, other_id)
    now = clock.now()
    pair = await store.pair(tx, player_id, other_id) or rules.strangers(player_id, other_id, ids.uuid7(), now)
    return pair, now, await settings(tx)


async def _asked(tx: Tx, player_id: UUID, request_id: UUID) -> tuple[Pair, datetime, Settings]:
    """The same by a request that concerns this player; raises NoSuchFriendRequest."""
    found = await store.pair_asked(tx, request_id)
    if found is None or player_id not in {found.one_id, found.other_id}:
        raise NoSuchFriendRequest
    pair, now, bounds = await _meet(tx, found.one_id, found.other_id)
    if pair.request_id != request_id:  # Another one has taken its place.
        raise NoSuchFriendRequest
    return pair, now, bounds


async def _befriend(
    tx: Tx, pair: Pair, mine: Tally, theirs: Tally, bounds: Settings, now: datetime
) -> FriendRequest:  # fmt: skip
    if fault := rules.fault_in_friendship(mine, theirs, bounds):
        raise fault
    return await _write(tx, rules.befriended(pair, now), "made", FriendMade(player_ids=[pair.one_id, pair.other_id]))


async def _write(tx: Tx, pair: Pair, change: str, *told: Event) -> FriendRequest:
    await store.write_pair(tx, pair)
    await emit(tx, *told)
    after_commit(tx, lambda: _changes.labels(change).inc())
    return shown(pair)


async def _asked_after(db: Db) -> datetime:
    return clock.now() - timedelta(days=(await settings(db)).request_days)
