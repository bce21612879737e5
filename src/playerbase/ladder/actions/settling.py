"""Matches move ratings. Those of a whole list of matches are read once, moved in order, and written once."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from math import prod
from uuid import UUID

from msgspec.structs import replace

from playerbase import matches, profiles
from playerbase.kit import clock, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit
from playerbase.ladder import rules, store
from playerbase.ladder.events import Settled
from playerbase.ladder.model import Move, Past, Rating

_drift = metrics.Gauge(
    "ladder_points_drift", "Points made (+) or lost (-) since start by uneven K and bounds.", ["game"]
)
_settled = metrics.Counter("ladder_matches_settled", "Matches that moved ratings.", ["game"])


async def settle(tx: Tx, told: Sequence[matches.MatchCompleted]) -> None:
    """Move both ratings of each match of two, once, in the order told; other matches are not rated."""
    done = set(await store.settled_already(tx, [match.match_id for match in told]))
    rated = [match for match in told if len(match.players) == 2 and match.match_id not in done]  # noqa: PLR2004
    once = list({match.match_id: match for match in rated}.values())
    for game, played in groupby(sorted(once, key=lambda match: match.game), key=lambda match: match.game):
        await _settle_game(tx, game, list(played))


async def take_back(tx: Tx, told: Sequence[matches.MatchVoided]) -> None:
    """Undo what void matches did to both ratings of each, once, in the order told."""
    once = {event.match_id: event for event in told}
    moves: dict[UUID, list[Move]] = {}
    for move in await store.moves_of_matches(tx, list(once)):
        moves.setdefault(move.match_id, []).append(move)
    voided = [event for match_id, event in once.items() if match_id in moves]
    for game, events in groupby(sorted(voided, key=lambda event: event.game), key=lambda event: event.game):
        await _take_back_game(tx, game, [moves[event.match_id] for event in events])


async def _take_back_game(tx: Tx, game: str, voided: list[list[Move]]) -> None:
    players = sorted({move.player_id for moves in voided for move in moves})
    await store.turn_version(tx, game)
    before = await _standings(tx, game, players)
    after = dict(before)
    now = clock.now()
    await store.void_moves(tx, [moves[0].match_id for moves in voided], now)
    heights = {each.player_id: each.rating for each in await store.heights(tx, game, players)}
    pasts = await store.resets_since(tx, game, players, min(move.settled_at for moves in voided for move in moves))
    facts: list[Settled] = []
    for one, other in voided:
        was = {move.player_id: after[move.player_id].rating for move in (one, other)}
        for move in (one, other):
            after[move.player_id] = rules.taken_back(
                after[move.player_id], change=round(_left_of(move, pasts) * (move.after - move.before)),
                score=move.score or rules.LOSS, height=heights.get(move.player_id, 0), at=now,
            )  # fmt: skip
        facts.append(
            Settled(
                match_id=one.match_id, game=game, player_id=one.player_id, opponent_id=other.player_id, score=None,
                before=was[one.player_id], after=after[one.player_id].rating,
                opponent_before=was[other.player_id], opponent_after=after[other.player_id].rating,
            )
        )  # fmt: skip
    await save(tx, game, before, after)
    await emit(tx, *facts)


async def _settle_game(tx: Tx, game: str, played: list[matches.MatchCompleted]) -> None:
    await store.turn_version(tx, game)
    before = await _standings(tx, game, [each.player_id for match in played for each in match.players])
    after = await _placed(tx, before)
    now = clock.now()
    moves: list[Move] = []
    facts: list[Settled] = []
    for number, match in enumerate(played):
        # Later by a microsecond each: of what was settled together, what came last can be told.
        settled_at = now + timedelta(microseconds=number)
        a, b = (each.player_id for each in match.players)
        score = rules.score_of(a, (a, b), match.winner_id)
        assert score is not None
        was_a, was_b = after[a], after[b]
        ended_at = match.started_at + timedelta(seconds=match.duration_seconds)
        after[a], after[b] = rules.settle(was_a, was_b, score, ended_at)
        moves.append(Move(match.match_id, a, b, score, was_a.rating, after[a].rating, settled_at, ended_at))
        moves.append(Move(match.match_id, b, a, 1 - score, was_b.rating, after[b].rating, settled_at, ended_at))
        facts.append(
            Settled(
                match_id=match.match_id, game=game, player_id=a, opponent_id=b, score=score, before=was_a.rating,
                after=after[a].rating, opponent_before=was_b.rating, opponent_after=after[b].rating,
            )
        )  # fmt: skip
    await store.note_moves(tx, game, moves)
    await save(tx, game, before, after)
    await emit(tx, *facts)
    after_commit(tx, lambda: _settled.labels(game).inc(len(played)))


async def _standings(tx: Tx, game: str, player_ids: Sequence[UUID]) -> dict[UUID, Rating]:
    wanted = sorted(set(player_ids))
    known = {rating.player_id: rating for rating in await store.lock_ratings(tx, game, wanted)}
    return {player_id: known.get(player_id) or rules.newcomer(player_id) for player_id in wanted}


async def save(tx: Tx, game: str, before: dict[UUID, Rating], after: dict[UUID, Rating]) -> None:
    """Write the ratings, and how many hold each: newcomers enter, who has no match left leaves."""
    await shift_counts(
        tx,
        game,
        [(was.region, was.rating) for was in before.values() if was.reached_at is not None],
        [(rating.region, rating.rating) for rating in after.values() if rating.played],
    )
    await store.save_ratings(tx, game, [rating for rating in after.values() if rating.played])
    if gone := [player_id for player_id, rating in after.items() if not rating.played]:
        await store.leave(tx, game, gone)
    drift = sum(after[player].rating - before[player].rating for player in after)
    after_commit(tx, lambda: _drift.labels(game).inc(drift))


async def shift_counts(
    tx: Tx, game: str, gone: Sequence[tuple[str | None, int]], come: Sequence[tuple[str | None, int]]
) -> None:
    """Move how many hold each rating, in all and in their regions."""
    shift = Counter(rating for _, rating in come)
    shift.subtract(rating for _, rating in gone)
    changed = sorted((rating, change) for rating, change in shift.items() if change)
    await store.shift_counts(tx, game, [rating for rating, _ in changed], [change for _, change in changed])
    regional = Counter((region, rating) for region, rating in come if region is not None)
    regional.subtract((region, rating) for region, rating in gone if region is not None)
    moved = sorted((place, change) for place, change in regional.items() if change)
    if moved:
        await store.shift_region_counts(
            tx, game, [region for (region, _), _ in moved], [rating for (_, rating), _ in moved],
            [change for _, change in moved],
        )  # fmt: skip


async def _placed(tx: Tx, ratings: dict[UUID, Rating]) -> dict[UUID, Rating]:
    """The ratings with the regions their players are from by now."""
    countries = await profiles.countries(tx, list(ratings))
    found = dict(ratings)
    for player_id, rating in ratings.items():
        region = rules.region_of(countries.get(player_id))
        if region != rating.region:
            found[player_id] = replace(rating, region=region)
    return found


def _left_of(move: Move, pasts: Sequence[Past]) -> float:
    """How much of what a match did is left after the resets since."""
    since = [past for past in pasts if past.player_id == move.player_id and past.reset_at > move.settled_at]
    return prod(rules.carried(past.reset, past.reset_factor) for past in since)
