"""Keeping a session, and ending it."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from playerbase import access, audit
from playerbase.access import Opened, RefreshReused, Tokens
from playerbase.accounts.actions.passwords import tokens
from playerbase.accounts.model import NoSuchSession
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Kept, Key, Lane, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request


class Returning(msgspec.Struct, frozen=True):
    """Somebody who comes with a refresh token, and the deed it will be."""

    keys: Keys
    refresh_token: str
    deed: audit.Deed


class Refreshes(Lane[Returning, Opened]):
    """Sessions that are kept alive."""

    async def commit(self, tx: Tx, items: list[Returning]) -> list[Opened | Refusal]:
        """What each session's next tokens are made of; a token that came twice ends its session, and that commits."""
        outcomes = await access.refresh_sessions(tx, items[0].keys, [item.refresh_token for item in items])
        deeds = [
            _deed(item.deed, row, outcome)
            for item, (row, outcome) in zip(items, outcomes, strict=True)
            if row is not None
        ]
        await audit.record_all(tx, deeds)
        return [
            outcome.noted() if isinstance(outcome, Refusal) and row is not None else outcome
            for row, outcome in outcomes
        ]


async def refresh(request: Request, key: Key | None, refresh_token: str, refreshes: Refreshes) -> Tokens | Kept:
    """The next tokens of a session; raises TokenInvalid, SessionEnded, RefreshReused, PlayerBarred."""
    item = Returning(request.site.keys, refresh_token, audit.deed(request, "authn_token_refreshed", "session", ""))
    return await tokens(request, await (refreshes.put_once(item, key) if key else refreshes.put(item)))


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


def _deed(deed: audit.Deed, row: access.Lasting, outcome: Opened | Refusal) -> audit.Deed:
    deed = replace(deed, target_id=row.session_id, player_id=row.player_id)
    if isinstance(outcome, RefreshReused):
        return replace(deed, action="authn_token_reuse", outcome="refused", reason=outcome.code)
    if isinstance(outcome, Refusal):
        return replace(deed, action="authn_token_refused", outcome="refused", reason=outcome.code)
    return deed
