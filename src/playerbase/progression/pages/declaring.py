"""What games declare of their saves: the editor, and what was flagged by it."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import profiles
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff
from playerbase.progression import actions
from playerbase.progression.actions import Saves
from playerbase.progression.model import Declaration, Declared, GameSlug, Quotas, Undeclared
from playerbase.progression.pages.writing import read, written

READ, RULES, WRITE = staff("progression.read"), staff("progression.rules"), staff("progression.write")
HERE = "/console/saves"
FLAGS, FORMER = 50, 10
TOLD = {"saved": "Saved. It holds from the next save on.", "stands": "It stands as it was saved."}
QUOTAS = {
    "slots_max": ("Slots", "Of one player: more than anybody plays at a time"),
    "bytes_max": ("Bytes of a save", "As JSON; pictures and replays belong into files"),
    "versions_max": ("Versions kept", "Of each slot; the oldest beyond them go"),
    "history_days": ("Days kept", "Then a version goes; the latest of a slot stays"),
    "saves_per_minute": ("Saves in a minute", "Of one slot; who saves more often waits"),
}
Words = Annotated[str, msgspec.Meta(max_length=20)]


class Asked(msgspec.Struct, frozen=True):
    """What the form sends; rules one a line."""

    version: Words = "0"
    slots_max: Words = ""
    bytes_max: Words = ""
    versions_max: Words = ""
    history_days: Words = ""
    saves_per_minute: Words = ""
    fields: Annotated[str, msgspec.Meta(max_length=40_000)] = ""
    undeclared: Undeclared = "last"
    players_restore: Words = ""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Why(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(HERE, policy=READ, limit="console", page=True)
async def list_rules(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """What was flagged and waits for somebody, and what each game declares."""
    flags = await actions.flags_open(db, None, FLAGS)
    names = await profiles.names(db, sorted({each.player_id for each in flags}))
    return rendering.page(
        request, "progression/rules.html", flags=flags, names=names, declared=await actions.declarations(db),
        told=TOLD.get(told, ""),
    )  # fmt: skip


@get(f"{HERE}/games/{{game}}", policy=READ, limit="console", page=True)
async def read_rules(db: Db, request: Request, rendering: Rendering, game: GameSlug) -> Answer:
    """The editor of what a game declares."""
    there = await actions.declaration(db, game)
    form = Asked(
        version=str(there.version), fields="\n".join(map(written, there.fields)), undeclared=there.undeclared,
        players_restore="on" if there.players_restore else "",
        **{name: str(getattr(there.quotas, name)) for name in QUOTAS},
    )  # fmt: skip
    return await _editor(db, request, rendering, there, form, {})


@post(f"{HERE}/games/{{game}}", policy=RULES, limit="console", page=True)
async def save_rules(tx: Tx, request: Request, rendering: Rendering, game: GameSlug, form: Asked) -> Answer:
    """Declare anew; what is wrong is said beside it, and nothing that was written is lost."""
    faults: dict[str, str] = {}
    given: dict[str, int] = {}
    for name in QUOTAS:
        text = getattr(form, name).strip()
        if not (text.isascii() and text.isdecimal()):
            faults[name] = "A whole number"
        else:
            given[name] = int(text)
    fields, wrong = read(form.fields)
    if wrong:
        faults["fields"] = wrong
    if not form.reason.strip():
        faults["reason"] = "Say why"
    if not faults:
        try:
            quotas = msgspec.convert(given, Quotas)
            wanted = Declared(
                quotas=quotas, fields=fields, undeclared=form.undeclared, players_restore=bool(form.players_restore)
            )
            expected = int(form.version) if form.version.isdecimal() else 0
            await actions.declare_as_staff(tx, request, game, wanted, expected, form.reason)
        except msgspec.ValidationError as fault:
            said, _, name = str(fault).partition(" - at `$.")
            faults[name.rstrip("`") or ""] = said
        except Refusal as refusal:
            named = refusal.members.get("errors")
            line = f" ({named[0]['field']}: {named[0]['message']})" if isinstance(named, list) else ""
            faults["fields" if named else ""] = f"{refusal}{line}"
        else:
            after_commit(tx, request.site.lane(Saves).known.forget)
            return redirect(f"{HERE}?told=saved")
    return await _editor(tx, request, rendering, await actions.declaration(tx, game), form, faults)


@get(f"{HERE}/flags/{{flag_id}}/stand", policy=WRITE, limit="console", page=True)
async def ask_stand(request: Request, rendering: Rendering, flag_id: UUID) -> Answer:
    """The question before a flagged save stands."""
    return rendering.page(request, "progression/stand.html", flag_id=flag_id)


@post(f"{HERE}/flags/{{flag_id}}/stand", policy=WRITE, limit="console", page=True)
async def let_stand(tx: Tx, request: Request, flag_id: UUID, form: Why) -> Answer:
    """Let a flagged save stand."""
    await actions.let_stand(tx, request, flag_id, form.reason)
    return redirect(f"{HERE}?told=stands")


async def _editor(
    db: Db, request: Request, rendering: Rendering, there: Declaration, form: Asked, faults: dict[str, str]
) -> Answer:
    former = await actions.declared_before(db, there.game, there.version + 1, FORMER)
    return rendering.page(
        request, "progression/editor.html", status=422 if faults else 200, there=there, form=form, faults=faults,
        quotas=QUOTAS, former=former,
    )  # fmt: skip
