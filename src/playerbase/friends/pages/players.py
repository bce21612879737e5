"""A player's friends as staff sees them."""

from datetime import timedelta
from uuid import UUID

from playerbase import profiles
from playerbase.friends import actions
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, get, staff

READ = staff("players.read")
ROWS = 200
LAST = UUID(int=2**128 - 1)


@get("/console/players/{player_id}/friends", policy=READ, limit="console", page=True)
async def read_friends(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """Whom a player knows, whom they asked or were asked by, and whom they block; the latest two hundred of each."""
    top = (clock.now() + timedelta(days=1), LAST)
    found = [
        ("Friends", "friends since", await actions.friends_of(db, player_id, top, ROWS)),
        ("Asked by", "asked", await actions.requests_of(db, player_id, top, ROWS, outgoing=False)),
        ("Asks", "asked", await actions.requests_of(db, player_id, top, ROWS, outgoing=True)),
        ("Blocks", "blocked since", await actions.blocks_of(db, player_id, top, ROWS)),
    ]
    names = await profiles.names(db, sorted({player_id, *(each.player_id for _, _, some in found for each in some)}))
    if player_id not in names:
        raise profiles.NoSuchProfile
    return rendering.page(
        request, "friends/player.html", found=found, names=names, player_id=player_id, name=names[player_id]
    )
