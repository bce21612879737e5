"""Registering, signing in, keeping a session and ending it."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import access
from playerbase.access import Challenge, Tokens
from playerbase.accounts import actions
from playerbase.accounts.actions import DeviceLogins, Refreshes, ServerLogins
from playerbase.accounts.model import (
    AccountSettings,
    CodeLogin,
    DeviceLogin,
    EmailAsked,
    EmailChange,
    EmailToken,
    Ended,
    OwnSession,
    PasswordChange,
    PasswordLogin,
    PasswordReset,
    Refreshing,
    Registration,
    ServerLogin,
    Valid,
)
from playerbase.kit.db import Db, Kept, Key, Tx
from playerbase.kit.http import (
    ANYONE,
    PLAYER,
    Answer,
    Caller,
    Cursors,
    Listing,
    Request,
    delete,
    get,
    post,
    put,
    server,
    staff,
)

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]


@post("/auth/register", policy=ANYONE, limit="auth", status=201, secret=True)
async def register(request: Request, key: Key | None, body: Registration) -> Tokens | Kept | Answer:
    """Register with e-mail address and password, and be signed in.

    Where an operator has decided that addresses are confirmed first, the answer is 202, whoever has the address, and
    a letter says what happens next.
    """
    made = await actions.register(request, key, body)
    return Answer(b"", status=202) if made is None else made


@post("/auth/login", policy=ANYONE, limit=("auth", "login"), secret=True)
async def log_in(request: Request, key: Key | None, body: PasswordLogin) -> Tokens | Challenge | Kept:
    """Sign in with e-mail address and password. What was wrong, if something was, is not told.

    Whoever has a second factor sends its code as ``totp`` at once, or is answered 202 with an ``mfa_token`` that
    POST /auth/2fa/verify completes.
    """
    return await actions.log_in(request, key, body)


@post("/auth/refresh", policy=ANYONE, limit="auth", secret=True)
async def refresh(request: Request, refreshes: Refreshes, key: Key | None, body: Refreshing) -> Tokens | Kept:
    """Exchange a refresh token for the next one and an access token.

    Each is good once; requests that race with the same one within 20 seconds are all given the same successor. A later
    replay ends the session with ``refresh_reused``.
    """
    return await actions.refresh(request, key, body.refresh_token, refreshes)


@post("/auth/logout", policy=ANYONE, limit="auth", status=204)
async def log_out(tx: Tx, request: Request, body: Refreshing | None) -> Answer:
    """End the session of the access token, of the cookie, or of a ``refresh_token`` in the body. Twice is as once."""
    await actions.log_out(tx, request, body.refresh_token if body else None)
    answer = Answer(b"", status=204, headers=[(b"clear-site-data", b'"cookies", "storage"')])
    return access.clear_cookie(answer, request.site.public_url) if request.caller.by_cookie else answer


@post("/auth/revoke", policy=ANYONE, limit="auth", status=204)
async def revoke(tx: Tx, request: Request, body: Refreshing) -> None:
    """End the session of a refresh token; as RFC 7009 wants it, an unknown one is no error."""
    await actions.log_out(tx, request, body.refresh_token)


@get("/auth/validate", policy=PLAYER, limit="game")
async def validate(request: Request, caller: Caller) -> Valid:
    """Whether this access token holds, whose it is, and until when."""
    assert caller.player_id is not None
    known = access.token_of(request)
    roles = list(known.claims.roles) if known else ["player"]
    return Valid(
        caller.player_id, caller.session_id, roles, sorted(caller.permissions), known.expires_at if known else None
    )


@get("/auth/sessions", policy=PLAYER)
async def list_sessions(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[OwnSession]:
    """Where I am signed in, newest first."""
    assert caller.player_id is not None
    scope = f"sessions {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await access.sessions(db, caller.player_id, before, limit + 1)
    items = [
        OwnSession(
            each.session_id, each.kind.value, each.method, each.device, each.created_at, each.seen_at, each.expires_at,
            is_current=each.session_id == caller.session_id,
        )
        for each in found[:limit]
    ]  # fmt: skip
    return Listing(items, cursors.make((items[-1].session_id,), scope=scope) if found[limit:] else None)


@delete("/auth/sessions/{session_id}", policy=PLAYER)
async def end_session(tx: Tx, request: Request, session_id: UUID) -> None:
    """Sign one of my devices out, at once."""
    await actions.end_one(tx, request, session_id)


@delete("/auth/sessions", policy=PLAYER, status=200)
async def end_sessions(tx: Tx, request: Request) -> Ended:
    """Sign out everywhere, here too."""
    return Ended(await actions.end_all(tx, request))


@post("/auth/server/login", policy=server("players:login"), limit="server_login", secret=True)
async def log_in_by_server(request: Request, logins: ServerLogins, key: Key | None, body: ServerLogin) -> Tokens | Kept:
    """Sign in a player of your own account system, for whom you vouch; on first sight they are made."""
    return await actions.log_in_by_server(request, key, body, logins)


@post("/auth/device/login", policy=ANYONE, limit="auth", secret=True)
async def log_in_by_device(
    request: Request, logins: DeviceLogins, key: Key | None, body: DeviceLogin
) -> Tokens | Challenge | Kept:
    """Sign in as a guest, by a random id the client keeps. The first call decides whether a secret is needed, too.

    Whoever has a second factor is answered 202, as by POST /auth/login.
    """
    return await actions.log_in_by_device(request, key, body, logins)


@post("/auth/email/verification", policy=PLAYER, limit="recovery", status=202)
async def ask_verification(request: Request) -> Answer:
    """Have the link that confirms my address sent again; the newest is the one that works."""
    await actions.ask_verification(request)
    return Answer(b"", status=202)


@post("/auth/email/verify", policy=ANYONE, limit=("auth", "recovery"), status=204)
async def verify_email(tx: Tx, request: Request, body: EmailToken) -> None:
    """Confirm an address with the token of the letter that was sent there; a new one takes the old one's place."""
    await actions.verify_email(tx, request, body.token)


@post("/auth/password-reset", policy=ANYONE, limit=("auth", "recovery"), status=202)
async def ask_reset(request: Request, body: EmailAsked) -> Answer:
    """Have a link to choose a new password sent, good for 15 minutes. The answer is the same for every address."""
    await actions.ask_reset(request, body.email)
    return Answer(b"", status=202)


@post("/auth/password-reset/confirm", policy=ANYONE, limit=("auth", "recovery"), status=204)
async def confirm_reset(request: Request, body: PasswordReset) -> None:
    """Choose a new password with the token of the letter. Every session ends, and the account is unlocked.

    It signs nobody in. A password that is too weak leaves the token good.
    """
    await actions.confirm_reset(request, body.token, body.password)


@put("/auth/password", policy=PLAYER, limit="recovery", status=204)
async def change_password(request: Request, body: PasswordChange) -> None:
    """Change my password; every other session of mine ends, and a letter tells me."""
    await actions.change_password(request, body.current_password, body.password)


@put("/auth/email", policy=PLAYER, limit="recovery", status=202)
async def change_email(request: Request, body: EmailChange) -> Answer:
    """Change my e-mail address: a link goes to the new one, a notice to the old. It changes when the link is used."""
    await actions.change_email(request, body.email, body.password)
    return Answer(b"", status=202)


@post("/auth/email-code", policy=ANYONE, limit=("auth", "recovery"), status=202)
async def ask_code(request: Request, body: EmailAsked) -> Answer:
    """Have a code to sign in sent, good for 10 minutes and five tries. The answer is the same for every address."""
    await actions.ask_code(request, body.email)
    return Answer(b"", status=202)


@post("/auth/email-code/verify", policy=ANYONE, limit=("auth", "recovery"), secret=True)
async def log_in_by_code(request: Request, key: Key | None, body: CodeLogin) -> Tokens | Challenge | Kept:
    """Sign in with the code of the letter. What was wrong, if something was, is not told."""
    return await actions.log_in_by_code(request, key, body)


@get("/admin/accounts/settings", policy=staff("operations.read"), limit="console")
async def read_settings(db: Db) -> AccountSettings:
    """What is decided about accounts."""
    return await actions.settings(db)


@put("/admin/accounts/settings", policy=staff("operations.write"), limit="console")
async def set_settings(tx: Tx, request: Request, body: AccountSettings) -> AccountSettings:
    """Decide about accounts; it holds from the next request on."""
    await actions.set_settings(tx, request, body)
    return body
