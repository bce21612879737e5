"""Second factors over HTTP, and proving once more who one is."""

import msgspec

from playerbase import access
from playerbase.access import Enrolment, FactorState, Tokens
from playerbase.accounts import actions
from playerbase.accounts.model import CodeGiven, CodeSent, ProofGiven, Proven, RecoveryCodes, Verifying
from playerbase.kit.db import Db, Kept, Key
from playerbase.kit.http import ANYONE, PLAYER, Answer, Caller, Request, get, post


@get("/auth/2fa", policy=PLAYER)
async def read_factor(db: Db, caller: Caller) -> FactorState:
    """Whether I have a second factor, and how many recovery codes are left."""
    assert caller.player_id is not None
    return await access.factor_state(db, caller.player_id)


@post("/auth/2fa/enable", policy=PLAYER, secret=True)
async def enable_factor(request: Request, body: CodeGiven | None) -> Enrolment:
    """A secret for an authenticator app, shown this once. It counts once POST /auth/2fa/verify has seen a code of it.

    Wants a proof of who you are that is at most 5 minutes old, and a ``code`` of the factor in force, if there is one;
    that one stays in force until the new one is confirmed.
    """
    return await actions.enable_factor(request, body.code if body else None)


@post("/auth/2fa/verify", policy=ANYONE, limit="auth", secret=True)
async def verify_code(request: Request, key: Key | None, body: Verifying) -> Tokens | RecoveryCodes | Kept | Answer:
    """With an ``mfa_token``: finish signing in, by a code of the app or a recovery code. A challenge has five tries.

    With an access token instead: confirm the secret of POST /auth/2fa/enable. The answer holds ten recovery codes, this
    once, and the player's other sessions end.
    """
    if body.mfa_token is not None:
        return await actions.finish_log_in(request, key, body.mfa_token, body.code, body.device_token)
    made, cookie = await actions.confirm_factor(request, key, body.code)
    return made if cookie is None else _with_cookie(request, made, cookie)


@post("/auth/2fa/disable", policy=PLAYER, status=204)
async def disable_factor(request: Request, body: CodeSent) -> None:
    """Take the second factor away, by one of its codes and a proof at most 5 minutes old; other sessions end."""
    await actions.disable_factor(request, body.code)


@post("/auth/2fa/recovery-codes", policy=PLAYER, secret=True)
async def renew_recovery_codes(request: Request, key: Key | None, body: CodeSent) -> RecoveryCodes | Kept:
    """Ten new recovery codes in place of all older ones, shown this once; wants the same as disabling."""
    return await actions.renew_recovery_codes(request, key, body.code)


@post("/auth/reauthenticate", policy=PLAYER, limit=("auth", "login"))
async def reauthenticate(request: Request, body: ProofGiven) -> Proven | Answer:
    """Prove once more who you are, by password or by a code of the second factor; what is sent must be right.

    For the 5 minutes after it, what is refused with ``reauth_required`` is allowed. A browser's session gets a new id.
    """
    proven, cookie = await actions.reauthenticate(request, body.password, body.code)
    return proven if cookie is None else _with_cookie(request, proven, cookie)


def _with_cookie(request: Request, told: RecoveryCodes | Proven | Kept, cookie: str) -> Answer:
    body = told.body if isinstance(told, Kept) else msgspec.json.encode(told)
    return access.set_cookie(Answer(body), request.site.public_url, cookie)
