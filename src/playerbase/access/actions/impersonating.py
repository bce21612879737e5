"""Impersonation: a member of staff sees the portal as a player, for half an hour at most, and does nothing there.

What makes one is a session of the player's that names the one who is really there. Everything it lives by is asked
with each request in one statement, so it ends in every process with the transaction that ends any of it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from playerbase import audit, identity
from playerbase.access import rules, store
from playerbase.access.actions.barring import check_not_barred
from playerbase.access.actions.policies import by_default
from playerbase.access.actions.proving import check_fresh
from playerbase.access.events import PlayerImpersonated
from playerbase.access.model.impersonations import (
    MINUTES,
    BrowserNeeded,
    FreshImpersonation,
    Impersonation,
    ImpersonationSettings,
    NoSuchImpersonation,
    NotYourself,
    OpenImpersonation,
    StaffNotSeen,
)
from playerbase.kit import clock, ids
from playerbase.kit.crypto import digest, looks_like_token, token
from playerbase.kit.db import Db, Tx, reading
from playerbase.kit.http import Borrowed, Caller, NotAllowed, Request, names
from playerbase.kit.outbox import emit

PERMISSION: Final = "players.impersonate"
PREFIX: Final = "pb_as"
POLICY: Final = "impersonation_minutes"
SLICE = 2_000


async def impersonate(
    tx: Tx, caller: Caller, player_id: UUID, reason: str, *, by: audit.Deed
) -> tuple[Impersonation, str]:
    """Let a member of staff see the portal as a player; also returns what their cookie holds.

    What they saw as another player before ends. Raises PlayerGone, BrowserNeeded, ReauthRequired, NotYourself,
    StaffNotSeen, PlayerBarred.
    """
    actor_id, opened_from = caller.player_id, caller.session_id
    if await identity.player(tx, player_id) is None:
        raise identity.PlayerGone
    if actor_id is None or opened_from is None or not caller.by_cookie:
        raise BrowserNeeded
    await check_fresh(tx, caller)
    if player_id == actor_id:
        raise NotYourself
    # One after the other: of two that begin at once the later one ends the earlier.
    if await store.lock_member(tx, actor_id) is None:
        raise NotAllowed(required=[f"permission:{PERMISSION}"])
    if await store.member(tx, player_id) is not None:
        raise StaffNotSeen
    await check_not_barred(tx, player_id)
    before = await _close(tx, await store.lock_impersonations(tx, actor_id, None, SLICE), "replaced", by)
    value, now = token(PREFIX), clock.now()
    ends_at = now + timedelta(minutes=(await settings(tx)).minutes)
    fresh = FreshImpersonation(ids.uuid7(), player_id, actor_id, opened_from, reason, digest(value), ends_at)
    await store.add_impersonation(tx, fresh, now)
    await emit(
        tx, PlayerImpersonated(player_id=player_id, actor_id=actor_id, session_id=fresh.session_id, ends_at=ends_at)
    )
    after = {"session_id": str(fresh.session_id), "ends_at": clock.rfc3339(ends_at)}
    began = _about(by, "impersonation_started", player_id, fresh.session_id)
    await audit.record_all(tx, [*before, replace(began, after=after, reason=reason)])
    return Impersonation(fresh.session_id, player_id, actor_id, reason, now, ends_at), value


async def end_impersonation(tx: Tx, session_id: UUID, why: str, *, by: audit.Deed) -> UUID:
    """End one, at once and in every process; returns whose pages were looked at. Raises NoSuchImpersonation."""
    found = await store.lock_impersonations(tx, None, session_id, 1)
    if not found:
        raise NoSuchImpersonation
    await audit.record_all(tx, await _close(tx, found, why, by))
    return found[0].player_id


async def note_ended(tx: Tx) -> int:
    """Write down the ends nobody has pressed a button for: by time, or because something they live by is gone.

    Returns how many there were.
    """
    found = {each.session_id: each for each in await store.unnoted_impersonations(tx, SLICE)}
    if found:
        for each in await _living(tx, session_ids=list(found), count=SLICE):
            found.pop(each.session_id)
    now = clock.now()
    by = audit.Deed(actor_kind="system", actor_id="access", action="")
    over = {each: "time" if each.expires_at <= now else "not_permitted" for each in found.values()}
    await audit.record_all(tx, await _closed(tx, over, by))
    return len(over)


async def impersonations(
    db: Db, before: UUID | None, count: int, *, player_id: UUID | None = None
) -> list[Impersonation]:
    """Who sees the portal as whom at this moment, newest first; as this player, or as any."""
    return await _living(db, player_id=player_id, before=before, count=count)


async def borrowing(request: Request, value: str) -> tuple[Caller, Borrowed] | None:
    """Who sees the portal as whom with this cookie; None if it is not good for that (any more)."""
    if not looks_like_token(value, PREFIX):
        return None
    async with reading(request.site.pool) as db:
        found = await _living(db, cookie_hash=digest(value), count=1)
        row = found[0] if found else None
        player = await identity.player(db, row.player_id) if row else None
        if row is None or player is None or player.status is not identity.Status.ACTIVE:
            return None
        known = await names(request.site.pages, db, [row.player_id])
    # A subject of its own: what an operator looks at is not counted as the player's.
    subject = f"staff:{row.actor_id} as {row.player_id}"
    caller = Caller(
        "player", subject, player_id=row.player_id, session_id=row.session_id, by_cookie=True, actor_id=row.actor_id
    )
    return caller, Borrowed(row.player_id, known.get(row.player_id, str(row.player_id)), row.reason, row.ends_at)


async def settings(db: Db) -> ImpersonationSettings:
    """What holds; the defaults until somebody has decided otherwise."""
    minutes = await store.policy(db, POLICY)
    if minutes is None:
        return ImpersonationSettings(MINUTES)
    return msgspec.convert({"minutes": int(minutes)}, ImpersonationSettings)


async def decide_impersonations(tx: Tx, wanted: ImpersonationSettings, *, by: audit.Deed) -> None:
    """Decide how long one lasts at most: those that begin from now on."""
    before = await settings(tx)
    await store.put_policy(tx, POLICY, str(wanted.minutes), str(by.actor_id), clock.now())
    deed = replace(
        by, action="policy_changed", target_kind="policy", target_id=POLICY, before={"value": before.minutes},
        after={"value": wanted.minutes},
    )  # fmt: skip
    await audit.record(tx, deed)


async def _living(
    db: Db,
    *,
    cookie_hash: bytes | None = None,
    session_ids: list[UUID] | None = None,
    player_id: UUID | None = None,
    before: UUID | None = None,
    count: int,
) -> list[Impersonation]:
    roles = rules.roles_with(PERMISSION)
    return await store.impersonations(
        db, cookie_hash, session_ids, player_id, before, roles, by_default(), clock.now(), count
    )


async def _close(tx: Tx, found: Sequence[OpenImpersonation], why: str, by: audit.Deed) -> list[audit.Deed]:
    now = clock.now()
    return await _closed(tx, {each: "time" if each.expires_at <= now else why for each in found}, by)


async def _closed(tx: Tx, ended: Mapping[OpenImpersonation, str], by: audit.Deed) -> list[audit.Deed]:
    """End them, and what is to be written down of it; what was revoked before keeps why."""
    if not ended:
        return []
    whys = {each: each.revoked_why or why for each, why in ended.items()}
    await store.close_impersonations(tx, [each.session_id for each in whys], [*whys.values()], clock.now())
    deeds = []
    for each, why in whys.items():
        deed = _about(by, "impersonation_ended", each.player_id, each.session_id)
        deeds.append(replace(deed, reason=why, after={"session_id": str(each.session_id), "actor": str(each.actor_id)}))
    return deeds


def _about(by: audit.Deed, action: str, player_id: UUID, session_id: UUID) -> audit.Deed:
    return replace(
        by, action=action, target_kind="impersonation", target_id=session_id, player_id=player_id, outcome="done",
        before=None,
    )  # fmt: skip
