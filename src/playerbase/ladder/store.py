"""The doors of the ladder to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.ladder.model import Move, Place, Rating


class Holders(msgspec.Struct, frozen=True):
    """How many players hold a rating."""

    rating: int
    players: int


class Height(msgspec.Struct, frozen=True):
    """The highest rating a player reached."""

    player_id: UUID
    rating: int


class Version(msgspec.Struct, frozen=True):
    """How often a game's ladder has changed."""

    game: str
    version: int


@sql
async def settled_already(db: Db, match_ids: list[UUID]) -> list[UUID]: ...
@sql
async def moves_of_match(db: Db, match_id: UUID) -> list[Move]: ...
@sql
async def lock_ratings(tx: Tx, game: str, player_ids: list[UUID]) -> list[Rating]: ...
@sql
async def save_ratings(tx: Tx, game: str, ratings: list[Rating]) -> None: ...
@sql
async def heights(db: Db, game: str, player_ids: list[UUID]) -> list[Height]: ...
@sql
async def leave(tx: Tx, game: str, player_ids: list[UUID]) -> None: ...
@sql
async def note_moves(tx: Tx, game: str, moves: list[Move]) -> None: ...
@sql
async def void_moves(tx: Tx, match_id: UUID, now: datetime) -> None: ...
@sql
async def shift_counts(tx: Tx, game: str, ratings: list[int], changes: list[int]) -> None: ...
@sql
async def turn_version(tx: Tx, game: str) -> None: ...
@sql
async def versions_of(db: Db, games: list[str]) -> list[Version]: ...
@sql
async def top_places(db: Db, game: str, count: int) -> list[Place]: ...
@sql
async def places_above(
    db: Db, game: str, rating: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Place]: ...
@sql
async def places_below(
    db: Db, game: str, rating: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Place]: ...
@sql
async def rating_of(db: Db, game: str, player_id: UUID) -> Rating | None: ...
@sql
async def count_above(db: Db, game: str, rating: int, reached_at: datetime, player_id: UUID) -> int: ...
@sql
async def distribution(db: Db, game: str) -> list[Holders]: ...
@sql
async def moves_of(
    db: Db, player_id: UUID, game: str, before_at: datetime, before_id: UUID, count: int
) -> list[Move]: ...
