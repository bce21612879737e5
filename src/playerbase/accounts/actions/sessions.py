"""Keeping a session, and ending it."""

from uuid import UUID

from msgspec.structs import replace

from playerbase import access, audit
from playerbase.access import Opened, RefreshReused, Tokens
from playerbase.accounts.actions.passwords import opened_once, tokens
from playerbase.accounts.model import NoSuchSession
from playerbase.kit.db import Kept, Key, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request


async def refresh(request: Request, key: Key | None, refresh_token: str) -> Tokens | Kept:
    """The next tokens of a session; raises TokenInvalid, SessionEnded, RefreshReused, PlayerBarred."""
    async with transaction(request.site.pool) as tx:
        outcome = await opened_once(tx, key, lambda: _refreshed(tx, request, refresh_token))
    if isinstance(outcome, Refusal):
        raise outcome
    return await tokens(request, outcome)


async def log_out(tx: Tx, request: Request, refresh_token: str | None) -> None:
    """End the caller's session, and the one of the refresh token if one is given. Once ended, nothing more happens."""
    caller = request.caller
    ended: list[tuple[UUID, UUID]] = []
    if (
        caller.session_id is not None
        and caller.player_id is not None
        and await access.end_session(tx, caller.player_id, caller.session_id)
    ):
        ended.append((caller.player_id, caller.session_id))
    if refresh_token is not None:
        row = await access.end_session_of(tx, request.site.keys, refresh_token)
        if row is not None:
            ended.append((row.player_id, row.session_id))
    await audit.record_all(
        tx,
        [
            audit.deed(request, "session_ended", "session", session_id, player_id=player_id, reason="logout")
            for player_id, session_id in ended
        ],
    )


async def end_one(tx: Tx, request: Request, session_id: UUID) -> None:
    """End one of the caller's sessions; raises NoSuchSession, also for somebody else's."""
    player_id = request.caller.player_id
    assert player_id is not None
    if not await access.end_session(tx, player_id, session_id, "revoked"):
        raise NoSuchSession
    await audit.record(tx, audit.deed(request, "session_ended", "session", session_id, reason="revoked"))


async def end_all(tx: Tx, request: Request) -> int:
    """End every session of the caller, this one too; returns how many."""
    player_id = request.caller.player_id
    assert player_id is not None
    ended = await access.end_sessions(tx, player_id, "logout_all")
    deed = audit.deed(request, "session_ended", "player", player_id, reason="logout_all", after={"ended": ended})
    await audit.record(tx, deed)
    return ended


async def end_others(tx: Tx, request: Request) -> int:
    """End every session of the caller but this one; returns how many."""
    player_id = request.caller.player_id
    assert player_id is not None
    ended = await access.end_sessions(tx, player_id, "logout_others", but=request.caller.session_id)
    deed = audit.deed(request, "session_ended", "player", player_id, reason="logout_others", after={"ended": ended})
    await audit.record(tx, deed)
    return ended


async def log_out_browser(request: Request) -> None:
    """End the caller's session; whose has ended already is signed out as well."""
    async with transaction(request.site.pool) as tx:
        await log_out(tx, request, None)


async def _refreshed(tx: Tx, request: Request, refresh_token: str) -> Opened | Refusal:
    session, outcome = await access.refresh_session(tx, request.site.keys, refresh_token)
    if session is None:
        return outcome
    deed = audit.deed(request, "authn_token_refreshed", "session", session.session_id, player_id=session.player_id)
    if isinstance(outcome, RefreshReused):
        deed = replace(deed, action="authn_token_reuse", outcome="refused", reason=outcome.code)
    elif isinstance(outcome, Refusal):
        deed = replace(deed, action="authn_token_refused", outcome="refused", reason=outcome.code)
    await audit.record(tx, deed)
    return outcome.noted() if isinstance(outcome, Refusal) else outcome
