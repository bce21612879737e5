"""The catalog as a file over HTTP."""

from playerbase.catalog.actions.files import MEDIA, Format, bring_in, export
from playerbase.catalog.actions.noting import note_import
from playerbase.catalog.model import ImportReport
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Invalid
from playerbase.kit.http import Answer, Caller, Request, get, post, staff


class FileNotText(Invalid):
    """The file is not UTF-8."""

    status = 400


@get("/admin/catalog/export", policy=staff("catalog.read"), limit="console")
async def export_catalog(
    db: Db,
    format: Format = "json",  # noqa: A002 - the client's word
) -> Answer:
    """The whole catalog as a file, as an import takes it: items and categories with the versions they are at."""
    headers = [
        (b"content-disposition", f'attachment; filename="catalog.{format}"'.encode()), (b"cache-control", b"no-store"),
    ]  # fmt: skip
    return Answer(await export(db, format), media=MEDIA[format], headers=headers)


@post("/admin/catalog/import", policy=staff("catalog.write"), limit="console")
async def import_catalog(
    tx: Tx,
    request: Request,
    caller: Caller,
    format: Format = "json",  # noqa: A002 - the client's word
    dry_run: bool = True,  # noqa: FBT001, FBT002 - a parameter of the query
) -> ImportReport:
    """Make the catalog what the file in the body says, for what it names; what it does not name stays.

    Without ``dry_run=false`` nothing is done, and the report says what would be. Every fault is named with its line,
    and with one fault nothing is done. The same file again changes nothing.
    """
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        raise FileNotText from None
    report = await bring_in(tx, text, format, caller.subject, is_dry=dry_run)
    await note_import(tx, request, report)
    return report
