"""What rewards add to the console: what was given, to whom and for what; and the page where players see it."""

from datetime import datetime
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Need, Page, Panel, Place
from playerbase.rewards import actions
from playerbase.rewards.model import Given
from playerbase.rewards.pages import listing, mine, one
from playerbase.rewards.pages.listing import HERE

PANEL_LINES = 5
HANDLERS = (listing, one, mine)


async def needs(db: Db) -> list[Need]:
    """Gifts of which the ledger did not take what it counts."""
    count = await actions.count_withheld(db)
    if not count:
        return []
    (latest,) = await actions.withheld(db, count=1)
    title = "A reward is not paid whole" if count == 1 else f"{count} rewards are not paid whole"
    why = f"The ledger refused ({latest.withheld.replace('_', ' ')}). Things were given; amounts wait for you."
    return [Need(28, "coin", title, why, "soon", f"{latest.given_at:%d %b}", "Look", f"{HERE}?withheld=yes", count)]


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """What a player was given last."""
    found = await actions.gifts(db, player_id=player_id, count=PANEL_LINES)
    lines = [await _line(db, each) for each in found]
    return [Panel("Rewards", lines, "They have won nothing yet.", f"{HERE}?player_id={player_id}", "All of them")]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What a player was given, latest first."""
    return [
        Happening(
            each.given_at, "star", "Things", f"Won {', '.join(await actions.shown(db, each.parts))}",
            f"{each.source.replace('_', ' ')}{', taken back since' if each.taken_at else ''}", tone="good",
            path=f"{HERE}/{each.gift_id}",
        )
        for each in await actions.gifts_before(db, player_id, before, count)
    ]  # fmt: skip


async def _line(db: Db, each: Given) -> Line:
    tone, state = ("bad", "taken back") if each.taken_at else ("warn", "withheld") if each.withheld else ("", "")
    words = ", ".join(await actions.shown(db, each.parts)) or "Nothing"
    detail = f"{each.source.replace('_', ' ')}, {each.given_at:%d %b %Y}"
    return Line(words[0].upper() + words[1:], "", detail, f"{HERE}/{each.gift_id}", tone, state)


PAGE = Page(
    places=(Place("Rewards", HERE, "star", "Economy", "inventory.read"),), needs=needs, panels=panels,
    timeline=timeline,
)  # fmt: skip
