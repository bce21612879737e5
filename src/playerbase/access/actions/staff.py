"""Staff: which players work here, and in which roles."""

from uuid import UUID

from msgspec.structs import replace

from playerbase import audit, identity
from playerbase.access import rules, store
from playerbase.access.events import StaffChanged
from playerbase.access.model import LastAdmin, Staff
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.outbox import emit


async def set_roles(tx: Tx, player_id: UUID, roles: list[str], *, by: audit.Deed) -> list[str]:
    """Give a player these roles instead of those they had, which are returned; none, and they leave.

    It holds from the next request on, in every process. ``by`` is the deed of whoever decides it.
    Raises PlayerGone, LastAdmin.
    """
    await store.lock_staff(tx)
    if await identity.player(tx, player_id) is None:
        raise identity.PlayerGone
    wanted = sorted(set(roles) & rules.ROLES.keys() - {"player"})
    member = await store.member(tx, player_id)
    before = member.roles if member else []
    if "admin" in before and "admin" not in wanted and not await store.has_other_admin(tx, player_id):
        raise LastAdmin
    if wanted == before:
        return before
    if wanted:
        await store.put_staff(tx, player_id, wanted, str(by.actor_id), clock.now())
    else:
        await store.drop_staff(tx, player_id)
    await emit(tx, StaffChanged(player_id=player_id, roles=wanted))
    deed = replace(
        by, action="privilege_permissions_changed", target_kind="player", target_id=player_id, player_id=player_id,
        before={"roles": before}, after={"roles": wanted},
    )  # fmt: skip
    await audit.record(tx, deed)
    return before


async def staff(db: Db, after: UUID | None, count: int, *, role: str = "") -> list[Staff]:
    """Who works here, by id, in one role or any."""
    return await store.staff(db, after, role, count)


async def roles_of(db: Db, player_id: UUID) -> list[str]:
    """The roles of a player; none for who is no staff."""
    member = await store.member(db, player_id)
    return member.roles if member else []


async def begin_staff(tx: Tx) -> bool:
    """Whether nobody is an admin yet; who hears so alone may make the first, until this transaction ends."""
    await store.lock_staff(tx)
    return not await store.has_other_admin(tx, None)
