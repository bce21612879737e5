"""The doors of the ladder to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.ladder.model import Close, DayEnd, Final, Move, Past, Place, Rating, Resetting, Season


class Holders(msgspec.Struct, frozen=True):
    """How many players hold a rating."""

    rating: int
    players: int


class Height(msgspec.Struct, frozen=True):
    """The highest rating a player reached."""

    player_id: UUID
    rating: int


class Size(msgspec.Struct, frozen=True):
    """How many players of a region are on a ladder."""

    region: str
    players: int


class Version(msgspec.Struct, frozen=True):
    """How often a game's ladder has changed."""

    game: str
    version: int


class FinalRating(msgspec.Struct, frozen=True):
    """What rating somebody ended a season with."""

    player_id: UUID
    rating: int


@sql
async def settled_already(db: Db, match_ids: list[UUID]) -> list[UUID]: ...
@sql
async def moves_of_matches(db: Db, match_ids: list[UUID]) -> list[Move]: ...
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
async def void_moves(tx: Tx, match_ids: list[UUID], now: datetime) -> None: ...
@sql
async def shift_counts(tx: Tx, game: str, ratings: list[int], changes: list[int]) -> None: ...
@sql
async def shift_region_counts(
    tx: Tx, game: str, regions: list[str], ratings: list[int], changes: list[int]
) -> None: ...
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
async def day_ends(db: Db, game: str, player_id: UUID, since: datetime) -> list[DayEnd]: ...
@sql
async def moves_of(
    db: Db, player_id: UUID, game: str, before_at: datetime, before_id: UUID, count: int
) -> list[Move]: ...
@sql
async def region_top(db: Db, game: str, region: str, count: int) -> list[Place]: ...
@sql
async def region_above(
    db: Db, game: str, region: str, rating: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Place]: ...
@sql
async def region_below(
    db: Db, game: str, region: str, rating: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Place]: ...
@sql
async def region_count_above(
    db: Db, game: str, region: str, rating: int, reached_at: datetime, player_id: UUID
) -> int: ...
@sql
async def region_sizes(db: Db, game: str) -> list[Size]: ...
@sql
async def resets_since(db: Db, game: str, player_ids: list[UUID], since: datetime) -> list[Past]: ...
@sql
async def begin_close(tx: Tx, close: Close) -> bool | None: ...
@sql
async def close_of(db: Db, game: str, number: int) -> Close | None: ...
@sql
async def closes_of(db: Db, game: str, count: int) -> list[Close]: ...
@sql
async def unfinished(db: Db) -> list[UUID]: ...
@sql
async def lock_close(tx: Tx, season_id: UUID) -> Close | None: ...
@sql
async def archive(tx: Tx, season_id: UUID, game: str, ends_at: datetime) -> int: ...
@sql
async def note_archived(tx: Tx, season_id: UUID, players: int, now: datetime) -> None: ...
@sql
async def next_to_reset(tx: Tx, season_id: UUID, game: str, after: UUID, count: int) -> list[Resetting]: ...
@sql
async def reset_ratings(
    tx: Tx, season_id: UUID, game: str, player_ids: list[UUID], ratings: list[int], now: datetime
) -> None: ...
@sql
async def note_reset(tx: Tx, season_id: UUID, after: UUID, count: int) -> None: ...
@sql
async def finish(tx: Tx, season_id: UUID, now: datetime) -> None: ...
@sql
async def present(db: Db, game: str, after: int, count: int) -> list[Final]: ...
@sql
async def final_ratings(db: Db, season_id: UUID, player_ids: list[UUID]) -> list[FinalRating]: ...
@sql
async def finals(db: Db, season_id: UUID, after: int, count: int) -> list[Final]: ...
@sql
async def seasons_of(db: Db, player_id: UUID, game: str, count: int) -> list[Season]: ...
