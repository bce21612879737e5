"""Home: who somebody is here, and how they stand."""

from datetime import timedelta
from uuid import UUID

from playerbase import games, identity, ledger, profiles, seasons
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, get
from playerbase.ledger import Postings, Wallets
from playerbase.portal.pages.naming import names
from playerbase.portal.pages.telling import lately

LINES = 3
GAMES_MAX = 5
MINUTES_OF_HOUR, MINUTES_OF_DAY = 60, 1_440


@get("/portal", policy=PLAYER, limit="console", page=True)
async def read_home(
    pool: Pool, request: Request, site: Site, caller: Caller, rendering: Rendering, wallets: Wallets, postings: Postings
) -> Answer:
    """One player's own front page."""
    assert caller.player_id is not None
    # Before a connection is taken: it needs one of its own.
    holdings = (await ledger.wallet_of(wallets, postings.known, caller.player_id)).items
    async with reading(pool) as db:
        return await _shown(db, request, site, caller.player_id, rendering, holdings)


async def _shown(
    db: Db, request: Request, site: Site, player_id: UUID, rendering: Rendering, holdings: list[ledger.Holding]
) -> Answer:
    profile = (await profiles.Profiles(site.pool).fetch(db, [player_id])).get(player_id)
    tiles = [tile for page in site.pages if page.about is not None for tile in await page.about(db, player_id)]
    lines, _ = await lately(db, player_id, None, LINES, names(request))
    held = [each for each in holdings if each.available or each.held or each.debt or each.total_earned]
    return rendering.page(
        request, "portal/home.html", profile=profile, tiles=tiles, lines=lines, holdings=held,
        assets=await ledger.assets(db), ways=await identity.ways(db, player_id), seasons=await _seasons(db),
    )  # fmt: skip


async def _seasons(db: Db) -> list[tuple[str, seasons.Season, str]]:
    """The season of each game that runs: whose it is, and how long it still lasts."""
    names = {each.slug: each.name for each in await games.games(db) if each.status == "active"}
    running = [each.current for each in (await seasons.calendars(db, list(names)[:GAMES_MAX])).values()]
    return [(names[each.game], each, _left(each.ends_at - clock.now())) for each in running if each is not None]


def _left(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "ending now"
    if minutes < MINUTES_OF_DAY:
        return f"{minutes // 60} h {minutes % 60:02} min left" if minutes >= MINUTES_OF_HOUR else f"{minutes} min left"
    days = minutes // MINUTES_OF_DAY
    return "1 day left" if days == 1 else f"{days} days left"
