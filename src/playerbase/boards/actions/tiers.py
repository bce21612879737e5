"""In which tier of the ladder players ended a season."""

from collections.abc import Sequence
from uuid import UUID

from playerbase import ladder
from playerbase.kit.db import Db


async def tiers_of(db: Db, game: str, season_id: UUID, player_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The tier of each of these who has a rating."""
    del season_id
    found = {}
    for player_id in player_ids:
        rating, rank = await ladder.standing(db, game, player_id)
        if rank is not None:
            found[player_id] = ladder.tier(rating.rating).value
    return found
