"""In which tier of the ladder players ended a season."""

from collections.abc import Sequence
from uuid import UUID

from playerbase import ladder
from playerbase.kit.db import Db


async def tiers_of(db: Db, season_id: UUID, player_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The tier of each of these who had a rating; the ladder must have been archived, since a reset follows that."""
    return {player_id: tier.value for player_id, tier in (await ladder.final_tiers(db, season_id, player_ids)).items()}
