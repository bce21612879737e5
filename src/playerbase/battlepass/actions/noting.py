"""Who decides something about passes, and the audit of it: somebody's request, or the installation itself."""

from typing import Any
from uuid import UUID

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request

By = Request | str  # A request, or the name of what did it without one.


def name_of(by: By) -> str:
    """Who it was, as it is kept beside what they made."""
    return by.caller.subject if isinstance(by, Request) else by


async def note(
    tx: Tx, by: By, action: str, target_kind: str, target_id: UUID | str, *, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Write it into the audit."""
    if isinstance(by, Request):
        deed = audit.deed(by, action, target_kind, target_id, before=before, after=after, reason=reason)
    else:
        deed = audit.Deed(
            actor_kind="system",
            actor_id=by,
            player_id=target_id if isinstance(target_id, UUID) and target_kind == "player" else None,
            action=action,
            target_kind=target_kind,
            target_id=target_id,
            outcome="done",
            before=before,
            after=after,
            reason=reason,
        )  # fmt: skip
    await audit.record(tx, deed)
