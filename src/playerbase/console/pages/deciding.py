"""Settings: what staff decides about every module, with the bounds and the reason of each."""

from typing import Annotated

import msgspec

from playerbase.console.model import Reason
from playerbase.console.pages.now import must_be_staff
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import NotFound
from playerbase.kit.http import (
    PLAYER,
    Answer,
    Caller,
    NotAllowed,
    Rendering,
    Request,
    Setting,
    SettingGroup,
    SettingInvalid,
    Site,
    get,
    post,
    redirect,
    settings_of,
    with_setting,
    worded,
)

HERE = "/console/settings"
CHANGED = "Changed. It holds from now on."
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,63}$")]


class NoSuchSetting(NotFound):
    """There is no such setting, or it is not yours to see."""


class Decision(msgspec.Struct, frozen=True):
    """Another value, and why."""

    value: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Reason


class Shown(msgspec.Struct, frozen=True):
    """A group with what holds now."""

    group: SettingGroup
    settings: list[Setting]
    held: dict[str, str]
    may_write: bool


@get(HERE, policy=PLAYER, limit="console", page=True)
async def list_settings(
    site: Site, db: Db, request: Request, caller: Caller, rendering: Rendering, told: str = ""
) -> Answer:
    """Everything this person may see: what it is, what it was as shipped, and why."""
    must_be_staff(caller)
    shown = [await _shown(db, caller, group) for group in groups(site, caller)]
    return rendering.page(request, "console/settings.html", groups=shown, told=CHANGED if told else "")


@get(f"{HERE}/{{group}}/{{name}}", policy=PLAYER, limit="console", page=True)
async def ask_setting(
    site: Site, db: Db, request: Request, caller: Caller, rendering: Rendering, group: Name, name: Name
) -> Answer:
    """The question before one is changed."""
    must_be_staff(caller)
    found, setting = _found(site, caller, group, name)
    return _asked(request, rendering, found, setting, worded(getattr(await found.read(db), name)))


@post(f"{HERE}/{{group}}/{{name}}", policy=PLAYER, limit="console", page=True)
async def set_setting(
    site: Site, tx: Tx, request: Request, caller: Caller, rendering: Rendering, group: Name, name: Name, form: Decision
) -> Answer:
    """Decide one; the others stay as they are."""
    must_be_staff(caller)
    found, setting = _found(site, caller, group, name)
    if found.may_write not in caller.permissions:
        raise NotAllowed(required=[found.may_write])
    held = await found.read(tx)
    try:
        wanted = with_setting(held, name, form.value)
    except SettingInvalid as wrong:
        return _asked(request, rendering, found, setting, form.value, fault=wrong.said, status=422)
    if wanted != held:
        await found.write(tx, request, wanted, form.reason.strip())
    return redirect(f"{HERE}?told=changed#{group}")


def groups(site: Site, caller: Caller) -> list[SettingGroup]:
    """Those this person may read, by title."""
    found = [group for page in site.pages for group in page.settings if group.may_read in caller.permissions]
    return sorted(found, key=lambda group: group.title)


async def _shown(db: Db, caller: Caller, group: SettingGroup) -> Shown:
    settings, held = settings_of(group.holds), await group.read(db)
    words = {each.name: worded(getattr(held, each.name)) for each in settings}
    return Shown(group, settings, words, group.may_write in caller.permissions)


def _found(site: Site, caller: Caller, code: str, name: str) -> tuple[SettingGroup, Setting]:
    for group in groups(site, caller):
        for setting in settings_of(group.holds):
            if (group.code, setting.name) == (code, name):
                return group, setting
    raise NoSuchSetting


def _asked(
    request: Request, rendering: Rendering, group: SettingGroup, setting: Setting, value: str, *, fault: str = "",
    status: int = 200,
) -> Answer:  # fmt: skip
    return rendering.page(
        request, "console/setting_ask.html", status=status, group=group, setting=setting, value=value, fault=fault
    )
