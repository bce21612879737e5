"""Second factors: set up, confirmed, answered for, taken away; and proving once more who one is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

from playerbase import access, audit
from playerbase.access import Enrolment, NoSecondFactor, Opened, Proof, SignInFailed, Tokens
from playerbase.accounts.actions.alerting import CODES_MADE, FACTOR_OFF, FACTOR_ON, alert
from playerbase.accounts.actions.entering import enter, enter_browser
from playerbase.accounts.actions.passwords import opened_once, tokens
from playerbase.accounts.actions.second import spent, wrong
from playerbase.accounts.model import BrowserEntry, CodeMissing, ProofMissing, Proven, RecoveryCodes
from playerbase.kit import clock
from playerbase.kit.db import Kept, Key, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import NotSignedIn, Request

CHANGED: Final = "second_factor_changed"
FRESH = timedelta(minutes=access.FRESH_MINUTES)

Made = TypeVar("Made")


async def finish_log_in(
    request: Request, key: Key | None, mfa_token: str, code: str, device_token: str | None = None
) -> Tokens | Kept:
    """Answer the question a sign-in ended with; raises CodeWrong, ChallengeOver, PlayerBarred."""

    async def finish() -> Opened | Refusal:
        answered = await access.answer_challenge(tx, request.site.keys, mfa_token, code)
        if answered.opening is None:
            return await wrong(tx, request, answered.player_id, answered.proof)
        return await enter(tx, request, answered.opening, answered.opening.method, device_token=device_token)

    async with transaction(request.site.pool) as tx:
        outcome = await opened_once(tx, key, finish)
    if isinstance(outcome, Refusal):
        raise outcome
    return await tokens(request, outcome)


async def finish_browser(request: Request, mfa_token: str, code: str) -> BrowserEntry:
    """The same for a browser; returns what its cookies hold."""
    outcome: Refusal | BrowserEntry
    device_token = request.cookie(access.device_cookie_name(request.site.public_url))
    async with transaction(request.site.pool) as tx:
        answered = await access.answer_challenge(tx, request.site.keys, mfa_token, code, purpose="browser")
        if answered.opening is None:
            outcome = await wrong(tx, request, answered.player_id, answered.proof)
        else:
            outcome = await enter_browser(tx, request, answered.opening, "browser", device_token=device_token)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


async def enable_factor(request: Request, code: str | None) -> Enrolment:
    """A new secret for the caller's phone; raises ReauthRequired, and for who has a factor CodeMissing, CodeWrong."""

    async def enable(tx: Tx, player_id: UUID) -> Enrolment | Refusal:
        if await access.has_factor(tx, player_id):
            if code is None:
                raise CodeMissing
            proof = await access.prove(tx, request.site.keys, player_id, code)
            if proof.how is None:
                return await wrong(tx, request, player_id, proof)
            await _note_spent(tx, request, player_id, proof, "second_factor_begun")
        made = await access.begin_factor(tx, request.site.keys, player_id)
        await audit.record(tx, audit.deed(request, "second_factor_begun", "player", player_id))
        return made

    made = await _acting(request, None, enable, is_fresh=True)
    assert isinstance(made, Enrolment)
    return made


async def confirm_factor(request: Request, key: Key | None, code: str) -> tuple[RecoveryCodes | Kept, str | None]:
    """Put the caller's new second factor in force; their other sessions end. Also returns a browser's new cookie.

    Raises NotSignedIn, NothingToConfirm, CodeWrong.
    """
    caller = request.caller
    if caller.kind != "player":
        raise NotSignedIn
    cookie: str | None = None

    async def confirm(tx: Tx, player_id: UUID) -> RecoveryCodes | Refusal:
        nonlocal cookie
        proof, codes = await access.confirm_factor(tx, request.site.keys, player_id, code)
        if proof.how is None:
            return await wrong(tx, request, player_id, proof)
        ended = await access.end_sessions(tx, player_id, CHANGED, but=caller.session_id)
        cookie = await access.step_up(tx, caller, access.shown(proof))
        await alert(tx, request.site.keys, player_id, FACTOR_ON)
        deed = audit.deed(request, "second_factor_enabled", "player", player_id, after={"ended": ended})
        await audit.record(tx, deed)
        return RecoveryCodes(codes)

    # A browser's answer sets a cookie, and is not given twice.
    made = await _acting(request, None if caller.by_cookie else key, confirm)
    return made, cookie


async def disable_factor(request: Request, code: str) -> None:
    """Take the caller's second factor away; raises ReauthRequired, NoSecondFactor, CodeWrong."""

    async def disable(tx: Tx, player_id: UUID) -> Proof | Refusal:
        proof = await _proven(tx, request, player_id, code)
        if isinstance(proof, Refusal):
            return proof
        await access.drop_factor(tx, player_id)
        ended = await access.end_sessions(tx, player_id, CHANGED, but=request.caller.session_id)
        await alert(tx, request.site.keys, player_id, FACTOR_OFF)
        deed = audit.deed(
            request, "second_factor_disabled", "player", player_id, reason=proof.how or "", after={"ended": ended}
        )
        await audit.record(tx, deed)
        return proof

    await _acting(request, None, disable, is_fresh=True)


async def renew_recovery_codes(request: Request, key: Key | None, code: str) -> RecoveryCodes | Kept:
    """Ten new recovery codes for the caller; raises ReauthRequired, NoSecondFactor, CodeWrong."""

    async def renew(tx: Tx, player_id: UUID) -> RecoveryCodes | Refusal:
        proof = await _proven(tx, request, player_id, code)
        if isinstance(proof, Refusal):
            return proof
        codes = await access.renew_recovery_codes(tx, request.site.keys, player_id)
        await alert(tx, request.site.keys, player_id, CODES_MADE)
        deed = audit.deed(request, "recovery_codes_made", "player", player_id, reason=proof.how or "")
        await audit.record(tx, deed)
        return RecoveryCodes(codes)

    return await _acting(request, key, renew, is_fresh=True)


async def reauthenticate(request: Request, password: str | None, code: str | None) -> tuple[Proven, str | None]:
    """Let the caller prove who they are once more. Also returns a browser's new cookie.

    One proof is enough, and whatever is sent must be right. Raises ProofMissing, CodeWrong, SignInFailed,
    TooBusy.
    """
    site, caller = request.site, request.caller
    if password is None and code is None:
        raise ProofMissing
    assert caller.player_id is not None
    is_right = None
    if password is not None:
        is_right = await access.try_own_password(site.pool, site.keys, caller.player_id, password)
    cookie: str | None = None

    async def prove(tx: Tx, player_id: UUID) -> Proven | Refusal:
        nonlocal cookie
        amr: tuple[str, ...] = ()
        if is_right is not None:
            proof = await access.settle_own_password(tx, site.keys, player_id, is_right=is_right)
            if proof.how is None:
                await wrong(tx, request, player_id, proof)
                return SignInFailed("The password is wrong.").noted()
            amr += (proof.how,)
        if code is not None:
            proof = await access.prove(tx, site.keys, player_id, code)
            if proof.how is None:
                return await wrong(tx, request, player_id, proof)
            await _note_spent(tx, request, player_id, proof, "reauthenticated")
            amr += access.shown(proof)
        cookie = await access.step_up(tx, caller, amr)
        deed = audit.deed(request, "authn_reauthenticated", "player", player_id, after={"amr": list(amr)})
        await audit.record(tx, deed)
        now = clock.now()
        return Proven(now, now + FRESH)

    proven = await _acting(request, None, prove)
    assert isinstance(proven, Proven)
    return proven, cookie


async def _proven(tx: Tx, request: Request, player_id: UUID, code: str) -> Proof | Refusal:
    if not await access.has_factor(tx, player_id):
        raise NoSecondFactor
    proof = await access.prove(tx, request.site.keys, player_id, code)
    if proof.how is None:
        return await wrong(tx, request, player_id, proof)
    await _note_spent(tx, request, player_id, proof, CHANGED)
    return proof


async def _note_spent(tx: Tx, request: Request, player_id: UUID, proof: Proof, reason: str) -> None:
    if proof.how == access.RECOVERY:
        await audit.record(tx, await spent(tx, request, player_id, reason))


async def _acting(
    request: Request,
    key: Key | None,
    do: Callable[[Tx, UUID], Awaitable[Made | Refusal]],
    *,
    is_fresh: bool = False,
) -> Made | Kept:
    """What ``do`` makes for the caller, once under a key; what it refuses by returning commits and is raised."""
    player_id = request.caller.player_id
    assert player_id is not None
    async with transaction(request.site.pool) as tx:
        if is_fresh:
            await access.check_fresh(tx, request.caller)
        outcome = await opened_once(tx, key, lambda: do(tx, player_id))
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome
