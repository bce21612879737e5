"""What editing the catalog leaves in the audit."""

import msgspec

from playerbase import audit
from playerbase.catalog import rules
from playerbase.catalog.model import Category, ImportReport, Item
from playerbase.kit.db import Tx
from playerbase.kit.http import Request


async def note_item(tx: Tx, request: Request, was: Item | None, now: Item, reason: str = "") -> None:
    """An item was made, or changed: the fields that are others, before and after."""
    before = {} if was is None else msgspec.to_builtins(rules.draft_of(was))
    after = msgspec.to_builtins(rules.draft_of(now))
    changed = [name for name in after if was is None or before[name] != after[name]]
    if changed:
        deed = audit.deed(
            request, "item_created" if was is None else "item_changed", "item", now.code,
            before=None if was is None else {name: before[name] for name in changed},
            after={name: after[name] for name in changed}, reason=reason,
        )  # fmt: skip
        await audit.record(tx, deed)


async def note_category(tx: Tx, request: Request, was: Category | None, now: Category) -> None:
    """A category was made, or changed."""
    if was is not None and was.version == now.version:
        return
    deed = audit.deed(
        request, "category_created" if was is None else "category_changed", "category", now.code,
        before=None if was is None else msgspec.to_builtins(was), after=msgspec.to_builtins(now),
    )  # fmt: skip
    await audit.record(tx, deed)


async def note_import(tx: Tx, request: Request, report: ImportReport) -> None:
    """A file was brought in and did something: what it made and changed, by code."""
    if not report.is_applied or not (report.created or report.changed):
        return
    after = {
        "created": [each.code for each in report.created], "changed": [each.code for each in report.changed],
    }  # fmt: skip
    await audit.record(tx, audit.deed(request, "catalog_imported", "catalog", "", after=after))
