"""From a request to a deed, and the refusals that are worth one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playerbase.audit import rules
from playerbase.audit.actions.recording import record_all
from playerbase.audit.model import ActorKind, Deed, Outcome
from playerbase.kit import clock
from playerbase.kit.db import Lane, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request

QUIET = timedelta(minutes=1)
QUIET_MAX = 10_000

_noted: dict[tuple[str, str, str], datetime] = {}


def deed(
    request: Request,
    action: str,
    target_kind: str,
    target_id: UUID | str,
    *,
    player_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    outcome: Outcome = "done",
) -> Deed:
    """What this request's caller did; the player concerned is the target if that is one, else the caller.

    Of who sees the portal as a player, it is the member of staff who did it, and the player whom it concerns.
    """
    caller = request.caller
    if player_id is None:
        player_id = target_id if target_kind == "player" and isinstance(target_id, UUID) else caller.player_id
    return Deed(
        actor_kind=_kind(caller), actor_id=caller.actor_id or caller.key_id or caller.player_id or caller.subject,
        player_id=player_id,
        action=action, target_kind=target_kind, target_id=target_id, outcome=outcome, before=before, after=after,
        reason=reason, ip=request.ip, agent=request.agent, request_id=request.request_id, trace_id=request.trace_id,
    )  # fmt: skip


class Refusals(Lane[Deed, None]):
    """Refused deeds: the transaction they were refused in is gone, so they share one of their own."""

    async def commit(self, tx: Tx, items: list[Deed]) -> list[Refusal | None]:
        """All of them, in order."""
        await record_all(tx, items)
        return [None] * len(items)


async def note_refusal(request: Request, refusal: Refusal) -> None:
    """Write down a refusal worth a row, before its answer leaves: the route, who, from where, and the code."""
    route = request.route
    if (
        refusal.is_noted
        or route is None
        or not rules.is_worth_a_row(
            refusal.status,
            module=route.module,
            limits=route.limits,
            has_permission=route.policy.permission is not None,
            has_credentials=not request.headers.keys().isdisjoint((b"authorization", b"cookie")),
        )
    ):
        return
    if refusal.status in {401, 429} and not _is_news(request.caller.subject, route.name, refusal.code):
        return
    kind, target = _target(request.params)
    await request.site.lane(Refusals).put(
        deed(request, route.name, kind, target, reason=refusal.code, outcome="refused")
    )


def _kind(caller: Caller) -> ActorKind:
    if caller.kind == "player":
        return "staff" if caller.is_staff or caller.actor_id is not None else "player"
    return "server" if caller.kind == "server" else "anonymous"


def _target(params: dict[str, str]) -> tuple[str, UUID | str]:
    # Only what the path names by an id; anything else in a path could be a secret.
    for name, value in params.items():
        if name.endswith("_id"):
            try:
                return name.removesuffix("_id"), UUID(value)
            except ValueError:
                return name.removesuffix("_id"), ""
    return "", ""


def _is_news(subject: str, action: str, code: str) -> bool:
    """Whether this was not written down within the last minute: who hammers a door must not fill the log."""
    now = clock.now()
    if len(_noted) >= QUIET_MAX:
        _noted.clear()
    last = _noted.get((subject, action, code))
    if last is not None and now - last < QUIET:
        return False
    _noted[subject, action, code] = now
    return True
