"""The boards there are."""

from playerbase import games
from playerbase.boards import actions, store
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, get, staff

HERE = "/console/boards"
READ, WRITE, JUDGE = staff("boards.read"), staff("boards.write"), staff("boards.judge")
ORDERS = {"desc": "Highest first", "asc": "Lowest first"}
KEEPS = {"best": "the best counts", "set": "the last counts", "sum": "all add up"}
SOURCES = {"sessions": "Players, in sessions", "servers": "Servers", "matches": "Matches"}
TOLD = {"made": "Made. It takes scores as soon as a season runs.", "saved": "Saved."}


@get(HERE, policy=READ, limit="console", page=True)
async def list_boards(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Every board, game by game, in the order players see them in."""
    waiting = await store.waiting(db)
    return rendering.page(
        request, "boards/list.html", boards=await actions.boards(db), orders=ORDERS, keeps=KEEPS, sources=SOURCES,
        names={each.slug: each.name for each in await games.games(db)}, waiting=waiting.count,
        told=TOLD.get(told, ""),
    )  # fmt: skip
