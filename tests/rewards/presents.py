"""Short words for rewards."""

from uuid import UUID

from playerbase import identity, profiles
from playerbase.catalog import ItemType, Part
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.rewards import Gift
from playerbase.rewards import Part as RewardPart
from tests.catalog.things import draft, potion, put

CUP = RewardPart(item="cup")
POTIONS = RewardPart(item="potion", quantity=3)
CHEST = RewardPart(item="chest", quantity=2)
GEMS = RewardPart(asset="gems", amount=100)
CHAMPION = RewardPart(title="Champion")


async def stocked(tx: Tx) -> None:
    """A cup, potions, and a chest of one cup, two potions and five coins."""
    await put(
        tx,
        draft("cup"),
        potion(),
        draft(
            "chest", type=ItemType.BUNDLE,
            parts=[Part(quantity=1, item="cup"), Part(quantity=2, item="potion"), Part(quantity=5, asset="coins")],
        ),
    )  # fmt: skip


async def player(tx: Tx, name: str = "Ada") -> UUID:
    """Somebody with a profile."""
    player_id = await identity.create(tx)
    await profiles.create_all(tx, [profiles.Newcomer(player_id, name, None)])
    return player_id


async def players(pool: Pool, count: int) -> list[UUID]:
    """So many of them, and something to give."""
    async with transaction(pool) as tx:
        await stocked(tx)
        return [await player(tx, f"Player {number}") for number in range(count)]


def gift(key: str, player_id: UUID, *parts: RewardPart, source: str = "boards", ref: str = "run") -> Gift:
    """These parts under a key."""
    return Gift(key=key, player_id=player_id, parts=parts, source=source, ref=ref)


async def has(pool: Pool, player_id: UUID) -> dict[str, int]:
    """What somebody has: things, what is counted, what is owed below zero."""
    things = await pool.fetch(
        "select code, sum(quantity)::int from inventory.entitlements join catalog.items using (item_id)"
        " where player_id = $1 and state = 'active' group by code",
        player_id,
    )  # fmt: skip
    sums = await pool.fetch(
        "select asset.code || case when purpose = 'debt' then ' debt' else '' end, posted"
        " from ledger.accounts join ledger.balances using (account_id) join ledger.assets as asset using (asset_id)"
        " where owner_id = $1 and posted <> 0",
        player_id,
    )  # fmt: skip
    return dict(map(tuple, [*things, *sums]))


async def title(pool: Pool, player_id: UUID) -> str:
    """What the profile shows."""
    found: str = await pool.fetchval("select title from profiles.profiles where player_id = $1", player_id)
    return found


async def told(pool: Pool, topic: str) -> int:
    """How often it was told."""
    found: int = await pool.fetchval("select count(*) from kit.events where topic = $1", topic)
    return found
