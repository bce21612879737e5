"""The pages of platforms: how far each feed was read and what it met, and the bounds of purchases."""

from typing import Annotated, Final

import msgspec

from playerbase.commerce import actions
from playerbase.commerce.actions import overview
from playerbase.commerce.model import Settings
from playerbase.commerce.pages.showing import PLATFORMS as HERE
from playerbase.commerce.pages.showing import READ, WRITE, page
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect

FEEDS: Final = {
    actions.STEAM_REPORT: ("Report of Steam", "What Steam sold and gave back"),
    actions.EPIC_CLAWBACKS: ("Clawbacks of Epic", "What Epic took back"),
    actions.GOOGLE_VOIDED: ("Voided purchases of Google", "What Google gave back"),
}
# Of each bound: what it is called, least and most, and why one would change it.
BOUNDS: Final = {
    "abandon_seconds": (
        "Abandoned after, in seconds",
        60,
        604_800,
        "Who has not agreed by then has closed the overlay",
    ),
    "look_seconds": (
        "First looked into after, in seconds",
        5,
        3_600,
        "Each pause is twice the one before, up to an hour",
    ),
    "open_orders_max": ("Open purchases of one player", 1, 100, "Steam lets a buyer decide about one at a time"),
    "feed_seconds": ("A feed is read every, in seconds", 60, 86_400, "Steam takes one report a minute"),
    "feed_overlap_seconds": (
        "And begins earlier by, in seconds",
        0,
        86_400,
        "Platforms write rows later than they say",
    ),
    "notification_hours": ("A notification is heard for, in hours", 1, 720, "What is older is a recording"),
    "exception_hours": (
        "Called an exception after, in hours",
        1,
        720,
        "Reports and workers may be late, and not so late",
    ),
}
CHANGED: Final = "Changed. It holds from the next purchase on."

Number = Annotated[str, msgspec.Meta(max_length=20)]


class Bounds(msgspec.Struct, frozen=True):
    """The bounds as the form sends them; what is wrong is said beside its field."""

    abandon_seconds: Number = ""
    look_seconds: Number = ""
    open_orders_max: Number = ""
    feed_seconds: Number = ""
    feed_overlap_seconds: Number = ""
    notification_hours: Number = ""
    exception_hours: Number = ""
    demand_binding: bool = False


@get(HERE, policy=READ, limit="console", page=True)
async def read_platforms(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """How far what platforms say was read, and the bounds of purchases."""
    held = await actions.settings(db)
    return await page(
        db, request, rendering, "platforms.html", feeds=await overview.all_feeds(db), titles=FEEDS, bounds=BOUNDS,
        held=held, shipped=Settings(), now_=clock.now(), told=CHANGED if told else "",
    )  # fmt: skip


@get(f"{HERE}/bounds", policy=WRITE, limit="console", page=True)
async def ask_bounds(db: Db, request: Request, rendering: Rendering) -> Answer:
    """The form of the bounds."""
    held = msgspec.structs.asdict(await actions.settings(db))
    return await page(
        db, request, rendering, "bounds.html", form=held, bounds=BOUNDS, faults={}, shipped=Settings()
    )  # fmt: skip


@post(f"{HERE}/bounds", policy=WRITE, limit="console", page=True)
async def set_bounds(tx: Tx, request: Request, rendering: Rendering, form: Bounds) -> Answer:
    """Decide them, all or none."""
    typed = msgspec.structs.asdict(form)
    faults = {}
    for name, (_, least, most, _) in BOUNDS.items():
        text = typed[name].strip()
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            faults[name] = f"A whole number from {least:,} to {most:,}".replace(",", "\u202f")
    if faults:
        return await page(
            tx, request, rendering, "bounds.html", status=422, form=typed, bounds=BOUNDS, faults=faults,
            shipped=Settings(),
        )  # fmt: skip
    numbers = {name: int(typed[name]) for name in BOUNDS}
    wanted = msgspec.convert({**numbers, "demand_binding": form.demand_binding}, Settings)
    await actions.set_settings(tx, request, wanted)
    return redirect(f"{HERE}?told=changed")
