"""Experience that somebody of the staff gives or takes."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import games, identity, seasons
from playerbase.battlepass import store
from playerbase.battlepass.actions.booking import Book
from playerbase.battlepass.actions.noting import By, note
from playerbase.battlepass.model import Entry, GrantedOtherwise, Source, TooLittleExperience
from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.kit.errors import Fault

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]


class ExperienceGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much experience, in which game, why, and under which reference it is given once; below zero it is taken."""

    game: Slug
    amount: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
    ref: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[!-~]+$", examples=["ticket-4711"])]
    reason: Reason


async def grant(tx: Tx, by: By, player_id: UUID, asked: ExperienceGrant) -> Entry:
    """Give or take experience in the season that runs, or (without one) for the level alone; once for a reference.

    Raises PlayerGone, NoSuchGame, GrantedOtherwise, TooLittleExperience.
    """
    if not asked.amount:
        raise Fault("amount", "zero", "There is nothing to give or to take")
    if not await identity.existing(tx, [player_id]):
        raise identity.PlayerGone
    if await games.game(tx, asked.game) is None:
        raise games.NoSuchGame(game=asked.game)
    name = f"staff {asked.ref}"
    await store.lock_log(tx, player_id)
    for known in await store.noted(tx, [player_id], [name]):
        if (known.amount, known.game) != (asked.amount, asked.game):
            raise GrantedOtherwise(amount=known.amount, game=known.game)
        return known
    season = await seasons.current(tx, asked.game)
    book = await Book.open(tx, [season.season_id] if season is not None else [])
    season_id = next(iter(book.grounds), None)
    if season_id is not None:
        await book.turn_to([(season_id, player_id)])
        row, _ = book.standing(season_id, player_id)
        if row.xp + asked.amount < 0:
            raise TooLittleExperience(xp=row.xp)
    source = Source.GRANT if asked.amount > 0 else Source.CORRECTION
    book.add(player_id, source, name, asked.game, season_id, asked.amount, at=clock.now(), reason=asked.reason)
    (entry,) = book.entries
    await book.close()
    await note(
        tx,
        by,
        "experience_granted",
        "player",
        player_id,
        reason=asked.reason,
        after={"game": asked.game, "amount": asked.amount, "ref": asked.ref, "season_id": season_id},
    )
    return entry
