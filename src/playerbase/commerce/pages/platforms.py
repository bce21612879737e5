"""The pages of platforms: how far each feed was read and what it met."""

from typing import Final

from playerbase.commerce import actions
from playerbase.commerce.actions import overview
from playerbase.commerce.pages.showing import PLATFORMS as HERE
from playerbase.commerce.pages.showing import READ, page
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, get

FEEDS: Final = {
    actions.STEAM_REPORT: ("Report of Steam", "What Steam sold and gave back"),
    actions.EPIC_CLAWBACKS: ("Clawbacks of Epic", "What Epic took back"),
    actions.GOOGLE_VOIDED: ("Voided purchases of Google", "What Google gave back"),
}


@get(HERE, policy=READ, limit="console", page=True)
async def read_platforms(db: Db, request: Request, rendering: Rendering) -> Answer:
    """How far what platforms say was read."""
    return await page(
        db, request, rendering, "platforms.html", feeds=await overview.all_feeds(db), titles=FEEDS,
        held=await actions.settings(db), now_=clock.now(),
    )  # fmt: skip
