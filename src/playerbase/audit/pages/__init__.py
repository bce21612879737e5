"""The audit log in the console: explorer, entry, verification, retention; and its lines in a player's timeline."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.audit import actions
from playerbase.audit.model import CHAINS, DAYS_MAX, DAYS_MIN, Entry, Filter, Outcome
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import (
    Answer,
    Happening,
    Need,
    Page,
    Place,
    Rendering,
    Request,
    Site,
    get,
    names,
    post,
    redirect,
    staff,
)  # fmt: skip

ROWS = 50
OUTCOMES = ("done", "refused", "failed")
TOLD = {"retention": "Changed. It is applied once a day."}
LATE = timedelta(hours=3)  # Two scheduled verifications missed.

# How a player's timeline words what happens most, and the icon beside it.
SAID = {
    "authn_login_success": ("Signed in", "signin"),
    "authn_login_fail": ("Could not sign in", "ban"),
    "authn_login_lock": ("Locked out after too many attempts", "lock"),
    "authn_login_unlock": ("Unlocked by staff", "lock"),
    "identity_unlinked": ("Unlinked a way to sign in", "chain"),
    "identity_linked": ("Linked a way to sign in", "chain"),
    "identity_moved_in": ("Got a way to sign in from another account", "merge"),
    "identity_moved_out": ("Lost a way to sign in to another account", "merge"),
    "merge_declined": ("Asked for a merge, which was declined", "merge"),
    "authn_token_reuse": ("Refused: a refresh token came twice", "ban"),
    "authn_token_refused": ("Refused to go on with a session", "ban"),
    "authn_token_refreshed": ("Went on with a session", "signin"),
    "authn_password_change": ("Got a new password", "key"),
    "session_ended": ("Signed out", "out"),
    "sessions_ended": ("Signed out everywhere by staff", "out"),
    "user_created": ("Registered", "staff"),
    "privilege_permissions_changed": ("Roles changed", "key"),
    "player_status_changed": ("Status changed", "shield"),
    "wallet_granted": ("Given something by staff", "ledger"),
    "wallet_revoked": ("Had something taken away by staff", "ledger"),
    "transaction_reversed": ("Had a transaction undone by staff", "undo"),
    "ledger_account_locked": ("Had an account of the ledger locked", "lock"),
    "ledger_account_repaired": ("Had an account of the ledger put right", "lock"),
    "ledger_account_unlocked": ("Had an account of the ledger unlocked", "lock"),
    "impersonation_started": ("Seen by staff, as the player", "eye"),
    "impersonation_ended": ("No longer seen by staff", "eye"),
    "impersonation_refused": ("Not shown to staff as the player", "eye"),
}

Word = Annotated[str, msgspec.Meta(max_length=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Chain = Annotated[int, msgspec.Meta(ge=0, lt=CHAINS)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class Retained(msgspec.Struct, frozen=True):
    """How many days entries shall be kept, and why; an empty field keeps them for good."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
    days: Annotated[int, msgspec.Meta(ge=DAYS_MIN, le=DAYS_MAX)] | None = None


@get("/console/audit", policy=staff("audit.read"), limit="console", page=True)
async def explore(
    tx: Tx,
    request: Request,
    site: Site,
    rendering: Rendering,
    q: Word = "",
    actor_id: Word = "",
    player_id: UUID | None = None,
    action: Word = "",
    outcome: Outcome | None = None,
    from_: date | None = None,
    to: date | None = None,
    cursor: Cursor = "",
    told: str = "",
) -> Answer:
    """What was done and refused, newest first; days are whole and in UTC."""
    player_id, action = _meant(q.strip(), player_id, action)
    asked = Filter(
        actor_id=actor_id or None,
        player_id=player_id,
        action=action or None,
        outcome=outcome,
        from_at=_begin(from_),
        to_at=_begin(to + timedelta(days=1)) if to else None,
    )
    named = {
        "actor_id": actor_id,
        "player_id": player_id,
        "action": action,
        "outcome": outcome,
        "from": from_,
        "to": to,
    }
    shown = {name: str(value) for name, value in named.items() if value}
    listing = await actions.listed(tx, request, asked, ROWS, cursor or None)
    watched = await actions.watched(tx)
    return rendering.page(
        request,
        "audit/explore.html",
        entries=listing.items,
        shown=shown,
        outcomes=OUTCOMES,
        linked=lambda **changed: _linked(shown, changed),
        exported=lambda format_: _exported(asked, format_),
        first=_linked(shown, {}) if cursor else "",
        following=_linked(shown, {"cursor": listing.next_cursor}) if listing.next_cursor else "",
        people=await _people(site, tx, listing.items),
        watched=watched,
        retention=await actions.retention(tx),
        told=TOLD.get(told, ""),
        is_late=watched is not None and clock.now() - watched.verdict.ended_at > LATE,
    )


@get("/console/audit/{chain}/{seq}", policy=staff("audit.read"), limit="console", page=True)
async def show(db: Db, request: Request, rendering: Rendering, chain: Chain, seq: Seq) -> Answer:
    """One entry: everything about it, and whether its hash still follows from it and the row before."""
    proof = await actions.proved(db, chain, seq)
    entry = proof.entry
    return rendering.page(
        request, "audit/entry.html", entry=entry, fits=proof.fits, is_first=proof.is_first,
        changed=entry.before or entry.after,
    )  # fmt: skip


@get("/console/audit/retention", policy=staff("audit.write"), limit="console", page=True)
async def ask_retention(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The question before the policy is changed."""
    return rendering.page(request, "audit/retention.html", retention=await actions.retention(db), days_max=DAYS_MAX)


@post("/console/audit/retention", policy=staff("audit.write"), limit="console", page=True)
async def set_retention(tx: Tx, request: Request, form: Retained) -> Answer:
    """Another policy."""
    await actions.retain(tx, form.days, by=actions.deed(request, "", "audit", "", reason=form.reason))
    return redirect("/console/audit?told=retention")


async def needs(db: Db) -> list[Need]:
    """A log that does not hold comes before everything else."""
    watched = await actions.watched(db)
    if watched is None or watched.verdict.holds:
        return []
    first = watched.verdict.findings[0]
    since = watched.verdict.ended_at
    return [
        Need(
            0, "audit", "The audit log is not as it was written", f"{first.place.capitalize()}: {first.says}",
            "late", f"found {since:%d %b, %H:%M} UTC", "See what was found", "/console/audit",
            len(watched.verdict.findings),
        )
    ]  # fmt: skip


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What concerned a player, newest first."""
    entries = await actions.look(db, Filter(player_id=player_id, to_at=before), None, count)
    return [_happening(entry) for entry in entries]


PAGE = Page(
    places=(Place("Audit", "/console/audit", "audit", "Platform", "audit.read"),), needs=needs, timeline=timeline
)


def _meant(q: str, player_id: UUID | None, action: str) -> tuple[UUID | None, str]:
    """What was typed into the search: the id of a player, or else an action."""
    try:
        return UUID(q), action
    except ValueError:
        return player_id, q or action


async def _people(site: Site, db: Db, entries: list[Entry]) -> dict[str, str]:
    """What the players among actors and targets are called, by their ids as the log writes them."""
    wanted = {_as_id(text) for entry in entries for text in (entry.actor_id, entry.target_id)}
    return {str(player_id): name for player_id, name in (await names(site.pages, db, wanted)).items()}


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)


def _linked(shown: dict[str, str], changed: dict[str, str | None]) -> str:
    """The explorer with these filters changed; None takes one away."""
    kept = {name.rstrip("_"): value for name, value in (shown | changed).items() if value}
    return f"/console/audit?{urlencode(kept)}" if kept else "/console/audit"


def _exported(asked: Filter, format_: str) -> str:
    given = {
        name.removesuffix("_at"): clock.rfc3339(value) if isinstance(value, datetime) else str(value)
        for name, value in msgspec.structs.asdict(asked).items()
        if value is not None
    }
    return f"/api/v1/admin/audit/export?{urlencode({'format': format_, **given})}"


def _happening(entry: Entry) -> Happening:
    said, icon = SAID.get(entry.action, (entry.action.replace("_", " ").capitalize(), "audit"))
    kind = (
        "Staff" if entry.actor_kind == "staff" else "Sign-ins" if entry.action.startswith("authn_login") else "Account"
    )
    # What says itself that it went wrong need not be said so twice.
    is_done = entry.outcome == "done"
    text = said if is_done or entry.action.startswith("authn_") else f"{said}: {entry.outcome}"
    return Happening(
        entry.at, icon, kind, text, detail=entry.reason.replace("_", " "), tone="" if is_done else "bad",
        path=f"/console/audit/{entry.chain}/{entry.seq}",
    )  # fmt: skip
