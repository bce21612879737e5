"""The verbs. The ratings of a whole list of matches are read once, moved in order, and written once."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from playerbase import games, matches, profiles
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Pool, Reading, Tx, after_commit
from playerbase.kit.outbox import emit
from playerbase.ladder import rules, store
from playerbase.ladder.events import Settled
from playerbase.ladder.model import Move, Nearby, NoSuchGame, Place, Rank, Rating, Top

TOP_MAX = 100
NEARBY = 5
LOOK_SECONDS = 1.0  # How old a list of the ladder may be: shorter than anyone notices.
GAMES_SEEN_MAX = 1_000

_drift = metrics.Gauge(
    "ladder_points_drift", "Points made (+) or lost (-) since start by uneven K and bounds.", ["game"]
)
_settled = metrics.Counter("ladder_matches_settled", "Matches that moved ratings.", ["game"])


class Versions(Reading[str, int]):
    """Which state of each ladder is the present one, asked of the database at most once a second."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._seen: dict[str, tuple[float, int]] = {}

    async def fetch(self, db: Db, wanted: list[str]) -> dict[str, int]:
        """The versions of these games' ladders."""
        return {each.game: each.version for each in await store.versions_of(db, wanted)}

    async def present(self, game: str) -> int:
        """The version now, or a second ago."""
        known = self._seen.get(game)
        if known is not None and known[0] > clock.monotonic():
            return known[1]
        version = await self.get(game) or 0
        self._seen.pop(game, None)
        self._seen[game] = (clock.monotonic() + LOOK_SECONDS, version)
        if len(self._seen) > GAMES_SEEN_MAX:  # Names nobody knows must not fill the memory.
            del self._seen[next(iter(self._seen))]
        return version


async def settle(tx: Tx, told: Sequence[matches.MatchCompleted]) -> None:
    """Move both ratings of each match of two, once, in the order told; other matches are not rated."""
    done = set(await store.settled_already(tx, [match.match_id for match in told]))
    rated = [match for match in told if len(match.players) == 2 and match.match_id not in done]  # noqa: PLR2004
    once = list({match.match_id: match for match in rated}.values())
    for game, played in groupby(sorted(once, key=lambda match: match.game), key=lambda match: match.game):
        await _settle_game(tx, game, list(played))


async def take_back(tx: Tx, voided: matches.MatchVoided) -> None:
    """Undo what a void match did to both ratings, once."""
    moves = await store.moves_of_match(tx, voided.match_id)
    if not moves:
        return
    players = [move.player_id for move in moves]
    before = await _standings(tx, voided.game, players)
    now = clock.now()
    await store.void_moves(tx, voided.match_id, now)
    heights = {each.player_id: each.rating for each in await store.heights(tx, voided.game, players)}
    after = {
        move.player_id: rules.taken_back(
            before[move.player_id],
            before=move.before,
            after=move.after,
            score=move.score or rules.LOSS,
            height=heights.get(move.player_id, 0),
            at=now,
        )
        for move in moves
    }
    await _save(tx, voided.game, before, after)
    one, other = players
    await emit(
        tx,
        Settled(
            match_id=voided.match_id, game=voided.game, player_id=one, opponent_id=other, score=None,
            before=before[one].rating, after=after[one].rating,
            opponent_before=before[other].rating, opponent_after=after[other].rating,
        ),
    )  # fmt: skip


async def check_game(db: Db, game: str) -> None:
    """Nothing for a game there is; raises NoSuchGame."""
    if await games.game(db, game) is None:
        raise NoSuchGame


async def top(db: Db, game: str, count: int = TOP_MAX) -> Top:
    """The best players of a game, best first."""
    places = await store.top_places(db, game, count)
    return Top(game, await _ranked(db, places, first=1))


async def standing(db: Db, game: str, player_id: UUID) -> tuple[Rating, int | None]:
    """A player's rating and rank; a newcomer has no rank yet."""
    rating = await store.rating_of(db, game, player_id)
    if rating is None or rating.reached_at is None:
        return rules.newcomer(player_id), None
    return rating, 1 + await store.count_above(db, game, rating.rating, rating.reached_at, player_id)


async def around(db: Db, game: str, player_id: UUID) -> Nearby:
    """Where a player stands, with five rows on each side."""
    rating, rank = await standing(db, game, player_id)
    rows: list[Rank] = []
    if rank is not None and rating.reached_at is not None:
        above = await store.places_above(db, game, rating.rating, rating.reached_at, player_id, NEARBY)
        below = await store.places_below(db, game, rating.rating, rating.reached_at, player_id, NEARBY)
        own = Place(player_id, rating.rating, rating.played, rating.reached_at)
        rows = await _ranked(db, [*reversed(above), own, *below], first=rank - len(above))
    return Nearby(
        game, player_id, rank, rating.rating, rating.peak, rules.tier(rating.rating), rating.played, rating.won,
        rating.drawn, rating.lost, rows,
    )  # fmt: skip


async def _settle_game(tx: Tx, game: str, played: list[matches.MatchCompleted]) -> None:
    before = await _standings(tx, game, [each.player_id for match in played for each in match.players])
    after = dict(before)
    now = clock.now()
    moves: list[Move] = []
    facts: list[Settled] = []
    for match in played:
        a, b = (each.player_id for each in match.players)
        score = rules.score_of(a, (a, b), match.winner_id)
        assert score is not None
        was_a, was_b = after[a], after[b]
        after[a], after[b] = rules.settle(
            was_a, was_b, score, match.started_at + timedelta(seconds=match.duration_seconds)
        )
        moves.append(Move(match.match_id, a, b, score, was_a.rating, after[a].rating, now))
        moves.append(Move(match.match_id, b, a, 1 - score, was_b.rating, after[b].rating, now))
        facts.append(
            Settled(
                match_id=match.match_id, game=game, player_id=a, opponent_id=b, score=score, before=was_a.rating,
                after=after[a].rating, opponent_before=was_b.rating, opponent_after=after[b].rating,
            )
        )  # fmt: skip
    await store.note_moves(tx, game, moves)
    await _save(tx, game, before, after)
    await emit(tx, *facts)
    after_commit(tx, lambda: _settled.labels(game).inc(len(played)))


async def _standings(tx: Tx, game: str, player_ids: Sequence[UUID]) -> dict[UUID, Rating]:
    wanted = sorted(set(player_ids))
    known = {rating.player_id: rating for rating in await store.lock_ratings(tx, game, wanted)}
    return {player_id: known.get(player_id) or rules.newcomer(player_id) for player_id in wanted}


async def _save(tx: Tx, game: str, before: dict[UUID, Rating], after: dict[UUID, Rating]) -> None:
    """Write the ratings, and how many hold each: newcomers enter, who has no match left leaves."""
    shift: Counter[int] = Counter()
    for player_id, rating in after.items():
        if before[player_id].reached_at is not None:
            shift[before[player_id].rating] -= 1
        if rating.played:
            shift[rating.rating] += 1
    changed = sorted((rating, change) for rating, change in shift.items() if change)
    await store.save_ratings(tx, game, [rating for rating in after.values() if rating.played])
    if gone := [player_id for player_id, rating in after.items() if not rating.played]:
        await store.leave(tx, game, gone)
    await store.shift_counts(tx, game, [rating for rating, _ in changed], [change for _, change in changed])
    await store.turn_version(tx, game)
    drift = sum(after[player].rating - before[player].rating for player in after)
    after_commit(tx, lambda: _drift.labels(game).inc(drift))


async def _ranked(db: Db, places: Sequence[Place], *, first: int) -> list[Rank]:
    names = await profiles.names(db, [place.player_id for place in places])
    return [
        Rank(
            rank, place.player_id, names.get(place.player_id, ""), place.rating, rules.tier(place.rating), place.played
        )
        for rank, place in enumerate(places, first)
    ]
