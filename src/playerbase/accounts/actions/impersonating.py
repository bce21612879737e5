"""Seeing the portal as a player: begun with a reason, written down, and told to the player."""

from uuid import UUID

from playerbase import access, audit
from playerbase.access import Impersonation
from playerbase.accounts.actions.letters import Kind, post
from playerbase.kit import metrics
from playerbase.kit.db import Tx, transaction
from playerbase.kit.errors import NotFound, Refusal
from playerbase.kit.http import Answer, Request

_started = metrics.Counter(
    "impersonations_started", "Attempts of staff to see the portal as a player, by what became of them.", ["outcome"]
)


async def see_as(request: Request, player_id: UUID, reason: str) -> tuple[Impersonation, str]:
    """Let the caller see the portal as a player; also returns what their cookie holds. The player gets a letter.

    The letter says neither who nor why: that is between the studio and its audit. Raises what
    ``access.impersonate`` does; a refusal of a player who is there is written down.
    """
    by = audit.deed(request, "", "player", player_id)
    refused: Refusal | None = None
    async with transaction(request.site.pool) as tx:
        try:
            made, cookie = await access.impersonate(tx, request.caller, player_id, reason, by=by)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal.noted()
            deed = audit.deed(
                request, "impersonation_refused", "player", player_id, outcome="refused", reason=refusal.code
            )
            await audit.record(tx, deed)
        else:
            await post(tx, request.site.keys, Kind.LOOKED_AT, player_id=player_id, until=made.ends_at)
    _started.labels("started" if refused is None else refused.code).inc()
    if refused is not None:
        raise refused
    return made, cookie


async def stop_seeing_as(request: Request) -> UUID | None:
    """End what the caller sees as somebody else; returns as whom they did, None if that was over already."""
    caller = request.caller
    if caller.actor_id is None or caller.session_id is None:
        return None
    async with transaction(request.site.pool) as tx:
        try:
            by = audit.deed(request, "", "player", "")
            await access.end_impersonation(tx, caller.session_id, "stopped", by=by)
        except access.NoSuchImpersonation:
            pass  # Somebody else has ended it in this moment.
    return caller.player_id


async def end_impersonation(tx: Tx, request: Request, session_id: UUID) -> UUID:
    """End what somebody sees as a player, by a colleague; returns as whom. Raises NoSuchImpersonation."""
    by = audit.deed(request, "", "player", "")
    return await access.end_impersonation(tx, session_id, "ended_by_colleague", by=by)


def lend(answer: Answer, request: Request, cookie: str) -> Answer:
    """Give a browser the cookie by which it shows the portal as somebody else."""
    return access.set_borrowed_cookie(answer, request.site.public_url, cookie)
