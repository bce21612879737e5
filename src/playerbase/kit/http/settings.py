"""What staff decides about a module: each setting with its bounds, what it is as shipped, and why."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http.message import Request


class SettingGroup(msgspec.Struct, frozen=True):
    """The settings of one module, for the page that lists all of them.

    ``holds`` is a struct of numbers and switches, each with a default, a title and a description that says why it is
    what it is. ``write`` decides all of them at once and notes it in the audit, with the reason given.
    """

    code: str
    title: str
    holds: type[msgspec.Struct]
    read: Callable[[Db], Awaitable[msgspec.Struct]]
    write: Callable[[Tx, Request, Any, str], Awaitable[object]]
    may_read: str
    may_write: str


class Setting(msgspec.Struct, frozen=True):
    """One of them; ``least`` and ``most`` are None for a switch."""

    name: str
    title: str
    why: str
    shipped: int | bool
    least: int | None = None
    most: int | None = None

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off, and no number."""
        return isinstance(self.shipped, bool)


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
    if setting.is_switch:
        if text not in {"on", "off"}:
            raise SettingInvalid("It is on or off")
        return msgspec.structs.replace(held, **{name: text == "on"})
    assert setting.least is not None
    assert setting.most is not None
    text = text.strip()
    is_whole = text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= len(str(2**63))
    if not (is_whole and setting.least <= int(text) <= setting.most):
        raise SettingInvalid(f"A whole number from {setting.least:,} to {setting.most:,}".replace(",", "\u202f"))
    return msgspec.structs.replace(held, **{name: int(text)})


def _setting(field: msgspec.inspect.Field) -> Setting:
    kind = field.type
    assert isinstance(kind, msgspec.inspect.Metadata), f"{field.name} says neither what it is nor why"
    told = kind.extra_json_schema or {}
    bounds: dict[str, int | None] = {}
    if isinstance(kind.type, msgspec.inspect.IntType):
        assert kind.type.ge is not None, f"{field.name} has no lower bound"
        assert kind.type.le is not None, f"{field.name} has no upper bound"
        bounds = {"least": kind.type.ge, "most": kind.type.le}
    return Setting(field.name, told["title"], told["description"], field.default, **bounds)
