"""The catalog as a file: out with one click, in after a look at what it would do."""

from typing import Annotated, Literal

import msgspec

from playerbase.catalog.actions.files import MEDIA, Format, bring_in, export
from playerbase.catalog.actions.noting import note_import
from playerbase.catalog.model import CatalogFull, ImportFaulty
from playerbase.catalog.pages.listing import HERE, READ
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Rendering, Request, get, post, staff

WRITE = staff("catalog.write")
SHOWN_MAX = 200


class Form(msgspec.Struct, frozen=True):
    """A file as a form sends it."""

    text: Annotated[str, msgspec.Meta(max_length=1_000_000)] = ""
    format: Literal["csv", "json"] = "csv"
    verb: Literal["check", "apply"] = "check"


@get(f"{HERE}/export", policy=READ, limit="console", page=True)
async def export_file(
    db: Db,
    format: Format = "csv",  # noqa: A002 - the file's kind
) -> Answer:
    """The whole catalog as a file."""
    named = f'attachment; filename="catalog.{format}"'.encode()
    return Answer(await export(db, format), media=MEDIA[format], headers=[(b"content-disposition", named)])


@get(f"{HERE}/import", policy=WRITE, limit="console", page=True)
async def ask_file(request: Request, rendering: Rendering) -> Answer:
    """Where a file is put in."""
    return rendering.page(request, "catalog/import.html", form=Form(), report=None, faults=[], shown_max=SHOWN_MAX)


@post(f"{HERE}/import", policy=WRITE, limit="console", page=True)
async def import_file(tx: Tx, request: Request, caller: Caller, rendering: Rendering, form: Form) -> Answer:
    """Say what a file would do, or do it; with one fault nothing is done."""
    try:
        report = await bring_in(tx, form.text, form.format, caller.subject, is_dry=form.verb == "check")
    except ImportFaulty as refusal:
        return _faulty(request, rendering, form, refusal.members["errors"])
    except CatalogFull as refusal:
        return _faulty(request, rendering, form, [{"line": 1, "field": "file", "message": str(refusal)}])
    await note_import(tx, request, report)
    return rendering.page(request, "catalog/import.html", form=form, report=report, faults=[], shown_max=SHOWN_MAX)


def _faulty(request: Request, rendering: Rendering, form: Form, faults: object) -> Answer:
    return rendering.page(
        request, "catalog/import.html", status=422, form=form, report=None, faults=faults, shown_max=SHOWN_MAX
    )
