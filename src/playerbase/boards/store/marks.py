"""The doors of boards to what matches brought."""

from datetime import datetime
from uuid import UUID

from playerbase.boards.model import Mark
from playerbase.kit.db import Db, Tx, sql


@sql
async def put_marks(tx: Tx, marks: list[Mark]) -> list[Mark]: ...
@sql
async def void_marks(tx: Tx, match_ids: list[UUID], run_ids: list[UUID], now: datetime) -> list[Mark]: ...
@sql
async def runs_marked(db: Db, match_ids: list[UUID]) -> list[UUID]: ...
@sql
async def marks_of(db: Db, run_ids: list[UUID], player_ids: list[UUID]) -> list[Mark]: ...
