"""The doors of games to the database."""

from datetime import datetime

from playerbase.games.model import Game
from playerbase.kit.db import Db, Tx, sql


@sql
async def add(tx: Tx, slug: str, name: str, now: datetime) -> Game | None: ...
@sql
async def save(tx: Tx, slug: str, name: str, status: str) -> Game | None: ...
@sql
async def game(db: Db, slug: str) -> Game | None: ...
@sql
async def games(db: Db) -> list[Game]: ...
