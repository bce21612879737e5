"""Choosing a new password by a link that came by mail."""

from playerbase import access, audit, profiles
from playerbase.accounts.actions.counting import LETTERS, RECOVERY, count
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.events import EmailVerified, PasswordChanged
from playerbase.kit.crypto import blind
from playerbase.kit.db import reading, transaction
from playerbase.kit.http import Request, Site
from playerbase.kit.outbox import emit


async def ask_reset(request: Request, typed: str) -> None:
    """Have a link sent to whoever has this address, if anybody does; nobody is looked up here. Raises EmailInvalid."""
    await _ask(request, typed, Kind.RESET, "reset_asked")


async def ask_code(request: Request, typed: str) -> None:
    """Have a code to sign in sent in the same way; raises EmailInvalid."""
    await _ask(request, typed, Kind.CODE, "code_asked")


async def confirm_reset(request: Request, token: str, password: str) -> None:
    """Use a link up; raises LinkSpent, PasswordTooWeak (then the link is still good), PasswordTooLong, TooBusy.

    Every session ends and the account is unlocked. Nobody is signed in by it, and a second factor is asked for still.
    """
    site: Site = request.site
    async with reading(site.pool) as db:
        box = await access.look_at_reset(db, site.keys, token)
        name = (await profiles.names(db, [box.player_id])).get(box.player_id, "")
    hashed = await access.hash_new_password(site.keys, password, email=box.email, display_name=name)
    async with transaction(site.pool) as tx:
        box, ended = await access.reset_password(tx, site.keys, token, hashed)
        await post(tx, site.keys, Kind.PASSWORD_CHANGED, player_id=box.player_id)
        facts = [] if box.is_verified else [EmailVerified(player_id=box.player_id)]
        await emit(tx, PasswordChanged(player_id=box.player_id), *facts)
        deed = audit.deed(
            request, "authn_password_reset", "player", box.player_id, reason="mail", after={"sessions_ended": ended}
        )
        await audit.record(tx, deed)


async def _ask(request: Request, typed: str, kind: Kind, action: str) -> None:
    site: Site = request.site
    email = access.normal_email(typed)
    await count(request, RECOVERY, LETTERS, email=email, what="ask")
    async with transaction(site.pool) as tx:
        await post(tx, site.keys, kind, email=email)
        account = blind(site.keys, email, purpose="failures")[:8].hex()
        await audit.record(tx, audit.deed(request, action, "account", account))
