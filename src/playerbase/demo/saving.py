"""Saves and friends of the people of the demo, so that their pages have something to show."""

from itertools import pairwise
from uuid import UUID

from playerbase import friends, games, profiles, progression
from playerbase.demo.things import NAMES
from playerbase.kit.db import Tx, open_pool, transaction
from playerbase.kit.errors import Refusal
from playerbase.progression import Declared, FieldRule, Spot

GAME, SLOT = "demo", "campaign"
RULES = [
    FieldRule(path="level", type="integer", merge="max", min=1, max=100, never_decreasing=True),
    FieldRule(path="gold", type="integer", merge="sum", min=0, max=1_000_000, per_hour_max=5_000, on_violation="flag"),
    FieldRule(path="unlocked", type="list", merge="union"),
]
# What is saved one after the other: the last is more gold than anybody finds in an hour.
STEPS = (
    ("Phone", {"level": 1, "gold": 40, "unlocked": ["harbour"]}),
    ("Phone", {"level": 2, "gold": 310, "unlocked": ["harbour", "forest"]}),
    ("Steam Deck", {"level": 4, "gold": 295, "unlocked": ["harbour", "forest", "lighthouse"]}),
    ("Steam Deck", {"level": 4, "gold": 90_295, "unlocked": ["harbour", "forest", "lighthouse"]}),
)


async def saving(database_url: str) -> int:
    """Have those of them who are there save, and be friends; answers how many saved for the first time."""
    pool = await open_pool(database_url, size_max=1)
    begun = 0
    try:
        async with transaction(pool) as tx:
            if await games.game(tx, GAME) is None:
                return 0
            if not (await progression.declaration(tx, GAME)).version:
                await progression.declare(tx, GAME, Declared(fields=RULES), 0, "system:demo")
            known = [player for name in NAMES if (player := await _find(tx, name)) is not None]
            for at, player_id in enumerate(known):
                begun += await _save(tx, player_id, len(STEPS) if at == 0 else 2)
            for one, other in pairwise(known):
                if not await friends.are(tx, one, other):
                    await friends.ask(tx, one, other)
                    if other != known[-1]:  # One is left to be answered.
                        await friends.ask(tx, other, one)
    finally:
        await pool.close()
    return begun


async def _find(tx: Tx, name: str) -> UUID | None:
    found = await profiles.search(tx, name, None, 1)
    return found[0].player_id if found and found[0].display_name == name else None


async def _save(tx: Tx, player_id: UUID, count: int) -> bool:
    spot = Spot(player_id, GAME, SLOT)
    if await progression.slots(tx, player_id, GAME, ("", ""), 1):
        return False
    for version, (device, data) in enumerate(STEPS[:count]):
        wanted = progression.wish(spot, "save", version, by="player", sender="demo", data=data, device=device)
        (outcome,) = await progression.write(tx, [wanted])
        if isinstance(outcome, Refusal):
            return version > 0
    return True
