"""The verbs of identity."""

from datetime import datetime, timedelta
from uuid import UUID

from playerbase.identity import store
from playerbase.identity.model import Arrival, Claim, IdentityTaken, Player, PlayerGone, Status, Tally
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx

TOUCH_AFTER = timedelta(minutes=10)  # How stale "last seen" may be: finer would make a write of every sign-in.


async def create(tx: Tx) -> UUID:
    """A new player, without any way to sign in yet."""
    player_id = ids.uuid7()
    await store.add(tx, player_id, clock.now())
    return player_id


async def player(db: Db, player_id: UUID) -> Player | None:
    """The player of this id, or None."""
    return await store.player(db, player_id)


async def players(db: Db, player_ids: list[UUID]) -> dict[UUID, Player]:
    """Those of these ids that are players, by id."""
    return {each.player_id: each for each in await store.players(db, player_ids)}


async def hold(tx: Tx, player_id: UUID) -> Player | None:
    """The player, whose status stays as it is until this transaction ends: for who opens a session by it."""
    return await store.hold(tx, player_id)


async def existing(db: Db, player_ids: list[UUID]) -> set[UUID]:
    """Those of these ids that are players."""
    return set(await store.existing(db, player_ids))


async def tally_since(db: Db, since: datetime) -> Tally:
    """How many players were seen since then, to ten minutes, and how many of them were made."""
    return await store.tally_since(db, since, ids.first_at(since - clock.offset()))


async def link(tx: Tx, player_id: UUID, provider: str, subject: bytes) -> None:
    """Let the player sign in by this subject of a provider; raises IdentityTaken if it belongs to anybody.

    The subject is the provider's immutable id, or a keyed stand-in of it where it is personal.
    """
    if await store.add_identity(tx, provider, subject, player_id, clock.now()) is None:
        raise IdentityTaken(provider=provider)


async def find(db: Db, provider: str, subject: bytes) -> UUID | None:
    """Whose subject this is, or None."""
    return await store.find(db, provider, subject)


async def providers(db: Db, player_id: UUID) -> list[str]:
    """The providers by which a player may sign in, by name."""
    return await store.providers(db, player_id)


async def arrive(tx: Tx, provider: str, subjects: list[bytes]) -> dict[bytes, Arrival]:
    """Who these subjects are: found, or made on first sight, each once however many processes see it first."""
    wanted = sorted(set(subjects))
    arrivals = {
        known.subject: Arrival(known.player_id, is_new=False, status=known.status)
        for known in await store.find_all(tx, provider, wanted)
    }
    now = clock.now()
    if arrivals:
        await store.touch_identities(tx, provider, list(arrivals), now, now - TOUCH_AFTER)
        await seen(tx, [arrival.player_id for arrival in arrivals.values()])
    claims = [Claim(subject, ids.uuid7()) for subject in wanted if subject not in arrivals]
    if not claims:
        return arrivals
    made = set(await store.add_players_with(tx, provider, claims, now))
    for claim in claims:
        if claim.subject in made:
            arrivals[claim.subject] = Arrival(claim.player_id, is_new=True, status=Status.ACTIVE)
    if lost := [claim.subject for claim in claims if claim.subject not in made]:
        # Somebody else made them while this waited; what they committed can be read now.
        for known in await store.find_all(tx, provider, lost):
            arrivals[known.subject] = Arrival(known.player_id, is_new=False, status=known.status)
    return arrivals


async def seen(tx: Tx, player_ids: list[UUID]) -> None:
    """These players are here; how long ago is kept to ten minutes."""
    now = clock.now()
    await store.touch_players(tx, player_ids, now, now - TOUCH_AFTER)


async def set_status(tx: Tx, player_id: UUID, status: Status) -> Status:
    """Change whether a player may come in, and return what held before; raises PlayerGone.

    Sessions are not known here: ``access.set_status`` ends them in the same transaction, and is what others call.
    """
    before = await store.set_status(tx, player_id, status.value)
    if before is None:
        raise PlayerGone
    return Status(before)
