"""Who may not come in, and that they are out at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from playerbase import audit, identity
from playerbase.access import store
from playerbase.access.actions.staff import roles_of
from playerbase.access.model import PlayerBarred, WorksHere
from playerbase.kit import clock
from playerbase.kit.db import Tx


async def bar(tx: Tx, player_id: UUID, wanted: identity.Barring, *, by: audit.Deed) -> identity.Ban:
    """Suspend or ban a player, everywhere or in one game; raises PlayerGone, WorksHere.

    Whoever may not come in is out at once: their sessions end in the same transaction, in one game those that its
    servers opened. ``by`` is the deed of whoever decides it.
    """
    if await roles_of(tx, player_id):
        raise WorksHere
    before, after, ban = await identity.bar(tx, player_id, wanted, by=str(by.actor_id))
    now = clock.now()
    if wanted.scope is None:
        ended = await store.revoke_sessions(tx, player_id, None, wanted.kind.value, now)
    else:
        ended = await store.revoke_sessions_of_game(tx, player_id, wanted.scope, wanted.kind.value, now)
    told: dict[str, Any] = {
        "status": after.value,
        "ban_id": str(ban.ban_id),
        "kind": ban.kind.value,
        "scope": ban.scope,
    }
    until = clock.rfc3339(ban.until) if ban.until else None
    await audit.record(
        tx, _about(by, ban, {"status": before.value}, told | {"until": until, "ended": len(ended)}, wanted.reason)
    )
    return ban


async def lift(tx: Tx, player_id: UUID, ban_id: UUID, why: str, *, by: audit.Deed) -> identity.Ban:
    """End a suspension or ban before its time; raises NoSuchBan, BanOver. Sessions that it ended stay ended."""
    before, after, ban = await identity.lift(tx, player_id, ban_id, by=str(by.actor_id), why=why)
    told: dict[str, Any] = {"status": after.value, "ban_id": str(ban.ban_id), "scope": ban.scope}
    await audit.record(tx, _about(by, ban, {"status": before.value}, told, why))
    return ban


async def check_not_barred(tx: Tx, player_id: UUID, game: str | None = None) -> None:
    """Raises PlayerBarred unless the player may come in, everywhere and in the game, if one is named.

    What holds now holds until the transaction ends. What has ended by itself is over, whether or not a job noticed.
    """
    player = await identity.hold(tx, player_id)
    if player is None:
        raise PlayerBarred
    refusal = (await barred(tx, {player_id: player.status}, game)).get(player_id)
    if refusal is not None:
        raise refusal


async def barred(tx: Tx, held: dict[UUID, identity.Status], game: str | None = None) -> dict[UUID, PlayerBarred]:
    """The refusals of those of these players who may not come in, everywhere or in the game; they are held already."""
    kept_out = [player_id for player_id, status in held.items() if status is not identity.Status.ACTIVE]
    if kept_out:
        await identity.lapse(tx, kept_out)
    asked: Sequence[UUID] = list(held) if game is not None else kept_out
    if not asked:
        return {}
    found = await identity.bans_in_force(tx, asked, game)
    return {player_id: _refusal(ban) for player_id, ban in found.items()}


def _refusal(ban: identity.Ban) -> PlayerBarred:
    until = clock.rfc3339(ban.until) if ban.until else None
    where = f" in the game {ban.scope}" if ban.scope else ""
    end = f" until {until}" if until else ""
    return PlayerBarred(
        f"This account is {ban.kind.value}{where}{end}: {ban.reason}",
        kind=ban.kind.value, reason=ban.reason, scope=ban.scope, until=until,
    )  # fmt: skip


def _about(by: audit.Deed, ban: identity.Ban, before: dict[str, Any], after: dict[str, Any], reason: str) -> audit.Deed:
    return replace(
        by, action="player_status_changed", target_kind="player", target_id=ban.player_id, player_id=ban.player_id,
        before=before, after=after, reason=reason,
    )  # fmt: skip
