"""What staff decides about a module: each setting with its bounds, what it is as shipped, and why."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http.message import Request


class SettingGroup(msgspec.Struct, frozen=True):
    """The settings of one module, for the page that lists all of them.

    ``holds`` is a struct of numbers, switches and choices, each with a default, a title and a description that says
    why it is what it is. ``write`` decides all of them at once and notes it in the audit, with the reason given.
    """

    code: str
    title: str
    holds: type[msgspec.Struct]
    read: Callable[[Db], Awaitable[msgspec.Struct]]
    write: Callable[[Tx, Request, Any, str], Awaitable[object]]
    may_read: str
    may_write: str


class Setting(msgspec.Struct, frozen=True):
    """One of them: a number between two bounds, or one of some words (a switch is ``on`` or ``off``)."""

    name: str
    title: str
    why: str
    shipped: str  # In words, as one would type it.
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()


class SettingInvalid(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, said: str) -> None:
        super().__init__("value", "invalid", said)
        self.said = said


def settings_of(holds: type[msgspec.Struct]) -> list[Setting]:
    """Each setting of a struct; a field without title, description, default or bounds is a mistake of its module."""
    shape = msgspec.inspect.type_info(holds)
    assert isinstance(shape, msgspec.inspect.StructType)
    return [_setting(field) for field in shape.fields]


def with_setting(held: msgspec.Struct, name: str, text: str) -> msgspec.Struct:
    """The same settings with one of them as it was typed; raises SettingInvalid, and KeyError for one there is not."""
    setting = {each.name: each for each in settings_of(type(held))}[name]
    text = text.strip()
    if setting.words:
        if text not in setting.words:
            raise SettingInvalid(f"One of: {', '.join(setting.words)}")
        value: object = text == "on" if isinstance(getattr(held, name), bool) else text
    else:
        value = _number(setting, text, is_whole=isinstance(getattr(held, name), int))
    return msgspec.convert({**msgspec.to_builtins(held), name: value}, type(held))


def worded(value: object) -> str:
    """A value as one would type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _number(setting: Setting, text: str, *, is_whole: bool) -> float:
    assert setting.least is not None
    assert setting.most is not None
    plain = text.removeprefix("-")
    is_sound = text.isascii() and len(text) <= len(str(2**63))
    is_sound = is_sound and (plain if is_whole else plain.replace(".", "", 1)).isdecimal()
    if not (is_sound and setting.least <= float(text) <= setting.most):
        kind = "A whole number" if is_whole else "A number"
        raise SettingInvalid(f"{kind} from {setting.least:,} to {setting.most:,}".replace(",", "\u202f"))
    return int(text) if is_whole else float(text)


def _setting(field: msgspec.inspect.Field) -> Setting:
    kind = field.type
    assert isinstance(kind, msgspec.inspect.Metadata), f"{field.name} says neither what it is nor why"
    told = kind.extra_json_schema or {}
    said = {"name": field.name, "title": told["title"], "why": told["description"], "shipped": worded(field.default)}
    match kind.type:
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType() as number:
            assert number.ge is not None, f"{field.name} has no lower bound"
            assert number.le is not None, f"{field.name} has no upper bound"
            return Setting(**said, least=number.ge, most=number.le)
        case msgspec.inspect.BoolType():
            return Setting(**said, words=("on", "off"))
        case msgspec.inspect.EnumType(cls=words):
            return Setting(**said, words=tuple(str(word.value) for word in words))
        case other:
            raise AssertionError(f"{field.name} is neither a number nor a choice: {other}")
