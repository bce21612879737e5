"""Short words for battle passes: a season with one, who plays, and what became of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from playerbase import catalog, games, identity, inventory, profiles, seasons
from playerbase.battlepass import NewPass, Part, Tier, actions
from playerbase.battlepass.model import Pass
from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.matches import MatchCompleted, MatchVoided, Performance
from tests.catalog.things import draft, put

DAY = timedelta(days=1)
PREMIUM = "embers_pass"
CUP, GEMS, COINS, CHAMPION = (
    Part(item="cup"), Part(asset="gems", amount=100), Part(asset="coins", amount=50), Part(title="Champion"),
)  # fmt: skip


def tiers(last: int = 5, step: int = 1_000) -> list[Tier]:
    """Coins for everybody on each tier, gems for premium, a cup and a title at the top."""
    found = [Tier(each, each * step, [COINS], [GEMS]) for each in range(last)]
    return [*found, Tier(last, last * step, [CUP], [CHAMPION, GEMS])]


async def a_season(tx: Tx, begins: float = -10, ends: float = 10, game: str = "demo") -> seasons.Season:
    """A season that runs, or will, with no time to settle."""
    if await games.game(tx, game) is None:
        await games.create(tx, slug=game, name=game.title())
    now = clock.now()
    wanted = seasons.Draft(
        name="Embers", starts_at=now + begins * DAY, ends_at=now + ends * DAY, settle_seconds=0, gap_seconds=0
    )
    planned = await seasons.plan(tx, game, wanted)
    return await seasons.activate(tx, planned.season_id) if begins <= 0 else planned


async def a_pass(tx: Tx, season: seasons.Season, wanted: Sequence[Tier] | None = None, **terms: Any) -> Pass:
    """A pass for it, of which premium is an item of the catalog."""
    known = await catalog.items_by_code(tx, ["cup", PREMIUM])
    for each in (draft("cup"), draft(PREMIUM, max_per_player=1, prices=[catalog.Price("gems", 1_000)])):
        if each.code not in known:
            await put(tx, each)
    given = {"name": "Embers", "premium_item": PREMIUM} | terms
    return await actions.create_pass(
        tx, "test", NewPass(season_id=season.season_id, tiers=list(wanted or tiers()), **given)
    )


async def running(tx: Tx, wanted: Sequence[Tier] | None = None, **terms: Any) -> Pass:
    """A pass in a season that runs."""
    return await a_pass(tx, await a_season(tx), wanted, **terms)


async def player(tx: Tx, name: str = "Ada") -> UUID:
    """Somebody with a profile."""
    player_id = await identity.create(tx)
    await profiles.create_all(tx, [profiles.Newcomer(player_id, name, None)])
    return player_id


def a_match(
    *players: UUID, winner: UUID | None = None, seconds: int = 60, at: datetime | None = None, game: str = "demo",
    mode: str = "duel", **did: int,
) -> MatchCompleted:  # fmt: skip
    """A match that ended now, or then."""
    ended_at = at or clock.now()
    return MatchCompleted(
        match_id=uuid4(), game=game, mode=mode, map="pier", started_at=ended_at - timedelta(seconds=seconds),
        duration_seconds=seconds, winner_id=winner, players=[Performance(player_id=each, **did) for each in players],
    )  # fmt: skip


def void(match: MatchCompleted) -> MatchVoided:
    """That it does not count."""
    return MatchVoided(
        match_id=match.match_id,
        game=match.game,
        player_ids=[each.player_id for each in match.players],
        reason="A cheat",
    )


async def gained(tx: Tx, player_id: UUID, amount: int, game: str = "demo") -> None:
    """So much experience, from the staff."""
    await actions.grant(tx, "test", player_id, actions.ExperienceGrant(game, amount, str(uuid4()), "For the test"))


async def premium(tx: Tx, player_id: UUID) -> inventory.Entitlement:
    """Premium, from the staff; as told to the pass."""
    item = await catalog.item(tx, PREMIUM)
    await inventory.hold(tx, [player_id])
    (made,) = await inventory.grant(
        tx,
        [
            inventory.Grant(
                player_id=player_id, item_id=item.item_id, source=inventory.Source.GRANT, source_ref=str(uuid4())
            )
        ],
    )
    return made


async def xp(tx: Tx, player_id: UUID) -> tuple[int, int]:
    """Experience and tier of the one season there is."""
    row = await tx.fetchrow("select xp, tier from battlepass.progress where player_id = $1", player_id)
    return (row["xp"], row["tier"]) if row is not None else (0, 0)


async def log(tx: Tx, player_id: UUID) -> list[tuple[str, int]]:
    """What was gained and lost, in order."""
    rows = await tx.fetch(
        "select source, amount from battlepass.experience where player_id = $1 order by entry_id", player_id
    )
    return [(row["source"], row["amount"]) for row in rows]


async def has(tx: Tx, player_id: UUID) -> dict[str, int]:
    """What somebody has: things, what is counted, what is owed."""
    things = await tx.fetch(
        "select code, sum(quantity)::int from inventory.entitlements join catalog.items using (item_id)"
        " where player_id = $1 and state = 'active' group by code",
        player_id,
    )  # fmt: skip
    sums = await tx.fetch(
        "select asset.code || case when purpose = 'debt' then ' debt' else '' end, posted"
        " from ledger.accounts join ledger.balances using (account_id) join ledger.assets as asset using (asset_id)"
        " where owner_id = $1 and posted <> 0",
        player_id,
    )  # fmt: skip
    return dict(map(tuple, [*things, *sums]))


async def told(tx: Tx, topic: str) -> int:
    """How often it was told."""
    found: int = await tx.fetchval("select count(*) from kit.events where topic = $1", f"battlepass.{topic}")
    return found
