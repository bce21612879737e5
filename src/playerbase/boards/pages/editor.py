"""The form of a board, its rule and its prizes."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from playerbase import audit, games
from playerbase.boards import actions, rules
from playerbase.boards.model import Board, BoardDraft, Counted
from playerbase.boards.pages.listing import HERE, KEEPS, ORDERS, SOURCES, WRITE
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Conflict, Faults, NotFound, Refusal
from playerbase.kit.http import Answer, Caller, Rendering, Request, faults, get, post, redirect

Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=20_000)]
NUMBERS = ("score_min", "score_max", "plausible_min", "plausible_max", "session_seconds", "position")


class Form(msgspec.Struct, frozen=True):
    """A board as a form writes it; numbers, the rule and the prizes are text until they are read."""

    game: Short = ""
    code: Short = ""
    name: Short = ""
    operator: Short = "best"
    direction: Short = "desc"
    source: Short = "sessions"
    counted: Short = ""
    score_min: Short = ""
    score_max: Short = ""
    plausible_min: Short = ""
    plausible_max: Short = ""
    session_seconds: Short = "3600"
    position: Short = "0"
    is_regional: Short = ""
    is_open: Short = ""
    rule: Long = ""
    prizes: Long = ""


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_board(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The form of a new board."""
    return await _page(db, request, rendering, Form(is_open="true"), None, {})


@get(f"{HERE}/{{board_id}}/edit", policy=WRITE, limit="console", page=True)
async def ask_change(db: Db, request: Request, rendering: Rendering, board_id: UUID) -> Answer:
    """The form of a board there is."""
    was = await actions.board(db, board_id)
    return await _page(db, request, rendering, _form(was), was, {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def create_board(tx: Tx, request: Request, caller: Caller, rendering: Rendering, form: Form) -> Answer:
    """Make a board."""
    draft, told = _read(form)
    if draft is None:
        return await _page(tx, request, rendering, form, None, told)
    try:
        made = await actions.create(tx, draft, caller.subject)
    except (Faults, Conflict, NotFound) as refusal:
        return await _page(tx, request, rendering, form, None, _said(refusal))
    await audit.record(tx, audit.deed(request, "board_created", "board", made.board_id, after={"code": made.code}))
    return redirect(f"{HERE}?told=made")


@post(f"{HERE}/{{board_id}}/edit", policy=WRITE, limit="console", page=True)
async def change_board(
    tx: Tx, request: Request, caller: Caller, rendering: Rendering, board_id: UUID, form: Form
) -> Answer:
    """Change a board."""
    was = await actions.board(tx, board_id)
    form = msgspec.structs.replace(form, game=was.game, code=was.code)
    draft, told = _read(form)
    if draft is None:
        return await _page(tx, request, rendering, form, was, told)
    try:
        before, after = await actions.change(tx, board_id, draft, caller.subject)
    except (Faults, Conflict, NotFound) as refusal:
        return await _page(tx, request, rendering, form, was, _said(refusal))
    await audit.record(
        tx,
        audit.deed(
            request, "board_changed", "board", board_id, before={"rule": before.rule_version, "name": before.name},
            after={"rule": after.rule_version, "name": after.name, "prizes": rules.prize_lines.written(after.prizes)},
        ),
    )  # fmt: skip
    return redirect(f"{HERE}/{board_id}?told=saved")


async def _page(
    db: Db, request: Request, rendering: Rendering, form: Form, was: Board | None, told: dict[str, str]
) -> Answer:
    return rendering.page(
        request, "boards/editor.html", status=422 if told else 200, form=form, was=was, faults=told,
        games=await games.games(db), orders=ORDERS, keeps=KEEPS, sources=SOURCES,
        figures=[each.value for each in Counted],
    )  # fmt: skip


def _form(was: Board) -> Form:
    numbers = {name: "" if getattr(was, name) is None else str(getattr(was, name)) for name in NUMBERS}
    return Form(
        game=was.game, code=was.code, name=was.name, operator=was.operator.value, direction=was.direction.value,
        source=was.source.value, counted=was.counted.value if was.counted else "",
        is_regional="true" if was.is_regional else "", is_open="true" if was.is_open else "",
        rule="" if was.rule is None else msgspec.json.format(msgspec.json.encode(was.rule)).decode(),
        prizes=rules.prize_lines.written(was.prizes), **numbers,
    )  # fmt: skip


def _read(form: Form) -> tuple[BoardDraft | None, dict[str, str]]:
    """What the form says, or what is wrong with it by field."""
    prizes, fault = rules.prize_lines.read(form.prizes)
    if fault:
        return None, {"prizes": fault}
    given: dict[str, Any] = {
        "game": form.game, "code": form.code, "name": form.name, "operator": form.operator,
        "direction": form.direction, "source": form.source, "counted": form.counted or None, "prizes": prizes,
        "is_regional": form.is_regional == "true", "is_open": form.is_open == "true",
    }  # fmt: skip
    for name in NUMBERS:
        text = getattr(form, name).strip()
        if text:
            given[name] = int(text) if text.removeprefix("-").isdigit() and text.isascii() else text
    if form.rule.strip():
        try:
            given["rule"] = msgspec.json.decode(form.rule)
        except msgspec.DecodeError as wrong:
            return None, {"rule": f"This is not JSON: {wrong}"}
    errors = list(faults.faults(given, BoardDraft))
    return (None, _by_field(errors)) if errors else (msgspec.convert(given, BoardDraft), {})


def _said(refusal: Refusal) -> dict[str, str]:
    return _by_field(refusal.members["errors"]) if isinstance(refusal, Faults) else {"code": str(refusal)}


def _by_field(errors: Any) -> dict[str, str]:
    """The first fault of each field; what lies inside the rule or a prize is said of all of it."""
    found: dict[str, str] = {}
    for each in errors:
        name, _, inside = each["field"].partition(".")
        found.setdefault(name, f"{inside}: {each['message']}" if inside else each["message"])
    return found
