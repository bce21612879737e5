"""What is shown of statistics: spans, courses, pairs and histories."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from playerbase import ladder, matches, profiles, seasons
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.statistics import rules, store
from playerbase.statistics.actions.seasons import current_season, is_season
from playerbase.statistics.model import (
    Counted,
    Course,
    DayRating,
    Entry,
    Figures,
    Matchup,
    Overview,
    Period,
    Played,
)  # fmt: skip

PAIR = 2


async def counted(db: Db, match_id: UUID) -> list[Entry]:
    """What a match added to each who played in it; nothing of a void one."""
    return await store.applied_of(db, [match_id])


async def lifetime(db: Db, player_id: UUID, game: str) -> Figures:
    """All a player did in a game."""
    rating, _ = await ladder.standing(db, game, player_id)
    counted = await _counted(db, player_id, game, Period.LIFETIME, 0)
    return rules.figures(counted, rating.peak if rating.played else None)


async def span_of_season(db: Db, player_id: UUID, game: str, number: int | None) -> Figures | None:
    """What a player did in a season, the present one unless said; None if there is none now. Raises NoSuchSeason."""
    if number is None:
        number = await current_season(db, game)
        if number is None:
            return None
    elif not await is_season(db, game, number):
        raise seasons.NoSuchSeason
    return rules.figures(await _counted(db, player_id, game, Period.SEASON, number))


async def span_at(db: Db, player_id: UUID, game: str, period: Period, at: date | None) -> Figures:
    """What a player did in the week or on the day of a date, the present one unless said."""
    day = rules.day_of(clock.now()) if at is None else (at - rules.DAY_ZERO).days
    slot = rules.week_of(day) if period is Period.WEEK else day
    return rules.figures(await _counted(db, player_id, game, period, slot))


async def day_series(db: Db, player_id: UUID, game: str, days: int) -> list[Counted]:
    """What a player did on each of the last days, oldest first; those without a match are all zero."""
    today = rules.day_of(clock.now())
    found = await store.spans_from(db, player_id, game, Period.DAY, today - days + 1, today, days)
    known = {each.slot: each for each in found}
    return [known.get(day) or nothing(player_id, game, Period.DAY, day) for day in range(today - days + 1, today + 1)]


async def course(db: Db, player_id: UUID, game: str) -> Course:
    """Where a rating has been going for thirty days."""
    ends = await ladder.day_ends(db, game, player_id, rules.TREND_DAYS)
    points = [(rules.day_of(each.at), each.rating) for each in ends]
    factor = ladder.k_factor(min((rating for _, rating in points), default=ladder.RATING_INITIAL))
    verdict, slope = rules.trend(points, factor)
    return Course(
        game, verdict, rules.TREND_DAYS, len(points), None if slope is None else round(slope, 2),
        [DayRating(rules.DAY_ZERO + timedelta(days=day), rating) for day, rating in points],
    )  # fmt: skip


async def matchup(db: Db, game: str, player_id: UUID, opponent_id: UUID) -> Matchup:
    """How often a player won against another; raises NoSuchProfile where there is no such player."""
    names = await profiles.names(db, [opponent_id])
    if opponent_id not in names or opponent_id == player_id:
        raise profiles.NoSuchProfile
    one, other = sorted((player_id, opponent_id))
    pair = await store.pair(db, one, other, game) or store.Pair(one, other, game, 0, 0, 0)
    won, lost = (pair.one_won, pair.other_won) if one == player_id else (pair.other_won, pair.one_won)
    return Matchup(
        game, player_id, opponent_id, names[opponent_id], won + pair.drawn + lost, won, pair.drawn, lost
    )  # fmt: skip


async def history(
    db: Db, player_id: UUID, game: str | None, before: datetime, before_id: UUID, count: int
) -> list[Played]:
    """A player's matches, latest begun first; goes on after (started_at, match_id)."""
    found = await matches.of_player(db, player_id, before, before_id, count, game=game)
    names = await profiles.names(db, sorted({each.player_id for match in found for each in match.players}))
    return [_seen(match, player_id, names) for match in found]


async def overview(db: Db, player_id: UUID, game: str, *, sees_private: bool) -> Overview:
    """What others may know; raises NoSuchProfile for who is not there or keeps to themselves."""
    name = await profiles.name_seen(db, player_id, sees_private=sees_private)
    rating, rank = await ladder.standing(db, game, player_id)
    return Overview(
        player_id, name, game, rank, rating.rating, ladder.tier(rating.rating).value,
        await lifetime(db, player_id, game), await span_of_season(db, player_id, game, None),
    )  # fmt: skip


def nothing(player_id: UUID, game: str, period: Period, slot: int) -> Counted:
    """A span in which nothing was played."""
    return Counted(player_id, game, int(period), slot, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None, 0, 0, 0)


async def _counted(db: Db, player_id: UUID, game: str, period: Period, slot: int) -> Counted:
    return await store.span(db, player_id, game, period, slot) or nothing(player_id, game, period, slot)


def _seen(match: matches.Match, player_id: UUID, names: dict[UUID, str]) -> Played:
    own = next(each for each in match.players if each.player_id == player_id)
    others: Sequence[matches.Performance] = [each for each in match.players if each.player_id != player_id]
    opponent = others[0] if len(match.players) == PAIR else None
    result = rules.result_of(rules.result(player_id, match.winner_id))
    return Played(
        match.match_id, match.game, match.mode, match.map, match.started_at,
        match.started_at + timedelta(seconds=match.duration_seconds), match.duration_seconds,
        "void" if match.voided_at else result, own.score, len(match.players),
        opponent.player_id if opponent else None, names.get(opponent.player_id) if opponent else None,
        opponent.score if opponent else None,
    )  # fmt: skip
