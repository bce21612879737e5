"""A battle pass to look at: a season of the demo game with tiers, rewards out of the demo's catalog, and challenges."""

from datetime import timedelta

from playerbase import battlepass, catalog, games, seasons
from playerbase.battlepass import Measure, NewChallenge, NewPass, Part, Period, Tier
from playerbase.kit import clock
from playerbase.kit.db import Tx, open_pool, transaction

BY = "demo"
GAME = "demo"
SEASON_DAYS = 84
STEP, LAST = 1_000, 100
PREMIUM = "harbour_pass"
# By tier: what everybody gets, and what premium gets; what a catalog does not sell is left out.
FREE = {10: "potion", 25: "slow_clap", 50: "gull_banner", 100: "brass_plate"}
PAID = {1: "deep_bow", 20: "frost_lace", 40: "ember_steps", 60: "quiet_snow", 80: "tin_soldier", 100: "harbour_dusk"}
CHALLENGES = (
    ("first_match", "The first match of the day", Measure.MATCHES, 1, Period.DAY, 100, "daily_bonus"),
    ("three_wins", "Win three matches", Measure.WINS, 3, Period.DAY, 250, "season_challenge"),
    ("fifty_kills", "Fifty kills in a week", Measure.KILLS, 50, Period.WEEK, 1_000, "season_challenge"),
    (
        "hundred_matches",
        "A hundred matches in a season",
        Measure.MATCHES,
        100,
        Period.SEASON,
        5_000,
        "season_challenge",
    ),
)


async def passes(database_url: str) -> int:
    """Give the season of the demo game a pass, if it has none, and a season if there is none; answers its tiers."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with transaction(pool) as tx:
            if await games.game(tx, GAME) is None:
                return 0
            season = await seasons.current(tx, GAME) or await _begun(tx)
            if await battlepass.pass_of(tx, season.season_id) is not None:
                return 0
            return await _make(tx, season)
    finally:
        await pool.close()


async def _begun(tx: Tx) -> seasons.Season:
    now = clock.now()
    planned = await seasons.plan(
        tx, GAME,
        seasons.Draft(
            name="Harbour lights", theme="harbour", starts_at=now, ends_at=now + timedelta(days=SEASON_DAYS)
        ),
    )  # fmt: skip
    return await seasons.activate(tx, planned.season_id)


async def _make(tx: Tx, season: seasons.Season) -> int:
    known = await catalog.items_by_code(tx, {*FREE.values(), *PAID.values(), PREMIUM})
    tiers = [
        Tier(
            each, each * STEP, _given(FREE.get(each), "coins" if each % 5 == 0 else None, 25, known),
            _given(PAID.get(each), "gems" if each % 2 else None, 250, known),
        )
        for each in range(LAST + 1)
    ]  # fmt: skip
    tiers[LAST].premium.append(Part(title="Keeper of the light"))
    premium = PREMIUM if PREMIUM in known else None
    asked = NewPass(season_id=season.season_id, name="Harbour pass", theme="harbour", premium_item=premium, tiers=tiers)
    await battlepass.create_pass(tx, BY, asked)
    for code, name, measure, goal, period, xp, source in CHALLENGES:
        challenge = NewChallenge(
            game=GAME, code=code, name=name, measure=measure, goal=goal, period=period, xp=xp,
            source="daily_bonus" if source == "daily_bonus" else "season_challenge",
        )  # fmt: skip
        await battlepass.create_challenge(tx, BY, challenge)
    return len(tiers)


def _given(item: str | None, asset: str | None, amount: int, known: dict[str, catalog.Item]) -> list[Part]:
    found = [Part(item=item)] if item is not None and item in known else []
    return [*found, Part(asset=asset, amount=amount)] if asset is not None else found
