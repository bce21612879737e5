"""What staff does to saves, audited."""

from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.progression import store
from playerbase.progression.actions.declaring import declare
from playerbase.progression.actions.reviewing import decide
from playerbase.progression.actions.saving import write
from playerbase.progression.model import Declaration, Declared, Flag, Saved, Spot, Wish

OF_A_SPOT_MAX = 200


async def restore_as_staff(tx: Tx, request: Request, wanted: Wish, reason: str) -> Saved:
    """Restore a version for a player, and settle what was flagged of the slot; raises the refusals of ``write``."""
    (outcome,) = await write(tx, [wanted])
    if isinstance(outcome, Refusal):
        raise outcome
    spot = wanted.spot
    for flag in await store.flags_on(tx, spot, OF_A_SPOT_MAX):
        await decide(tx, flag.flag_id, "restored", str(request.caller.player_id))
    after = {"version": outcome.version, "of_version": wanted.of_version}
    await audit.record(
        tx,
        audit.deed(
            request, "progression_restored", "save", target(spot), player_id=spot.player_id,
            before={"version": wanted.base_version}, after=after, reason=reason,
        ),
    )  # fmt: skip
    return outcome


async def let_stand(tx: Tx, request: Request, flag_id: UUID, reason: str) -> Flag:
    """Let a flagged save stand; raises NoSuchFlag, FlagDecided."""
    flag = await decide(tx, flag_id, "stands", str(request.caller.player_id))
    spot = Spot(flag.player_id, flag.game, flag.slot)
    await audit.record(
        tx,
        audit.deed(
            request, "progression_flag_decided", "save", target(spot), player_id=flag.player_id,
            after={"field": flag.field, "rule": flag.rule, "decision": "stands"}, reason=reason,
        ),
    )  # fmt: skip
    return flag


async def declare_as_staff(
    tx: Tx, request: Request, game: str, wanted: Declared, expected_version: int, reason: str
) -> Declaration:
    """Declare anew what holds for the saves of a game; raises the refusals of ``declare``."""
    before, now = await declare(tx, game, wanted, expected_version, str(request.caller.player_id))
    if before.version != now.version:
        await audit.record(
            tx,
            audit.deed(
                request, "progression_rules_changed", "game", game, before=_said(before), after=_said(now),
                reason=reason,
            ),
        )  # fmt: skip
    return now


def target(spot: Spot) -> str:
    """A slot as the audit names it."""
    return f"{spot.player_id} {spot.game} {spot.slot}"


def _said(declaration: Declaration) -> dict[str, object]:
    said: dict[str, object] = msgspec.to_builtins(declaration)
    return {name: value for name, value in said.items() if name not in {"game", "changed_by", "changed_at"}}
