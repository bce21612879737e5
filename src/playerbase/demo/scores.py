"""Boards of the demo: goals and wins, counted from matches, and a run that players submit themselves."""

from playerbase import boards
from playerbase.boards import BoardDraft, Counted, Kind, Operator, Prize, PrizeBy, ReplayRule, Source
from playerbase.kit.db import open_pool, transaction

BY = "system:demo"
GAME = "demo"
RUN = ReplayRule(
    kinds={"coin": Kind(points=10, count_max=300, apart_ms=80), "gem": Kind(points=50, amount_max=5)},
    actions_max=1_000, seconds_min=5, seconds_max=600,
)  # fmt: skip
PRIZES = [
    Prize(by=PrizeBy.RANK, upto=1, assets={"gems": 50_000}, title="Champion"),
    Prize(by=PrizeBy.PERCENTILE, upto=10, assets={"gems": 5_000}),
]
DRAFTS = (
    BoardDraft(
        game=GAME, code="goals", name="Goals", source=Source.MATCHES, counted=Counted.SCORE, operator=Operator.SUM,
        is_regional=True, prizes=PRIZES,
    ),
    BoardDraft(
        game=GAME, code="wins", name="Wins", source=Source.MATCHES, counted=Counted.WINS, operator=Operator.SUM,
        position=1,
    ),
    BoardDraft(game=GAME, code="run", name="Coin run", rule=RUN, plausible_max=20_000, position=2),
)  # fmt: skip


async def scores(database_url: str) -> int:
    """Make the demo's boards and answer with how many; a game that has any is left alone."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with transaction(pool) as tx:
            if await boards.boards(tx, GAME):
                return 0
            for draft in DRAFTS:
                await boards.create(tx, draft, BY)
            return len(DRAFTS)
    finally:
        await pool.close()
