"""Changing one's password and e-mail address, and showing that an address is one's own."""

from typing import Final
from uuid import UUID

from playerbase import access, audit, profiles
from playerbase.access import Attempt, Mailbox
from playerbase.accounts import rules
from playerbase.accounts.actions.counting import LETTERS, RECOVERY, count
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.events import EmailChanged, EmailVerified, PasswordChanged
from playerbase.accounts.model import OwnAddress
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Tx, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request, Site
from playerbase.kit.outbox import emit

SAME: Final = {"field": "password", "code": "same", "message": "Choose another one than the present"}


async def change_password(request: Request, current: str, password: str) -> None:
    """Put another password in the place of the current one; all other sessions end, and a letter says so.

    Raises PasswordWrong, which is counted, PasswordMissing, PasswordTooWeak, TooBusy.
    """
    site: Site = request.site
    box, attempt = await _tried(request, current)
    hashed = ""
    if attempt.is_right:
        if password == current:
            # Most of all for who must choose: what was made for them would otherwise stay.
            raise access.PasswordTooWeak(errors=[SAME])
        async with reading(site.pool) as db:
            name = (await profiles.names(db, [box.player_id])).get(box.player_id, "")
        hashed = await access.hash_new_password(site.keys, password, email=box.email, display_name=name)
    async with transaction(site.pool) as tx:
        refusal = await _judged(tx, request, box, attempt, "authn_password_change")
        if refusal is None:
            ended = await access.change_password(tx, box.player_id, hashed, but=request.caller.session_id)
            await post(tx, site.keys, Kind.PASSWORD_CHANGED, player_id=box.player_id)
            await emit(tx, PasswordChanged(player_id=box.player_id))
            deed = audit.deed(
                request, "authn_password_change", "player", box.player_id, after={"sessions_ended": ended}
            )
            await audit.record(tx, deed)
    if refusal is not None:
        raise refusal


async def own_address(db: Db, keys: Keys, player_id: UUID) -> OwnAddress | None:
    """The player's address as their pages show it, and whether it is confirmed; None if they have none.

    Never in clear: whoever sits down at an open session would learn which mailbox to attack next.
    """
    box = await access.mailbox(db, keys, player_id)
    return None if box is None else OwnAddress(rules.masked(box.email), box.is_verified)


async def change_email(request: Request, typed: str, password: str) -> None:
    """Have a link sent to another address, and a notice to the present one; it changes when the link is used.

    Whether somebody has the address already is not told. Raises EmailInvalid, PasswordWrong, PasswordMissing, TooBusy.
    """
    site: Site = request.site
    email = access.normal_email(typed)
    await count(request, RECOVERY, LETTERS, email=email, what="ask")
    box, attempt = await _tried(request, password)
    async with transaction(site.pool) as tx:
        refusal = await _judged(tx, request, box, attempt, "email_change_asked")
        if refusal is None:
            # Bound to the password that was given: who chooses another one ends this as well.
            await post(
                tx, site.keys, Kind.CHANGE, player_id=box.player_id, email=email, bound_to=box.password_stamp
            )  # fmt: skip
            await post(tx, site.keys, Kind.CHANGE_ASKED, player_id=box.player_id, email=box.email)
            await audit.record(tx, audit.deed(request, "email_change_asked", "player", box.player_id))
    if refusal is not None:
        raise refusal


async def ask_verification(request: Request) -> None:
    """Have the link that confirms the present address sent again, unless it is confirmed; raises PasswordMissing."""
    site: Site = request.site
    box = await _own(request)
    await count(request, RECOVERY, LETTERS, email=box.email, what="ask")
    async with transaction(site.pool) as tx:
        await post(tx, site.keys, Kind.VERIFY, player_id=box.player_id)
        await audit.record(tx, audit.deed(request, "verification_asked", "player", box.player_id))


async def verify_email(tx: Tx, request: Request, token: str) -> None:
    """Use a link up: the address it was sent to is its player's. Raises LinkSpent, EmailTaken."""
    player_id, is_change = await access.verify_email(tx, request.site.keys, token)
    fact = EmailChanged(player_id=player_id) if is_change else EmailVerified(player_id=player_id)
    await emit(tx, fact)
    action = "email_changed" if is_change else "email_verified"
    await audit.record(tx, audit.deed(request, action, "player", player_id))


async def _own(request: Request) -> Mailbox:
    player_id = request.caller.player_id
    assert player_id is not None
    async with reading(request.site.pool) as db:
        box = await access.mailbox(db, request.site.keys, player_id)
    if box is None:
        raise access.PasswordMissing
    return box


async def _tried(request: Request, password: str) -> tuple[Mailbox, Attempt]:
    """Whose address it is, as it stood before the password was looked at, and what that came to."""
    box = await _own(request)
    return box, await access.attempt_own_password(request.site.pool, request.site.keys, box.player_id, password)


async def _judged(tx: Tx, request: Request, box: Mailbox, attempt: Attempt, action: str) -> Refusal | None:
    """Why not; returned and not raised, because what it counted must commit."""
    player_id: UUID = box.player_id
    try:
        verdict = await access.settle(tx, attempt)
    except access.PlayerBarred as barred:
        return barred
    if verdict.player_id is not None and await access.still_stands(tx, request.site.keys, box):
        return None
    if verdict.locked_now:
        await post(tx, request.site.keys, Kind.LOCKED, email=box.email)
    failed = audit.deed(request, action, "player", player_id, outcome="failed", reason="password_wrong")
    await audit.record(tx, failed)
    return access.PasswordWrong().noted()
