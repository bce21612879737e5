"""A list of tiers as a file: CSV with a line for each tier, or JSON; what is wrong is told with its line.

Rewards are written as ``item:ember_blade*2; asset:coins*500; title:Champion``.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from playerbase.battlepass.model import TIERS_MAX, Part, Tier, Track

Format = Literal["csv", "json"]
COLUMNS = ("tier", "xp", "free", "premium")
FAULTS_MAX = 200  # A file of garbage need not be answered with a longer one.


class LineFault(msgspec.Struct, frozen=True):
    """What is wrong in a line of a file."""

    line: int
    field: str
    code: str
    message: str


def as_csv(tiers: Sequence[Tier]) -> str:
    """The list, a line for each tier."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(COLUMNS)
    for each in tiers:
        write.writerow([each.tier, each.xp, as_words(each.free), as_words(each.premium)])
    return out.getvalue()


def as_json(tiers: Sequence[Tier]) -> str:
    """The list, a line for each tier, so that a fault can be told by its line."""
    lines = ",\n".join(f"  {msgspec.json.encode(each).decode()}" for each in tiers)
    return f"[\n{lines}\n]\n"


def as_words(parts: Sequence[Part]) -> str:
    """A reward as it is written in a file and typed into a form."""
    return "; ".join(_word(part) for part in parts)


def read(text: str, form: Format) -> tuple[list[Tier], list[int], list[LineFault]]:
    """The tiers of a file, the line of each, and what of it does not read as tiers."""
    return _read_csv(text) if form == "csv" else _read_json(text)


def parts_of(text: str) -> list[Part]:
    """A reward from its words; raises ValueError that says what is wrong with it."""
    found = []
    for word in filter(None, (each.strip() for each in text.split(";"))):
        kind, colon, named = word.partition(":")
        if not colon or kind.strip() not in {"item", "asset", "title"}:
            raise ValueError(f"{word!r} is not item:, asset: or title: with a name")
        name, star, count = named.rpartition("*") if kind.strip() != "title" else (named, "", "")
        if not star:
            name, count = named, "1"
        if not count.strip().isascii() or not count.strip().isdecimal():
            raise ValueError(f"{count.strip()!r} is not a number of {name.strip()}")
        try:
            of = "amount" if kind.strip() == "asset" else "quantity"
            found.append(msgspec.convert({kind.strip(): name.strip(), of: int(count)}, Part))
        except (msgspec.ValidationError, ValueError):
            raise ValueError(f"{word!r} does not name a reward") from None
    return found


def _word(part: Part) -> str:
    kind, name = part.kind
    return f"{kind}:{name}" if part.count == 1 else f"{kind}:{name}*{part.count}"


def _read_csv(text: str) -> tuple[list[Tier], list[int], list[LineFault]]:
    tiers: list[Tier] = []
    lines: list[int] = []
    faults: list[LineFault] = []
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        head = [each.strip().lower() for each in next(rows, [])]
        if head != list(COLUMNS):
            return [], [], [LineFault(1, "file", "columns", f"The first line names the columns: {','.join(COLUMNS)}")]
        for row in rows:
            line = rows.line_num
            if not any(each.strip() for each in row):
                continue
            if len(row) != len(COLUMNS):
                faults.append(LineFault(line, "file", "columns", f"{len(row)} columns, and there are {len(COLUMNS)}"))
                continue
            given: dict[str, Any] = {}
            for name, value in zip(COLUMNS, row, strict=True):
                try:
                    given[name] = _number(value) if name in {"tier", "xp"} else parts_of(value)
                except ValueError as wrong:
                    faults.append(LineFault(line, name, "invalid", str(wrong)))
            if len(given) == len(COLUMNS):
                _take(given, line, tiers, lines, faults)
            if len(tiers) > TIERS_MAX + 1 or len(faults) >= FAULTS_MAX:
                break
    except csv.Error as wrong:
        faults.append(LineFault(rows.line_num or 1, "file", "unreadable", f"This is not CSV: {wrong}"))
    return tiers, lines, faults


def _read_json(text: str) -> tuple[list[Tier], list[int], list[LineFault]]:
    """One tier after the other, so that each is known with the line it begins in."""
    tiers: list[Tier] = []
    lines: list[int] = []
    faults: list[LineFault] = []
    decoder, at = json.JSONDecoder(), _past(text, 0)
    if text[at : at + 1] != "[":
        return [], [], [LineFault(1, "file", "unreadable", "This is not a list of tiers")]
    at = _past(text, at + 1)
    while text[at : at + 1] not in {"]", ""}:
        line = text.count("\n", 0, at) + 1
        try:
            given, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            faults.append(LineFault(line, "file", "unreadable", "This is not JSON from here on"))
            return tiers, lines, faults
        _take(given, line, tiers, lines, faults)
        if len(tiers) > TIERS_MAX + 1 or len(faults) >= FAULTS_MAX:
            return tiers, lines, faults
        at = _past(text, at)
        if text[at : at + 1] == ",":
            at = _past(text, at + 1)
        elif text[at : at + 1] != "]":
            break
    if text[at : at + 1] != "]" or text[at + 1 :].strip():
        faults.append(LineFault(text.count("\n", 0, at) + 1, "file", "unreadable", "The list does not end here"))
    return tiers, lines, faults


def _take(given: Any, line: int, tiers: list[Tier], lines: list[int], faults: list[LineFault]) -> None:
    try:
        tier = msgspec.convert(given, Tier)
    except msgspec.ValidationError as wrong:
        what, _, where = str(wrong).partition(" - at `$")
        field = where.strip("`.[]").split(".")[0].split("[")[0] or "tier"
        faults.append(LineFault(line, field if field in {"tier", "xp", *Track} else "tier", "invalid", what))
    else:
        tiers.append(tier)
        lines.append(line)


def _number(text: str) -> int:
    plain = text.strip()
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 10:  # noqa: PLR2004 - digits of the most there is
        raise ValueError(f"{plain[:20]!r} is not a whole number from 0 on")
    return int(plain)


def _past(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\ufeff":
        at += 1
    return at
