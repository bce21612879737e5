"""The doors of the battle pass to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.battlepass.model import (
    Challenge,
    Claim,
    Counted,
    CurveName,
    CurveRow,
    Entry,
    Pass,
    Premium,
    Progress,
    Rates,
)  # fmt: skip
from playerbase.kit.db import Db, Tx, sql


class GameRates(msgspec.Struct, frozen=True):
    """What a match of this game gives."""

    game: str
    win: int
    draw: int
    loss: int
    kill: int
    streak: int
    second_tenths: int
    least: int
    most: int


class Gained(msgspec.Struct, frozen=True):
    """What matches gave a player in a span of time."""

    player_id: UUID
    begins_at: datetime
    amount: int


class OfSource(msgspec.Struct, frozen=True):
    """What came from a source, and how often."""

    source: str
    amount: int
    count: int


class NewClaim(msgspec.Struct, frozen=True):
    """A claim on its way in."""

    season_id: UUID
    player_id: UUID
    tier: int
    track: str
    round: int
    how: str
    parts: str
    claimed_at: datetime


class NewPremium(msgspec.Struct, frozen=True):
    """Premium that somebody has got."""

    season_id: UUID
    player_id: UUID
    source: str
    source_ref: str
    opened_at: datetime


class Holders(msgspec.Struct, frozen=True):
    """How many players are at a tier."""

    tier: int
    players: int


class Tally(msgspec.Struct, frozen=True):
    """How many rewards of a track were claimed."""

    track: str
    count: int


class Closing(msgspec.Struct, frozen=True):
    """How far the end of a season is."""

    season_id: UUID
    after_player: UUID
    done: int
    began_at: datetime
    finished_at: datetime | None


@sql
async def add_pass(tx: Tx, made: Pass) -> UUID | None: ...
@sql
async def save_pass(tx: Tx, made: Pass) -> None: ...
@sql
async def pass_of(db: Db, season_id: UUID) -> Pass | None: ...
@sql
async def lock_pass(tx: Tx, season_id: UUID) -> Pass | None: ...
@sql
async def share_passes(tx: Tx, season_ids: list[UUID]) -> list[Pass]: ...
@sql
async def passes_page(db: Db, game: str | None, before_at: datetime, before_id: UUID, count: int) -> list[Pass]: ...
@sql
async def passes_with_item(db: Db, items: list[str]) -> list[Pass]: ...
@sql
async def add_curve(tx: Tx, made: CurveRow, thresholds: list[int]) -> None: ...
@sql
async def curves_of(db: Db, season_ids: list[UUID]) -> list[CurveRow]: ...
@sql
async def curve_names(db: Db, season_ids: list[UUID]) -> list[CurveName]: ...
@sql
async def lock_log(tx: Tx, player_id: UUID) -> None: ...
@sql
async def rates_of(db: Db, games: list[str]) -> list[GameRates]: ...
@sql
async def put_rates(tx: Tx, game: str, rates: Rates) -> None: ...
@sql
async def challenges_of(db: Db, games: list[str]) -> list[Challenge]: ...
@sql
async def challenges_by_id(db: Db, challenge_ids: list[UUID]) -> list[Challenge]: ...
@sql
async def lock_challenges(tx: Tx, game: str) -> None: ...
@sql
async def put_challenge(tx: Tx, made: Challenge) -> None: ...
@sql
async def noted(db: Db, player_ids: list[UUID], refs: list[str]) -> list[Entry]: ...
@sql
async def gained_between(
    db: Db, player_ids: list[UUID], begins: list[datetime], season_id: UUID, sources: list[str]
) -> list[Gained]: ...
@sql
async def note(tx: Tx, entries: list[Entry], now: datetime) -> None: ...
@sql
async def log_page(
    db: Db, player_id: UUID, before: UUID, game: str | None, season_id: UUID | None, count: int
) -> list[Entry]: ...
@sql
async def by_source(db: Db, player_id: UUID, season_id: UUID) -> list[OfSource]: ...
@sql
async def begin_progress(
    tx: Tx, season_ids: list[UUID], player_ids: list[UUID], curves: list[int], now: datetime
) -> None: ...
@sql
async def lock_progress(tx: Tx, season_ids: list[UUID], player_ids: list[UUID]) -> list[Progress]: ...
@sql
async def save_progress(tx: Tx, rows: list[Progress], now: datetime) -> None: ...
@sql
async def progress_of(db: Db, season_id: UUID, player_id: UUID) -> Progress | None: ...
@sql
async def lock_progress_page(tx: Tx, season_id: UUID, after: UUID, count: int) -> list[Progress]: ...
@sql
async def spread(db: Db, season_id: UUID) -> list[Holders]: ...
@sql
async def counts_of(db: Db, player_id: UUID, challenge_ids: list[UUID], periods: list[str]) -> list[Counted]: ...
@sql
async def lock_counts(
    tx: Tx, player_ids: list[UUID], challenge_ids: list[UUID], periods: list[str]
) -> list[Counted]: ...
@sql
async def save_counts(tx: Tx, rows: list[Counted]) -> None: ...
@sql
async def claims_of(db: Db, season_id: UUID, player_ids: list[UUID]) -> list[Claim]: ...
@sql
async def add_claims(tx: Tx, claims: list[NewClaim]) -> list[int]: ...
@sql
async def take_claims_back(tx: Tx, season_id: UUID, player_id: UUID, now: datetime) -> list[Claim]: ...
@sql
async def tally_claims(db: Db, season_id: UUID) -> list[Tally]: ...
@sql
async def open_premiums(tx: Tx, rows: list[NewPremium]) -> list[UUID]: ...
@sql
async def close_premium(tx: Tx, season_id: UUID, player_id: UUID, now: datetime) -> Premium | None: ...
@sql
async def premium_of(db: Db, season_id: UUID, player_id: UUID) -> Premium | None: ...
@sql
async def premium_among(db: Db, season_id: UUID, player_ids: list[UUID]) -> list[UUID]: ...
@sql
async def count_premiums(db: Db, season_id: UUID) -> int: ...
@sql
async def begin_closing(tx: Tx, season_id: UUID, now: datetime) -> None: ...
@sql
async def lock_closing(tx: Tx, season_id: UUID) -> Closing | None: ...
@sql
async def save_closing(
    tx: Tx, season_id: UUID, after_player: UUID, done: int, finished_at: datetime | None
) -> None: ...
@sql
async def closings_open(db: Db, count: int) -> list[Closing]: ...
@sql
async def count_progress(db: Db, season_id: UUID) -> int: ...
