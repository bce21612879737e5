"""The pages of clients: made, given another secret, revoked."""

from datetime import datetime, timedelta
from typing import Annotated, get_args
from urllib.parse import urlencode

import msgspec

from playerbase import audit, games
from playerbase.access import actions
from playerbase.access.pages import (
    OVERLAPS,
    ROWS,
    Asked,
    KeyId,
    Overlap,
    State,
    Wanted,
    as_id,
    faults_of,
    form_of,
    state_of,
)
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http import (
    Answer,
    Caller,
    Cursors,
    Rendering,
    Request,
    Site,
    get,
    names,
    post,
    redirect,
    staff,
)  # fmt: skip

READ, WRITE = staff("keys.read"), staff("keys.write")
HERE, FORM = "/console/clients", "access/client_form.html"


@get(HERE, policy=READ, limit="console", page=True)
async def list_clients(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    game: Annotated[str, msgspec.Meta(max_length=32)] = "", state: State | None = None,
    cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Clients, newest first: of one game or any, in one state or any."""
    scope = f"clients {game} {state or ''} {caller.subject}"
    after = cursors.read(cursor, tuple[datetime, str], scope=scope) if cursor else None
    found = await actions.clients(db, after, ROWS + 1, game=game, state=state or "")
    shown, following, asked = found[:ROWS], "", {"game": game, "state": state or ""}
    if found[ROWS:]:
        at = cursors.make((shown[-1].created_at, shown[-1].client_id), scope=scope)
        following = f"{HERE}?{urlencode(asked | {'cursor': at})}"
    makers = {each.client_id: as_id(each.created_by) for each in shown}
    return rendering.page(
        request, "access/clients.html", clients=[(each, state_of(each), makers[each.client_id]) for each in shown],
        following=following, first=f"{HERE}?{urlencode(asked)}" if cursor else "",
        told="Revoked. Its tokens ended with it." if told == "revoked" else "",
        names=await names(site.pages, db, makers.values()), games=await games.games(db), game=game, state=state or "",
        linked=lambda **change: f"{HERE}?{urlencode(asked | change)}", states=get_args(State),
    )  # fmt: skip


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_client(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The form of a new client."""
    return await form_of(db, request, rendering, FORM, Wanted(), {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def create_client(tx: Tx, request: Request, rendering: Rendering, form: Wanted) -> Answer:
    """Make it, and show its secret this once."""
    if faults := await faults_of(tx, form):
        return await form_of(tx, request, rendering, FORM, form, faults)
    try:
        made = await actions.create_client(
            tx, name=form.name.strip(), game=form.game or None, scopes=form.scopes, allow=form.allow.split(),
            expires_at=clock.now() + timedelta(days=int(form.days)) if form.days else None,
            by=audit.deed(request, "", "client", ""),
        )  # fmt: skip
    except Fault as fault:
        return await form_of(tx, request, rendering, FORM, form, {"allow": str(fault)})
    return rendering.page(request, "access/client_made.html", made=made)


@get(f"{HERE}/{{client_id}}/revoke", policy=WRITE, limit="console", page=True)
@get(f"{HERE}/{{client_id}}/rotate", policy=WRITE, limit="console", page=True)
async def ask_of_client(db: Db, request: Request, rendering: Rendering, client_id: KeyId) -> Answer:
    """The question before a client is revoked or given another secret."""
    client, verb = await actions.client(db, client_id), request.path.rpartition("/")[2]
    return rendering.page(request, "access/client_ask.html", client=client, verb=verb, overlaps=OVERLAPS)


@post(f"{HERE}/{{client_id}}/rotate", policy=WRITE, limit="console", page=True)
async def rotate_client(tx: Tx, request: Request, rendering: Rendering, client_id: KeyId, form: Overlap) -> Answer:
    """Another secret, shown this once."""
    by = audit.deed(request, "", "client", client_id, reason=form.reason)
    made = await actions.rotate_client(tx, client_id, overlap=timedelta(hours=int(form.overlap_hours)), by=by)
    return rendering.page(request, "access/client_made.html", made=made)


@post(f"{HERE}/{{client_id}}/revoke", policy=WRITE, limit="console", page=True)
async def revoke_client(tx: Tx, request: Request, client_id: KeyId, form: Asked) -> Answer:
    """End it and its tokens, at once and in every process."""
    await actions.revoke_client(tx, client_id, by=audit.deed(request, "", "client", client_id, reason=form.reason))
    return redirect(f"{HERE}?told=revoked")
