"""The pages of statistics: one player's, for staff and for themselves."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import games, profiles
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Line, Page, Panel, Rendering, Request, SettingGroup, get, staff
from playerbase.statistics import actions, rules
from playerbase.statistics.model import StatisticsSettings
from playerbase.statistics.pages.sheet import GAMES_SHOWN_MAX, sheet

READ = staff("matches.read")
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]


@get("/console/players/{player_id}/statistics", policy=READ, limit="console", page=True)
async def read_statistics_page(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, game: Slug | None = None
) -> Answer:
    """All that is counted of a player in a game, and where their rating has been going."""
    name = await profiles.name_seen(db, player_id, sees_private=True)
    known = await games.games(db)
    chosen = game or (known[0].slug if known else "demo")
    return rendering.page(
        request, "statistics/player.html", player_id=player_id, name=name, games=known, game=chosen,
        **await sheet(db, player_id, chosen),
    )  # fmt: skip


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """What a player did in each game they played."""
    lines = []
    for game in (await games.games(db))[:GAMES_SHOWN_MAX]:
        found = await actions.lifetime(db, player_id, game.slug)
        if found.played:
            path = f"/console/players/{player_id}/statistics?game={game.slug}"
            detail = f"{found.won} won, {found.drawn} drawn, {found.lost} lost; {found.bests.best_win_streak} in a row"
            lines.append(Line(game.name, f"{found.played:,}".replace(",", "\u202f"), detail, path))
    return [
        Panel("Statistics", lines, "No match of theirs was counted.", f"/console/players/{player_id}/statistics", "All")
    ]


async def undoes(db: Db, match_id: UUID) -> list[str]:
    """What the statistics of a match's players would be without it."""
    found = await actions.counted(db, match_id)
    names = await profiles.names(db, [each.player_id for each in found])
    return [
        f"{names.get(each.player_id, 'Somebody')} has one match less that was {rules.result_of(each.result)}, and what "
        "was done in it: for life, in its season, week and day. Bests are found again among the others."
        for each in found
    ]


SETTINGS = SettingGroup(
    "statistics", "Statistics", StatisticsSettings, actions.settings, actions.decide, "operations.read",
    "operations.write",
)  # fmt: skip
PAGE = Page(settings=(SETTINGS,), panels=panels, undoes=undoes)
