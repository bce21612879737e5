"""A catalog as a file, and what importing one says."""

from typing import Any

import msgspec

from playerbase.catalog.model.drafts import NewCategory, NewItem, Version


class FileItem(NewItem, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """An item in a file; with a version, it is changed only if that is still the present one."""

    version: Version | None = None


class FileCategory(NewCategory, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A category in a file; with a version, it is changed only if that is still the present one."""

    version: Version | None = None


class Row(msgspec.Struct, frozen=True):
    """A row of a file as it was read: where it begins, what it says it is, and its fields."""

    line: int
    record: str
    given: dict[str, Any]


class LineFault(msgspec.Struct, frozen=True):
    """What is wrong with a row of a file, by the line it begins in."""

    line: int
    field: str
    code: str
    message: str


class RowChange(msgspec.Struct, frozen=True):
    """What a row of a file makes or changes, and which fields."""

    line: int
    record: str
    code: str
    fields: list[str]


class ImportReport(msgspec.Struct, frozen=True):
    """What importing a file has done, or would do."""

    is_applied: bool
    rows: int
    created: list[RowChange]
    changed: list[RowChange]
    unchanged: int
