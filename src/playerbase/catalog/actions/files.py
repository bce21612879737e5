"""A catalog as a file: out whole, and in all or not at all."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from playerbase.catalog import rules, store
from playerbase.catalog.actions.editing import Judged, Wanted, begin, judge, write
from playerbase.catalog.actions.shelves import Shelf, shelf
from playerbase.catalog.model import (
    FileCategory,
    FileItem,
    ImportFaulty,
    ImportReport,
    LineFault,
    NewCategory,
    NewItem,
    Row,
    RowChange,
)
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import faults

Format = Literal["csv", "json"]
MEDIA: dict[str, bytes] = {"csv": b"text/csv; charset=utf-8", "json": b"application/json"}
SHAPES: dict[str, type[FileItem] | type[FileCategory]] = {"item": FileItem, "category": FileCategory}
FAULTS_SHOWN_MAX = 500  # A file of garbage need not be answered with a longer one.


class Sound(msgspec.Struct, frozen=True):
    """A row that reads as what it says it is."""

    row: Row
    thing: FileItem | FileCategory


async def export(db: Db, form: Format) -> bytes:
    """The whole catalog as a file that ``bring_in`` takes."""
    present = await shelf(db)
    categories = [
        FileCategory(code=each.code, name=each.name, parent=each.parent, position=each.position, version=each.version)
        for each in present.categories
    ]
    items = [_file_item(rules.draft_of(item), item.version) for item in present.items]
    return rules.as_csv(categories, items) if form == "csv" else rules.as_json(categories, items)


async def bring_in(tx: Tx, text: str, form: Format, by: str, *, is_dry: bool) -> ImportReport:
    """Make the catalog what a file says, for what the file names; what it does not name stays.

    All in one transaction, or nothing: raises ImportFaulty with every fault and its line. The same file again changes
    nothing. A dry run does all of this but writing.
    """
    rows, told = rules.read_csv(text) if form == "csv" else rules.read_json(text)
    settings = await store.settings(tx)
    if len(rows) > settings.import_rows_max:
        refused = f"A file has at most {settings.import_rows_max} rows; this one has {len(rows)}"
        raise _faulty([LineFault(rows[settings.import_rows_max].line, "file", "too_many", refused)])
    sound, unsound = _sound(rows)
    told += unsound
    settings, present = await begin(tx)
    items = [each for each in sound if isinstance(each.thing, FileItem)]
    shelves = [each for each in sound if isinstance(each.thing, FileCategory)]
    wanted = Wanted(
        items=[_item(each.thing) for each in items if isinstance(each.thing, FileItem)],
        categories=[_category(each.thing) for each in shelves],
    )
    judged = await judge(tx, present, wanted)
    broken = {str(row.given.get("code")) for row in rows} - {each.thing.code for each in sound}
    told += _judged_faults(shelves, judged.categories, broken) + _judged_faults(items, judged.items, broken)
    told += _overtaken(present, shelves, judged.category_changes) + _overtaken(present, items, judged.item_changes)
    if told:
        raise _faulty(told)
    report = _report(present, rows, items, shelves, judged, is_applied=not is_dry)
    if not is_dry and (report.created or report.changed):
        only = Wanted(
            items=[each for each, fields in zip(wanted.items, judged.item_changes, strict=True) if fields],
            categories=[
                each for each, fields in zip(wanted.categories, judged.category_changes, strict=True) if fields
            ],
        )
        await write(tx, settings, present, only, by)
    return report


def _sound(rows: Sequence[Row]) -> tuple[list[Sound], list[LineFault]]:
    """Those rows that read as what they say they are, each code once, and the faults of all others."""
    sound: list[Sound] = []
    told: list[LineFault] = []
    first: dict[tuple[str, Any], int] = {}
    for row in rows:
        shape = SHAPES.get(row.record)
        if shape is None:
            told.append(LineFault(row.line, "record", "unknown", "A row is an item or a category"))
            continue
        thing, faulty = _read(row, shape)
        found = [LineFault(row.line, each["field"], each["code"], each["message"]) for each in faulty]
        name = (row.record, str(row.given.get("code")))
        if name in first:
            found.append(
                LineFault(row.line, "code", "duplicate", f"This {row.record} stands in line {first[name]} already")
            )
        first.setdefault(name, row.line)
        told += found
        if thing is not None and not found:
            sound.append(Sound(row, thing))
    return sound, told


def _read(
    row: Row, shape: type[FileItem] | type[FileCategory]
) -> tuple[FileItem | FileCategory | None, list[dict[str, str]]]:
    """What a row says, or every fault of it; only a faulty one is looked through field by field."""
    if rules.unwritable(row.given):
        said = "This holds a zero character, or half of a surrogate pair"
        return None, [{"field": "row", "code": "invalid", "message": said}]
    try:
        return msgspec.convert(row.given, shape), []
    except msgspec.ValidationError as fault:
        found = list(faults.faults(row.given, shape))
        return None, found or [{"field": "row", "code": "invalid", "message": str(fault).split(" - at `")[0]}]


def _judged_faults(
    sound: Sequence[Sound], problems: Sequence[Sequence[rules.Problem]], broken: set[str]
) -> list[LineFault]:
    """What the catalog has against each row; that a faulty row is not there to be named is that row's fault alone."""
    return [
        LineFault(each.row.line, problem.field, problem.code, problem.message)
        for each, found in zip(sound, problems, strict=True)
        for problem in found
        if problem.code != "unknown" or problem.message.rpartition(" ")[2] not in broken
    ]


def _overtaken(present: Shelf, sound: Sequence[Sound], changes: Sequence[Sequence[str]]) -> list[LineFault]:
    """Rows that would undo what somebody else has changed since the file was written."""
    now = {("item", item.code): item.version for item in present.items}
    now |= {("category", each.code): each.version for each in present.categories}
    return [
        LineFault(each.row.line, "version", "version_conflict", f"This was changed meanwhile: it is at version {at}")
        for each, fields in zip(sound, changes, strict=True)
        if fields and each.thing.version is not None
        and (at := now.get((each.row.record, each.thing.code), each.thing.version)) != each.thing.version
    ]  # fmt: skip


def _report(
    present: Shelf, rows: Sequence[Row], items: Sequence[Sound], shelves: Sequence[Sound], judged: Judged, *,
    is_applied: bool,
) -> ImportReport:  # fmt: skip
    known = {("item", code) for code in present.by_code} | {("category", each.code) for each in present.categories}
    both = [*zip(shelves, judged.category_changes, strict=True), *zip(items, judged.item_changes, strict=True)]
    moves = [RowChange(each.row.line, each.row.record, each.thing.code, fields) for each, fields in both if fields]
    created = [each for each in moves if (each.record, each.code) not in known]
    changed = [each for each in moves if (each.record, each.code) in known]
    return ImportReport(is_applied, len(rows), created, changed, len(both) - len(moves))


def _faulty(told: list[LineFault]) -> ImportFaulty:
    ordered = sorted(told, key=lambda each: (each.line, each.field))
    return ImportFaulty(errors=[msgspec.structs.asdict(each) for each in ordered[:FAULTS_SHOWN_MAX]])


def _item(thing: FileItem) -> NewItem:
    return rules.content(thing, thing.code)


def _category(thing: FileItem | FileCategory) -> NewCategory:
    assert isinstance(thing, FileCategory)
    return NewCategory(code=thing.code, name=thing.name, parent=thing.parent, position=thing.position)


def _file_item(draft: NewItem, version: int) -> FileItem:
    return FileItem(**msgspec.structs.asdict(draft), version=version)
