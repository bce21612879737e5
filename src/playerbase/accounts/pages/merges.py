"""The pages of requests to merge: who asks, both accounts beside each other, and the answer."""

from typing import Annotated, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import access, identity
from playerbase.accounts import actions
from playerbase.accounts.model import Provider, way_name
from playerbase.accounts.pages.proving import prove_first
from playerbase.kit.db import Db, transaction
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, post, redirect, staff

READ, WRITE, MERGE = staff("players.read"), staff("accounts.write"), staff("accounts.merge")
HERE = "/console/merges"
ROWS = 50
TOLD = {"declined": "Declined. Who asked is told.", "merged": "Moved. Both are told."}

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
State = Literal["open", "declined", "merged"]


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


class MergeAsked(msgspec.Struct, frozen=True):
    """The same, with the way of signing in that was looked at."""

    reason: Reason
    provider: Provider


@get(HERE, policy=READ, limit="console", page=True)
async def list_merges(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: State | Literal["all"] = "open", cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Requests in one state or any, the latest first; those that wait, unless others are asked for."""
    scope = f"merges {state} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await identity.merge_requests(db, "" if state == "all" else state, before, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        at = cursors.make((shown[-1].request_id,), scope=scope)
        following = f"{HERE}?{urlencode({'state': state, 'cursor': at})}"
    people = [player_id for each in shown for player_id in (each.asked_by, each.owner_id)]
    return rendering.page(
        request, "accounts/merges.html", requests=shown, state=state, states=get_args(State), way_name=way_name,
        following=following, first=f"{HERE}?{urlencode({'state': state})}" if cursor else "",
        told=TOLD.get(told, ""), names=await names(site.pages, db, people),
    )  # fmt: skip


@get(f"{HERE}/{{request_id}}", policy=READ, limit="console", page=True)
async def read_merge(
    db: Db, request: Request, site: Site, rendering: Rendering, request_id: UUID, told: str = ""
) -> Answer:
    """One request: both accounts beside each other, and what a merge would do now."""
    outlook = await actions.look_at_merge(site, db, request_id)
    decider = _staff_of(outlook.request.decided_by)
    return rendering.page(
        request, "accounts/merge.html", outlook=outlook, way_name=way_name, told=TOLD.get(told, ""),
        decider=decider, names=await names(site.pages, db, [decider]),
    )  # fmt: skip


@get(f"{HERE}/{{request_id}}/decline", policy=WRITE, limit="console", page=True)
async def ask_decline(db: Db, request: Request, site: Site, rendering: Rendering, request_id: UUID) -> Answer:
    """The question before a request is declined."""
    outlook = await actions.look_at_merge(site, db, request_id)
    if outlook.request.state != "open":
        raise identity.MergeDecided
    return rendering.page(request, "accounts/merge_ask.html", outlook=outlook, verb="decline", way_name=way_name)


@post(f"{HERE}/{{request_id}}/decline", policy=WRITE, limit="console", page=True)
async def decline(request: Request, site: Site, request_id: UUID, form: Asked) -> Answer:
    """Leave both accounts as they are."""
    async with transaction(site.pool) as tx:
        await actions.decline_merge(tx, request, request_id, why=form.reason)
    return redirect(f"{HERE}/{request_id}?told=declined")


@get(f"{HERE}/{{request_id}}/merge", policy=MERGE, limit="console", page=True)
async def ask_merge(
    db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering, request_id: UUID
) -> Answer:
    """What will happen, before it does; who has not proven lately who they are does that first."""
    outlook = await actions.look_at_merge(site, db, request_id)
    if outlook.request.state != "open":
        raise identity.MergeDecided
    try:
        await access.check_fresh(db, caller)
    except access.ReauthRequired:
        return prove_first(request)
    return rendering.page(request, "accounts/merge_ask.html", outlook=outlook, verb="merge", way_name=way_name)


@post(f"{HERE}/{{request_id}}/merge", policy=MERGE, limit="console", page=True)
async def merge(request: Request, site: Site, request_id: UUID, form: MergeAsked) -> Answer:
    """Move the way of signing in to who asked."""
    try:
        async with transaction(site.pool) as tx:
            await actions.merge(tx, request, request_id, provider=form.provider, why=form.reason)
    except access.ReauthRequired:
        return prove_first(request)
    return redirect(f"{HERE}/{request_id}?told=merged")


def _staff_of(by: str | None) -> UUID | None:
    try:
        return UUID((by or "").removeprefix("staff:"))
    except ValueError:
        return None
