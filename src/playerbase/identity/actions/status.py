"""Who may not come in: decided with a reason, a scope and an end; lifted, or over by itself.

``players.status`` says what holds everywhere, because every sign-in asks for it; it follows from the decisions in force
and is brought up to date in the transaction that changes one. Sessions are not known here: ``access.bar`` ends them in
the same transaction, and is what others call.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from playerbase.identity import store
from playerbase.identity.events import PlayerStatusChanged
from playerbase.identity.model import Ban, BanOver, Barring, Held, NoSuchBan, PlayerGone, Status
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.outbox import emit


async def bar(tx: Tx, player_id: UUID, wanted: Barring, *, by: str) -> tuple[Status, Status, Ban]:
    """Decide it: the status before, the status now, and the decision; raises PlayerGone.

    Whoever opens a session holds the player until it is there, so none slips past.
    """
    before = await _held(tx, player_id)
    ban = await store.add_ban(tx, ids.uuid7(), player_id, wanted, by, clock.now())
    after = await _settled(tx, before)
    await emit(tx, _told(ban, after, "barred"))
    return before.status, after, ban


async def lift(tx: Tx, player_id: UUID, ban_id: UUID, *, by: str, why: str) -> tuple[Status, Status, Ban]:
    """End a decision before its time: the status before and now, and the decision; raises NoSuchBan, BanOver."""
    try:
        before = await _held(tx, player_id)
    except PlayerGone:
        raise NoSuchBan from None
    ban = await store.lift_ban(tx, ban_id, player_id, by, why, clock.now())
    if ban is None:
        raise BanOver if await store.has_ban(tx, ban_id, player_id) else NoSuchBan
    after = await _settled(tx, before)
    await emit(tx, _told(ban, after, "lifted"))
    return before.status, after, ban


async def bans(db: Db, player_id: UUID, before: UUID | None, count: int) -> list[Ban]:
    """Every decision there ever was about a player, newest first."""
    return await store.bans(db, player_id, before, count)


async def bans_in_force(db: Db, player_ids: Sequence[UUID], game: str | None = None) -> dict[UUID, Ban]:
    """The gravest decision that keeps each of these players out, everywhere or of this game; others are not there."""
    return {ban.player_id: ban for ban in await store.bans_in_force(db, list(player_ids), game, clock.now())}


async def lapse(tx: Tx, player_ids: Sequence[UUID]) -> Mapping[UUID, Status]:
    """Notice what has ended by itself, and tell of it; returns the status of whom it changed."""
    now = clock.now()
    held = {each.player_id: each.status for each in await store.hold_all(tx, sorted(set(player_ids)))}
    ended = await store.lapse_bans(tx, list(held), now)
    if not ended:
        return {}
    changed = {each.player_id: each.status for each in await store.settle_status(tx, list(held))}
    await emit(tx, *[_told(ban, changed.get(ban.player_id, held[ban.player_id]), "lapsed") for ban in ended])
    return changed


async def lapse_due(tx: Tx, count: int) -> int:
    """The same for a slice of everybody for whom something has ended; returns for how many."""
    due = await store.due_bans(tx, clock.now(), count)
    if due:
        await lapse(tx, due)
    return len(due)


async def _held(tx: Tx, player_id: UUID) -> Held:
    held = await store.hold_all(tx, [player_id])
    if not held:
        raise PlayerGone
    # What has ended by itself is over before the next thing is decided.
    changed = await lapse(tx, [player_id])
    return Held(player_id, changed.get(player_id, held[0].status))


async def _settled(tx: Tx, held: Held) -> Status:
    changed = await store.settle_status(tx, [held.player_id])
    return changed[0].status if changed else held.status


def _told(ban: Ban, status: Status, change: str) -> PlayerStatusChanged:
    return PlayerStatusChanged(
        player_id=ban.player_id, status=status.value, change=change, ban_id=ban.ban_id, kind=ban.kind.value,
        scope=ban.scope, reason=ban.reason, until=ban.until,
    )  # fmt: skip
