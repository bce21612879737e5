"""A catalog as text: JSON and CSV, read row by row with the line each begins in, and written so that it reads back."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from playerbase.catalog.model import FileCategory, FileItem, LineFault, Row
from playerbase.catalog.rules.cells import CELLS, COLUMNS, nested, plain, safe, written

RECORDS = {"categories": "category", "items": "item"}

_SPACE = re.compile(r"[ \t\r\n]*")
Read = tuple[list[Row], list[LineFault]]


class _Misplaced(Exception):
    """The text is no catalog from this character on."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at


def read_json(text: str) -> Read:
    """The rows of ``{"categories": […], "items": […]}``; if it is not that, one fault where it ceases to be."""
    try:
        return [Row(_line(text, at), record, given) for at, record, given in _walk(text)], []
    except _Misplaced as fault:
        return [], [LineFault(_line(text, fault.at), "file", "invalid", str(fault))]
    except json.JSONDecodeError as fault:
        return [], [LineFault(fault.lineno, "file", "invalid", f"This is not valid JSON: {fault.msg}")]
    except (ValueError, RecursionError):
        return [], [LineFault(1, "file", "invalid", "This is not valid JSON: a number or a nesting without end")]


def read_csv(text: str) -> Read:
    """The rows of a table whose first line names its columns; ``record`` says what each row is."""
    rows: list[Row] = []
    faults: list[LineFault] = []
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        head = next(reader, [])
        faults = _head_faults(head)
        if faults:
            return [], faults
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(head):
                    told = f"This row has {len(cells)} cells, and the head names {len(head)} columns"
                    faults.append(LineFault(line, "file", "invalid", told))
                else:
                    rows.append(_row(line, dict(zip(head, map(plain, cells), strict=True))))
            line = reader.line_num + 1
    except csv.Error as fault:
        return [], [LineFault(max(reader.line_num, 1), "file", "invalid", f"This is not valid CSV: {fault}")]
    return rows, faults


def as_json(categories: Iterable[FileCategory], items: Iterable[FileItem]) -> bytes:
    """The catalog as JSON, one row a line, so that a fault's line is the row's."""
    shelves = b",\n".join(map(msgspec.json.encode, categories))
    goods = b",\n".join(map(msgspec.json.encode, items))
    return b'{"categories": [\n' + shelves + b'\n], "items": [\n' + goods + b"\n]}\n"


def as_csv(categories: Iterable[FileCategory], items: Iterable[FileItem]) -> bytes:
    """The catalog as a table; no spreadsheet runs what stands in its cells."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record, things in (("category", categories), ("item", items)):
        for thing in things:
            given = {"record": record, **written(thing)}
            writer.writerow([safe(given.get(name, "")) for name in COLUMNS])
    return out.getvalue().encode()


def unwritable(value: Any) -> bool:
    """Whether there is text in this that no database takes: a zero character, or half of a surrogate pair."""
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return any(unwritable(name) or unwritable(item) for name, item in value.items())
    return isinstance(value, list) and any(map(unwritable, value))


def _row(line: int, cells: dict[str, str]) -> Row:
    record = cells.pop("record").strip()
    return Row(line, record, nested({name: CELLS[name](cell) for name, cell in cells.items() if cell}))


def _head_faults(head: list[str]) -> list[LineFault]:
    told = [
        LineFault(1, name[:100] or "file", "unknown", "There is no such column") for name in head if name not in COLUMNS
    ]
    if len(set(head)) < len(head):
        told.append(LineFault(1, "file", "duplicate", "A column is named twice"))
    told += [
        LineFault(1, name, "missing", "This column is required") for name in ("record", "code") if name not in head
    ]
    return told


def _walk(text: str) -> Iterable[tuple[int, str, dict[str, Any]]]:
    """Each row with where it begins; the outer object and its lists are walked by hand, so that places are known."""
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
    at = _expect(text, 0, "{")
    seen: set[str] = set()
    while not _is_at(text, at, "}") or seen:
        at = _skip(text, at)
        start = at
        name, at = decoder.raw_decode(text, at)
        if not isinstance(name, str) or name not in RECORDS or name in seen:
            raise _Misplaced(start, 'Expected "categories" or "items", each once')
        seen.add(name)
        at = _expect(text, _expect(text, at, ":"), "[")
        while not _is_at(text, at, "]"):
            at = _skip(text, at)
            given, end = decoder.raw_decode(text, at)
            if not isinstance(given, dict):
                raise _Misplaced(at, "Expected an object")
            yield at, RECORDS[name], given
            at = end
            if not _is_at(text, at, "]"):
                at = _expect(text, at, ",")
                if _is_at(text, at, "]"):
                    raise _Misplaced(_skip(text, at), "Expected an object")
        at = _expect(text, at, "]")
        if _is_at(text, at, "}"):
            break
        at = _expect(text, at, ",")
    at = _skip(text, _expect(text, at, "}"))
    if at != len(text):
        raise _Misplaced(at, "Expected the end")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _is_at(text: str, at: int, sign: str) -> bool:
    return text.startswith(sign, _skip(text, at))


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise _Misplaced(at, f"Expected {sign}")
    return at + 1


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        # The second of two equal names becomes one that no row has, so that it is named with the row's other faults.
        tree[f"{name} (given twice)" if name in tree else name] = value
    return tree
