"""Boards as operators make them, and a board in one season."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.boards.model.replays import ReplayRule

SCORE_MIN, SCORE_MAX = -(2**63), 2**63 - 1

Score = Annotated[int, msgspec.Meta(ge=SCORE_MIN, le=SCORE_MAX, description="Any 64-bit number.", examples=[1250])]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{0,31}$", examples=["sprint"])]


class Operator(StrEnum):
    """What becomes of a score where there is one already: the better stays, the later stays, or they add up."""

    BEST = "best"
    SET = "set"
    SUM = "sum"


class Direction(StrEnum):
    """Whether the highest score stands first, or the lowest."""

    DESC = "desc"
    ASC = "asc"


class Source(StrEnum):
    """Where scores come from: players in sessions a server opened, servers, or matches."""

    SESSIONS = "sessions"
    SERVERS = "servers"
    MATCHES = "matches"


class Counted(StrEnum):
    """What of a match counts on a board of matches."""

    SCORE = "score"
    KILLS = "kills"
    STREAK = "streak"
    CORRECT = "correct"
    WINS = "wins"
    PLAYED = "played"
    FASTEST_ANSWER = "fastest_answer_ms"


class PrizeBy(StrEnum):
    """What a prize goes by: places, a part of all in percent, or the tier of the ladder."""

    RANK = "rank"
    PERCENTILE = "percentile"
    TIER = "tier"


class Prize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a span of the final standings gets; of several that fit somebody, the first is given.

    ``upto`` is the last place, or the part of all (in percent, from the top) that still gets it.
    """

    by: PrizeBy
    upto: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    tier: Annotated[str, msgspec.Meta(max_length=32)] = ""
    items: Annotated[
        dict[
            Annotated[str, msgspec.Meta(min_length=1, max_length=64)],
            Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)],
        ],
        msgspec.Meta(max_length=20, description="Quantity by the code of the item."),
    ] = {}
    assets: Annotated[
        dict[
            Annotated[str, msgspec.Meta(min_length=1, max_length=64)],
            Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)],
        ],
        msgspec.Meta(max_length=20, description="Amount by asset, in its smallest unit."),
    ] = {}
    title: Annotated[str, msgspec.Meta(max_length=64, description="A title the player may wear.")] = ""


class BoardDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board as it is wanted; operator, direction and source stay as they are once something was scored."""

    game: Slug
    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    operator: Operator = Operator.BEST
    direction: Direction = Direction.DESC
    source: Source = Source.SESSIONS
    counted: Counted | None = None
    score_min: Score = SCORE_MIN
    score_max: Score = SCORE_MAX
    plausible_min: Score | None = None
    plausible_max: Score | None = None
    is_regional: bool = False
    session_seconds: Annotated[int, msgspec.Meta(ge=10, le=86_400)] = 3_600  # The longest single game that is common.
    position: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0
    is_open: bool = True
    rule: ReplayRule | None = None
    prizes: Annotated[list[Prize], msgspec.Meta(max_length=50)] = []


class Board(msgspec.Struct, frozen=True):
    """A board of a game."""

    board_id: UUID
    game: str
    code: str
    name: str
    operator: Operator
    direction: Direction
    source: Source
    counted: Counted | None
    score_min: int
    score_max: int
    plausible_min: int | None
    plausible_max: int | None
    is_regional: bool
    session_seconds: int
    position: int
    is_open: bool
    rule_version: int
    rule: ReplayRule | None
    prizes: list[Prize]


class BoardRow(msgspec.Struct, frozen=True):
    """A board as it lies in its row; rule and prizes are JSON."""

    board_id: UUID
    game: str
    code: str
    name: str
    operator: Operator
    direction: Direction
    source: Source
    counted: str
    score_min: int
    score_max: int
    plausible_min: int | None
    plausible_max: int | None
    is_regional: bool
    session_seconds: int
    position: int
    is_open: bool
    rule_version: int
    rule: str | None
    prizes: str


class RunSeen(msgspec.Struct, frozen=True):
    """A board in one season, where something was scored: which state it is in, and how its index is cut."""

    run_id: UUID
    season_id: UUID
    board_id: UUID
    code: str
    direction: Direction
    version: int
    shards: int
    entries: int  # Of the final standings; 0 until they are sealed.
    sealed_at: datetime | None


_rule = msgspec.json.Decoder(ReplayRule)
_prizes = msgspec.json.Decoder(list[Prize])


def opened(row: BoardRow) -> Board:
    """A row as a board, its JSON read."""
    return Board(
        row.board_id, row.game, row.code, row.name, row.operator, row.direction, row.source,
        Counted(row.counted) if row.counted else None, row.score_min, row.score_max, row.plausible_min,
        row.plausible_max, row.is_regional, row.session_seconds, row.position, row.is_open, row.rule_version,
        _rule.decode(row.rule) if row.rule is not None else None, _prizes.decode(row.prizes),
    )  # fmt: skip
