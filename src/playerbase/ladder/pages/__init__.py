"""The pages of the ladder: who stands where, how ratings are spread, and the course of one player's."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import games, profiles
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Caller, Cursors, Page, Place, Rendering, Request, Tile, get, staff
from playerbase.ladder import actions, rules, store
from playerbase.ladder.model import Move

TOP = 100
MOVES = 50
STEP = 50  # Points to a bar of the distribution.
GAMES_SHOWN_MAX = 5
SEASONS_SHOWN_MAX = 12
LAST_ID = UUID(int=2**128 - 1)
READ = staff("ladder.read")
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Region = Literal["africa", "americas", "asia", "europe", "oceania"]


class Band(msgspec.Struct, frozen=True):
    """A tier: from which rating on, and how many players are in it."""

    tier: str
    floor: int
    players: int


@get("/console/ladder", policy=READ, limit="console", page=True)
async def read_ladder(
    db: Db, request: Request, rendering: Rendering, game: Slug | None = None, region: Region | None = None
) -> Answer:
    """The best of a game or of a region of it, how its ratings are spread, and the seasons it was archived for."""
    known = await games.games(db)
    chosen = game or (known[0].slug if known else "demo")
    top = await (actions.top(db, chosen, TOP) if region is None else actions.regional(db, chosen, region, TOP))
    holders = await store.distribution(db, chosen)
    bars, labels = _spread(holders)
    return rendering.page(
        request, "ladder/top.html", games=known, game=chosen, ranks=top.items, bars=bars, labels=labels,
        bands=_bands(holders), players=sum(each.players for each in holders), region=region,
        regions=await store.region_sizes(db, chosen), closes=await store.closes_of(db, chosen, SEASONS_SHOWN_MAX),
    )  # fmt: skip


@get("/console/ladder/{game}/seasons/{number}", policy=READ, limit="console", page=True)
async def read_archive(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    game: Slug, number: Number, cursor: str = "",
) -> Answer:  # fmt: skip
    """Who stood where when a season ended, best first."""
    close = await actions.archived(db, game, number)
    scope = f"archive {game} {number} {caller.subject}"
    (after,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (0,)
    found = await actions.finals(db, close.season_id, after, TOP + 1)
    here = f"/console/ladder/{game}/seasons/{number}"
    following = ""
    if found[TOP:]:
        following = f"{here}?{urlencode({'cursor': cursors.make((found[TOP - 1].rank,), scope=scope)})}"
    return rendering.page(
        request, "ladder/archive.html", game=game, close=close, ranks=found[:TOP], following=following,
        first=here if cursor else "",
    )  # fmt: skip


@get("/console/ladder/{game}/{player_id}", policy=READ, limit="console", page=True)
async def read_course(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    game: Slug, player_id: UUID, cursor: str = "",
) -> Answer:  # fmt: skip
    """One player on one ladder: rank, the course of the rating, and every match that moved it."""
    scope = f"moves {game} {player_id} {caller.subject}"
    latest = (clock.now() + timedelta(days=1), LAST_ID)
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else latest
    found = await store.moves_of(db, player_id, game, *at, MOVES + 1)
    shown, following = found[:MOVES], ""
    here = f"/console/ladder/{game}/{player_id}"
    if found[MOVES:]:
        place = (shown[-1].settled_at, shown[-1].match_id)
        following = f"{here}?{urlencode({'cursor': cursors.make(place, scope=scope)})}"
    near = await actions.around(db, game, player_id)
    names = await profiles.names(db, [player_id, *(each.opponent_id for each in shown)])
    return rendering.page(
        request, "ladder/course.html", game=game, near=near, moves=shown, names=names, following=following,
        first=here if cursor else "", course=_course(shown), name=names.get(player_id, "Somebody"),
    )  # fmt: skip


async def about(db: Db, player_id: UUID) -> list[Tile]:
    """The ratings of a player, one tile for each game they have played."""
    found: list[Tile] = []
    for game in (await games.games(db))[:GAMES_SHOWN_MAX]:
        rating, rank = await actions.standing(db, game.slug, player_id)
        if rank is None:
            continue
        moves = await store.moves_of(db, player_id, game.slug, clock.now() + timedelta(days=1), LAST_ID, MOVES)
        tier, path = rules.tier(rating.rating).value.capitalize(), f"/console/ladder/{game.slug}/{player_id}"
        share = f"{round(100 * rating.won / rating.played)} %" if rating.played else ""
        found += [
            Tile(f"Rating in {game.name}", str(rating.rating), _course(moves), tier, f"peak {rating.peak}", path),
            Tile(f"Rank in {game.name}", f"#{rank}", path=path, foot="of all who have played"),
            Tile(
                "Won", str(rating.won), drift=share, foot=f"of {rating.played} rated, {rating.drawn} drawn", path=path
            ),
        ]
    return found


async def undoes(db: Db, match_id: UUID) -> list[str]:
    """What the ratings of a match would be without it."""
    moves = await store.moves_of_matches(db, [match_id])
    names = await profiles.names(db, [move.player_id for move in moves])
    return [
        f"{names.get(move.player_id, 'Somebody')} {'loses' if move.after > move.before else 'regains'} "
        f"{abs(move.after - move.before)} points of rating, less what a season's end has reset."
        for move in moves
        if move.after != move.before
    ]


def _course(moves: list[Move]) -> list[float]:
    """The rating after each match, oldest first, from before the first one on."""
    return [float(moves[-1].before)] + [float(each.after) for each in reversed(moves)] if moves else []


def _spread(holders: list[store.Holders]) -> tuple[list[float], list[str]]:
    """Players by step of rating, from the lowest step held to the highest, and five labels below."""
    if not holders:
        return [], []
    first, last = holders[0].rating // STEP, holders[-1].rating // STEP
    bars = [0.0] * (last - first + 1)
    for each in holders:
        bars[each.rating // STEP - first] += each.players
    low, high = first * STEP, (last + 1) * STEP
    return bars, [str(round(low + (high - low) * part / 4)) for part in range(5)]


def _bands(holders: list[store.Holders]) -> list[Band]:
    """How many players are in each tier, the highest first."""
    counts: dict[str, int] = {}
    for each in holders:
        tier = rules.tier(each.rating).value
        counts[tier] = counts.get(tier, 0) + each.players
    return [Band(tier.value, floor, counts.get(tier.value, 0)) for floor, tier in rules.TIERS]


PAGE = Page(places=(Place("Ladder", "/console/ladder", "bars", "Live", "ladder.read"),), about=about, undoes=undoes)
