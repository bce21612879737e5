"""What other modules ask about many profiles at once, or about one that may be private."""

from uuid import UUID

from playerbase.kit.db import Db
from playerbase.profiles import store
from playerbase.profiles.model import NoSuchProfile


async def countries(db: Db, player_ids: list[UUID]) -> dict[UUID, str]:
    """The countries of those of these players who say where they are from."""
    return {each.player_id: each.country for each in await store.countries(db, player_ids)}


async def name_seen(db: Db, player_id: UUID, *, sees_private: bool) -> str:
    """A player's name; raises NoSuchProfile for who is not there, or keeps to themselves and is not to be seen."""
    rows = await store.profiles(db, [player_id])
    if not rows or not (rows[0].is_public or sees_private):
        raise NoSuchProfile
    return rows[0].display_name
