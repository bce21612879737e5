"""Experience for what was played: whole lists of matches, read once, counted in memory and written once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from playerbase import matches, seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions import knowing
from playerbase.battlepass.actions.booking import Book
from playerbase.battlepass.actions.tallying import Tally
from playerbase.battlepass.model import Rates, Source
from playerbase.kit.db import Tx

PLAYED = (Source.MATCH_WIN, Source.MATCH_DRAW, Source.MATCH_LOSS)


class Played(msgspec.Struct, frozen=True):
    """A match, when it ended, and the season it belongs to."""

    match: matches.MatchCompleted
    ended_at: datetime
    season_id: UUID | None


async def follow(tx: Tx, told: Sequence[matches.MatchCompleted]) -> None:
    """Give everybody in these matches their experience, once, in the order told.

    A match belongs to the season in which it ended. If that is fenced, or has no pass, it counts for the level alone.
    """
    unique: dict[UUID, matches.MatchCompleted] = {}
    for match in told:
        unique.setdefault(match.match_id, match)
    calendars = await seasons.calendars(tx, sorted({match.game for match in unique.values()}))
    played = [_placed(match, calendars[match.game]) for match in unique.values()]
    book = await Book.open(tx, {each.season_id for each in played if each.season_id is not None})
    rates = await knowing.rates(tx, calendars)
    await book.turn_to(
        (each.season_id, who.player_id) for each in played if each.season_id for who in each.match.players
    )
    pairs = [(who.player_id, ref(match.match_id)) for match in unique.values() for who in match.players]
    noted = await store.noted(tx, [who for who, _ in pairs], [name for _, name in pairs])
    known = {(each.player_id, each.ref) for each in noted if each.source in PLAYED}
    tally = await Tally.open(tx, list(calendars), book)
    days = await _Days.open(tx, book, played)
    deeds = [
        (each, who, _deed(each.match, who))
        for each in played
        for who in each.match.players
        if (who.player_id, ref(each.match.match_id)) not in known
    ]
    await tally.turn_to(
        [(who.player_id, deed, each.match.game, each.ended_at, each.season_id) for each, who, deed in deeds]
    )
    for each, who, deed in deeds:
        amount, bonus = _amount(book, days, rates[each.match.game], each, who.player_id, deed)
        counted = tally.count(who.player_id, deed, each.match.game, each.ended_at, each.season_id)
        book.add(
            who.player_id, deed.source, ref(each.match.match_id), each.match.game, each.season_id, amount,
            at=each.ended_at, bonus=bonus, counted=counted,
        )  # fmt: skip
        tally.award(who.player_id, each.match.game, each.ended_at, each.season_id)
    await tally.close()
    await book.close()


async def take_back(tx: Tx, voided: Sequence[matches.MatchVoided]) -> None:
    """Take back what void matches gave and counted, once. What was claimed stays claimed, whatever tier is left.

    In a season that is fenced nothing changes any more: the level alone falls.
    """
    refs = [ref(each.match_id) for each in voided]
    pairs = sorted({(player_id, ref(each.match_id)) for each in voided for player_id in each.player_ids})
    noted = await store.noted(tx, [who for who, _ in pairs], [name for _, name in pairs])
    done = {(each.player_id, each.ref) for each in noted if each.source is Source.CORRECTION}
    due = [each for each in noted if each.source in PLAYED and (each.player_id, each.ref) not in done]
    if not due:
        return
    due.sort(key=lambda each: (refs.index(each.ref), each.player_id))
    book = await Book.open(tx, {each.season_id for each in due if each.season_id is not None})
    await book.turn_to((each.season_id, each.player_id) for each in due if each.season_id is not None)
    why = {ref(each.match_id): each.reason for each in voided}
    for each in due:
        book.add(
            each.player_id, Source.CORRECTION, each.ref, each.game, each.season_id, -each.amount, at=each.at,
            reason=why[each.ref],
        )  # fmt: skip
    tally = await Tally.open(tx, sorted({each.game for each in due}), book)
    await tally.take_back(due)
    await book.close()


def ref(match_id: UUID) -> str:
    """Under which name a match stands in the log."""
    return f"match {match_id}"


class _Days:
    """What matches of each day gave, where a pass bounds it."""

    def __init__(self) -> None:
        self.gained: dict[tuple[UUID, UUID, datetime], int] = {}

    @classmethod
    async def open(cls, tx: Tx, book: Book, played: Sequence[Played]) -> "_Days":
        days = cls()
        for season_id, ground in book.grounds.items():
            if ground.found.daily_cap is None:
                continue
            wanted = sorted(
                {
                    (who.player_id, _day(each.ended_at))
                    for each in played
                    if each.season_id == season_id
                    for who in each.match.players
                }
            )
            if wanted:
                who, when = [player_id for player_id, _ in wanted], [day for _, day in wanted]
                for row in await store.gained_between(tx, who, when, season_id, [each.value for each in PLAYED]):
                    days.gained[season_id, row.player_id, row.begins_at] = row.amount
        return days


def _amount(book: Book, days: _Days, rates: Rates, each: Played, player_id: UUID, deed: rules.Deed) -> tuple[int, int]:
    """What a match gives a player, and what of it they get for being behind."""
    amount = rules.earned(rates, deed.source, kills=deed.kills, streak=deed.streak, seconds=deed.seconds)
    if each.season_id is None or each.season_id not in book.grounds:
        return amount, 0
    ground = book.grounds[each.season_id]
    if not ground.found.catch_up_days and ground.found.daily_cap is None:
        return amount, 0
    row, curve = book.standing(each.season_id, player_id)
    bonus = rules.catch_up(
        amount, tier=rules.tier_at(curve, row.xp), tiers=rules.last(curve).tier, days=ground.found.catch_up_days,
        at=each.ended_at, began=ground.season.starts_at, ends=ground.season.ends_at,
    )  # fmt: skip
    place = (each.season_id, player_id, _day(each.ended_at))
    total = rules.capped(amount + bonus, ground.found.daily_cap, days.gained.get(place, 0))
    days.gained[place] = days.gained.get(place, 0) + total
    return total, min(bonus, max(total - amount, 0))


def _placed(match: matches.MatchCompleted, calendar: seasons.Calendar) -> Played:
    ended_at = match.started_at + timedelta(seconds=match.duration_seconds)
    season = calendar.at(ended_at)
    return Played(match, ended_at, season.season_id if season is not None else None)


def _deed(match: matches.MatchCompleted, who: matches.Performance) -> rules.Deed:
    source = rules.result(is_winner=match.winner_id == who.player_id, has_winner=match.winner_id is not None)
    return rules.Deed(match.mode, source, who.kills, who.streak, who.hits, who.correct, match.duration_seconds)


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
