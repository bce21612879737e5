"""The pages of access: API keys, made and revoked; and who works here, in which roles."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import audit, games, identity
from playerbase.access import actions, rules
from playerbase.access.model import KEY_SCOPES, ApiKey, NoSuchKey
from playerbase.access.model.machines import Client
from playerbase.access.pages import figures
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http import (
    Answer,
    Caller,
    Cursors,
    Need,
    Page,
    Place,
    Rendering,
    Request,
    Site,
    Tile,
    get,
    names,
    post,
    redirect,
    staff,
)  # fmt: skip

ROWS = 50
NETWORKS_MAX = 20
FORM = "access/key_form.html"
SHUT_OUT = {
    "address": "nobody new is let in", "device": "a known device", "own": "who is signed in, from their password",
    "code": "codes by mail",
}  # fmt: skip
EXPIRING_WITHIN = timedelta(days=14)
ROLES = tuple(role for role in rules.ROLES if role != "player")
LIVES = {"30": "30 days", "90": "90 days", "365": "a year", "": "until it is revoked"}
OVERLAPS = {"0": "not at all", "1": "an hour", "24": "a day", "72": "three days", "168": "a week"}
TOLD = {
    "revoked": "Revoked. The next call with it is refused.",
    "roles": "Changed. It holds from their next request on.",
}

Role = Literal["moderator", "support", "economy", "admin"]
State = Literal["active", "expired", "revoked"]
KeyId = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


class Overlap(msgspec.Struct, frozen=True):
    """For how long the old secret stays good beside the new one, and why."""

    reason: Reason
    overlap_hours: Literal["0", "1", "24", "72", "168"] = "24"


class Wanted(msgspec.Struct, frozen=True):
    """A key to be made, as the form sends it; what is wrong is said beside its field."""

    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    game: Annotated[str, msgspec.Meta(max_length=32)] = ""
    scopes: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(max_length=20)] = []
    allow: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    days: Literal["30", "90", "365", ""] = ""


class Roles(msgspec.Struct, frozen=True):
    """The roles a player shall have, and why; none, and they leave."""

    player_id: UUID
    reason: Reason
    roles: Annotated[list[Role], msgspec.Meta(max_length=4)] = []


@get("/console/keys", policy=staff("keys.read"), limit="console", page=True)
async def list_keys(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    game: Annotated[str, msgspec.Meta(max_length=32)] = "", state: State | None = None,
    cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """API keys, newest first: of one game or any, in one state or any."""
    scope = f"keys {game} {state or ''} {caller.subject}"
    after = cursors.read(cursor, tuple[datetime, str], scope=scope) if cursor else None
    found = await actions.api_keys(db, after, ROWS + 1, game=game, state=state or "")
    shown, following = found[:ROWS], ""
    asked = {"game": game, "state": state or ""}
    if found[ROWS:]:
        at = cursors.make((shown[-1].created_at, shown[-1].key_id), scope=scope)
        following = f"/console/keys?{urlencode(asked | {'cursor': at})}"
    makers = {key.key_id: as_id(key.created_by) for key in shown}
    return rendering.page(
        request, "access/keys.html", keys=[(key, state_of(key), makers[key.key_id]) for key in shown],
        following=following, first=f"/console/keys?{urlencode(asked)}" if cursor else "", told=TOLD.get(told, ""),
        names=await names(site.pages, db, makers.values()), games=await games.games(db), game=game,
        state=state or "",
        linked=lambda **change: f"/console/keys?{urlencode(asked | change)}", states=get_args(State),
    )  # fmt: skip


@get("/console/keys/new", policy=staff("keys.write"), limit="console", page=True)
async def ask_key(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The form of a new key."""
    return await form_of(db, request, rendering, FORM, Wanted(), {})


@post("/console/keys/new", policy=staff("keys.write"), limit="console", page=True)
async def create_key(tx: Tx, request: Request, rendering: Rendering, form: Wanted) -> Answer:
    """Make it, and show its secret this once: it is in this answer and nowhere else."""
    networks = form.allow.split()
    if faults := await faults_of(tx, form):
        return await form_of(tx, request, rendering, FORM, form, faults)
    try:
        made = await actions.create_api_key(
            tx, name=form.name.strip(), env="live" if request.site.in_production else "dev", game=form.game or None,
            scopes=form.scopes, allow=networks, by=audit.deed(request, "", "api_key", ""),
            expires_at=clock.now() + timedelta(days=int(form.days)) if form.days else None,
        )  # fmt: skip
    except Fault as fault:
        return await form_of(tx, request, rendering, FORM, form, {"allow": str(fault)})
    return rendering.page(request, "access/key_made.html", made=made)


@get("/console/keys/{key_id}/revoke", policy=staff("keys.write"), limit="console", page=True)
@get("/console/keys/{key_id}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def ask_of_key(db: Db, request: Request, rendering: Rendering, key_id: KeyId) -> Answer:
    """The question before a key is revoked or rotated."""
    key = await figures.one_key(db, key_id)
    if key is None:
        raise NoSuchKey
    return rendering.page(
        request, "access/key_ask.html", key=key, verb=request.path.rpartition("/")[2], overlaps=OVERLAPS
    )


@post("/console/keys/{key_id}/rotate", policy=staff("keys.write"), limit="console", page=True)
async def rotate_key(tx: Tx, request: Request, rendering: Rendering, key_id: KeyId, form: Overlap) -> Answer:
    """Make its successor, and show the secret this once."""
    by = audit.deed(request, "", "api_key", key_id, reason=form.reason)
    made = await actions.rotate_api_key(tx, key_id, overlap=timedelta(hours=int(form.overlap_hours)), by=by)
    return rendering.page(request, "access/key_made.html", made=made)


@post("/console/keys/{key_id}/revoke", policy=staff("keys.write"), limit="console", page=True)
async def revoke_key(tx: Tx, request: Request, key_id: KeyId, form: Asked) -> Answer:
    """End it, at once and in every process."""
    await actions.revoke_api_key(tx, key_id, by=audit.deed(request, "", "api_key", key_id, reason=form.reason))
    return redirect("/console/keys?told=revoked")


@get("/console/staff", policy=staff("staff.read"), limit="console", page=True)
async def list_staff(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    role: Role | None = None, cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Who works here, in one role or any, and what each role may do."""
    scope = f"people {role or ''} {caller.subject}"
    after = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await actions.staff(db, after, ROWS + 1, role=role or "")
    shown, following, asked = found[:ROWS], "", {"role": role or ""}
    if found[ROWS:]:
        at = cursors.make((shown[-1].player_id,), scope=scope)
        following = f"/console/staff?{urlencode(asked | {'cursor': at})}"
    granters = {each.player_id: as_id(each.granted_by) for each in shown}
    return rendering.page(
        request, "access/staff.html", people=shown, granters=granters, following=following, told=TOLD.get(told, ""),
        first=f"/console/staff?{urlencode(asked)}" if cursor else "", role=role,
        roles={each: sorted(rules.ROLES[each]) for each in ROLES},
        names=await names(site.pages, db, [*granters, *granters.values()]),
    )  # fmt: skip


@get("/console/staff/roles", policy=staff("staff.write"), limit="console", page=True)
async def ask_roles(
    db: Db, request: Request, site: Site, rendering: Rendering, player_id: UUID | None = None
) -> Answer:
    """The form that gives and takes roles."""
    if player_id is not None and not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    held = await actions.roles_of(db, player_id) if player_id else []
    return rendering.page(
        request, "access/roles.html", player_id=player_id, held=held, roles=ROLES,
        name=(await names(site.pages, db, [player_id])).get(player_id) if player_id else None,
    )  # fmt: skip


@post("/console/staff/roles", policy=staff("staff.write"), limit="console", page=True)
async def set_roles(tx: Tx, request: Request, form: Roles) -> Answer:
    """Give a player these roles instead of those they have."""
    by = audit.deed(request, "", "player", form.player_id, reason=form.reason)
    await actions.set_roles(tx, form.player_id, [*form.roles], by=by)
    return redirect("/console/staff?told=roles")


async def needs(db: Db) -> list[Need]:
    """Keys that end soon: their servers are refused from then on."""
    now = clock.now()
    found = await figures.expiring(db, now, now + EXPIRING_WITHIN, ROWS)
    if not found:
        return []
    first = found[0]
    assert first.expires_at is not None
    left = first.expires_at - now
    title = f"{len(found)} API keys end soon" if found[1:] else f"The key “{first.name}” ends soon"
    clock_ = f"{left.days} d left" if left.days else f"{left.seconds // 3600} h left"
    why = f"Whoever calls with “{first.name}” is refused after {first.expires_at:%d %B, %H:%M} UTC. Make its successor."
    return [Need(40, "key", title, why, "soon", clock_, "See the keys", "/console/keys", len(found))]


async def tiles(db: Db) -> list[Tile]:
    """Sign-ins of the last day."""
    return [await figures.sign_ins(db)]


async def faults_of(db: Db, form: Wanted) -> dict[str, str]:
    """What is wrong with a key or client that is wanted, by field."""
    known = {game.slug for game in await games.games(db)}
    faults: dict[str, str] = {}
    if not form.name.strip():
        faults["name"] = "Name it, so that you know it again"
    if form.game and form.game not in known:
        faults["game"] = "There is no such game"
    if not form.scopes or not set(form.scopes) <= set(KEY_SCOPES):
        faults["scopes"] = "Choose at least one: a key without scopes may do nothing"
    if len(form.allow.split()) > NETWORKS_MAX:
        faults["allow"] = f"At most {NETWORKS_MAX} networks"
    return faults


async def form_of(
    db: Db, request: Request, rendering: Rendering, template: str, form: Wanted, faults: dict[str, str]
) -> Answer:
    """The form of a new key or client, with what is wrong beside its fields."""
    return rendering.page(
        request, template, status=422 if faults else 200, form=form, faults=faults, games=await games.games(db),
        scopes=KEY_SCOPES, lives=LIVES,
    )  # fmt: skip


def state_of(held: ApiKey | Client) -> str:
    """In which state a key or client is at this moment."""
    now = clock.now()
    if held.revoked_at is not None:
        return "revoked"
    if held.expires_at is None or held.expires_at > now + EXPIRING_WITHIN:
        return "active"
    return "expiring" if held.expires_at > now else "expired"


def as_id(text: str) -> UUID | None:
    """The player behind the name of an actor, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def about(db: Db, player_id: UUID) -> list[Tile]:
    """That a player is locked out, and until when; nothing of who is not."""
    held = await actions.locks_of(db, player_id)
    if not held:
        return []
    whom = dict.fromkeys(SHUT_OUT[each.scope] for each in held)
    until = f"until {held[0].locked_until:%H:%M} UTC"
    return [Tile("Locked", until, foot=", ".join(whom), path=f"/console/locks?player_id={player_id}")]


PAGE = Page(
    places=(
        Place("Locks", "/console/locks", "lock", "People", "players.read"),
        Place("Staff", "/console/staff", "staff", "People", "staff.read"),
        Place("Seen as players", "/console/impersonations", "eye", "People", "players.impersonate"),
        Place("API keys", "/console/keys", "key", "Platform", "keys.read"),
    ),
    needs=needs,
    tiles=tiles,
    about=about,
)
