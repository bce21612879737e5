"""Access over HTTP: clients, and the tokens they get by showing their secret."""

from datetime import datetime, timedelta
from http import HTTPStatus

import msgspec

from playerbase import audit, games
from playerbase.access import actions, rules
from playerbase.access.model import GameUnknown, NotInFuture
from playerbase.access.model.machines import Client, NewClient
from playerbase.access.routes.keys import Cursor, GameSlug, KeyId, KeyWanted, Limit, Rotation, State
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, transaction
from playerbase.kit.http import ANYONE, Answer, Cursors, Listing, Request, delete, get, post, staff

NOT_KEPT = [(b"cache-control", b"no-store"), (b"pragma", b"no-cache")]
WHO_ARE_YOU = (b"www-authenticate", b'Basic realm="playerbase"')


@post("//oauth/token", policy=ANYONE, limit="token")
async def token(request: Request) -> Answer:
    """A token for a client itself (RFC 6749, 4.4): grant_type=client_credentials as a form, good for 15 minutes.

    The client shows its id and secret by HTTP Basic or as client_id and client_secret in the form; ``scope`` asks for
    some of its scopes, and without it the token has all. Errors are those of RFC 6749, 5.2: 400, or 401
    invalid_client. There is no refresh token.
    """
    client_id = ""
    try:
        asked = rules.read_grant(
            request.body, request.headers.get(b"content-type"), request.headers.get(b"authorization")
        )
        row = await actions.proven_client(request, asked.client_id, asked.secret)
        client_id = row.client_id
        rules.check_address(tuple(row.allow), request.ip)
        scopes = rules.granted_scopes(asked.scopes, row.scopes)
    except rules.NotGranted as why:
        return await _refused(request, why, client_id)
    site = request.site
    keyring: actions.Keyring = site.lane(actions.Keyring)
    made = await keyring.sign_for_client(site.keys, site.public_url, client_id, scopes)
    async with transaction(site.pool) as tx:
        await audit.record(tx, audit.deed(request, "authn_token_issued", "client", client_id, after={"scopes": scopes}))
    return Answer(msgspec.json.encode(made), headers=[*NOT_KEPT])


async def _refused(request: Request, why: rules.NotGranted, client_id: str) -> Answer:
    deed = audit.deed(request, "authn_token_refused", "client", client_id, outcome="failed", reason=why.error)
    async with transaction(request.site.pool) as tx:
        await audit.record(tx, deed)
    body = msgspec.json.encode({"error": why.error, "error_description": why.description})
    headers = [*NOT_KEPT, *([WHO_ARE_YOU] if why.status == HTTPStatus.UNAUTHORIZED else [])]
    return Answer(body, status=why.status, headers=headers)


@get("/admin/clients", policy=staff("keys.read"), limit="console")
async def list_clients(
    db: Db, request: Request, cursors: Cursors, game: GameSlug = "", state: State | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Client]:  # fmt: skip
    """Clients, newest first, without their secrets: of one game or any, in one state or any."""
    scope = f"clients {game} {state or ''} {request.caller.subject}"
    after = cursors.read(cursor, tuple[datetime, str], scope=scope) if cursor else None
    found = await actions.clients(db, after, limit + 1, game=game, state=state or "")
    last = found[limit - 1] if found[limit:] else None
    return Listing(found[:limit], cursors.make((last.created_at, last.client_id), scope=scope) if last else None)


@post("/admin/clients", policy=staff("keys.write"), limit="console", status=201, secret=True)
async def create_client(tx: Tx, request: Request, body: KeyWanted) -> NewClient:
    """Make a client; its secret is in this answer and nowhere else."""
    if body.game is not None and await games.game(tx, body.game) is None:
        raise GameUnknown
    if body.expires_at is not None and body.expires_at <= clock.now():
        raise NotInFuture
    return await actions.create_client(
        tx, name=body.name, game=body.game, scopes=[*body.scopes], allow=body.allow, expires_at=body.expires_at,
        by=audit.deed(request, "", "client", ""),
    )  # fmt: skip


@post("/admin/clients/{client_id}/rotate", policy=staff("keys.write"), limit="console", status=201, secret=True)
async def rotate_client(tx: Tx, request: Request, client_id: KeyId, body: Rotation) -> NewClient:
    """Give a client another secret, which is in this answer alone; both are good until the overlap has passed."""
    by = audit.deed(request, "", "client", "")
    return await actions.rotate_client(tx, client_id, overlap=timedelta(hours=body.overlap_hours), by=by)


@delete("/admin/clients/{client_id}", policy=staff("keys.write"), limit="console")
async def revoke_client(tx: Tx, request: Request, client_id: KeyId) -> None:
    """Revoke a client: it gets no token, and the next call with one it has is refused."""
    await actions.revoke_client(tx, client_id, by=audit.deed(request, "", "client", ""))
