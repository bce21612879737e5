"""Players, and the identities they sign in with."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from playerbase.identity import store
from playerbase.identity.model import (
    Arrival,
    Claim,
    Face,
    IdentityTaken,
    Known,
    LastWay,
    Link,
    LinkedAlready,
    NotLinked,
    Player,
    StaleLabel,
    Status,
    Tally,
    Way,
)
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


async def link(
    tx: Tx, player_id: UUID, provider: str, subject: bytes, *, sealed: bytes | None = None, by: str = "player"
) -> None:
    """Let the player sign in by this subject of a provider; raises IdentityTaken if it belongs to anybody.

    The subject is the provider's immutable id, or a keyed stand-in of it where it is personal.
    """
    if await store.add_identity(tx, provider, subject, player_id, clock.now()) is None:
        raise IdentityTaken(provider=provider)
    if sealed is not None:
        await store.seal_identity(tx, provider, subject, sealed)
    await store.note_links(tx, [ids.uuid7()], [player_id], provider, "linked", by, clock.now())


async def seal_identity(tx: Tx, provider: str, subject: bytes, sealed: bytes) -> None:
    """Keep, sealed, what a provider calls somebody who has just arrived by it."""
    await store.seal_identity(tx, provider, subject, sealed)


async def stale_labels(tx: Tx, head: bytes, after: tuple[str, bytes], count: int) -> list[StaleLabel]:
    """Labels that do not begin with this head of a seal, after this provider and subject, held to be sealed anew."""
    return await store.stale_labels(tx, head, *after, count)


async def link_once(
    tx: Tx, player_id: UUID, provider: str, subject: bytes, *, sealed: bytes | None = None, by: str = "player"
) -> bool:
    """The same for a provider of whom a player has one account at most; False if it was linked before.

    Raises LinkedAlready if another one is, IdentityTaken with the ``owner`` if it is somebody else's.
    """
    await store.lock_player(tx, player_id)
    mine = {way.subject for way in await store.ways(tx, player_id) if way.provider == provider}
    if subject in mine:
        return False
    if mine:
        raise LinkedAlready(provider=provider)
    await link(tx, player_id, provider, subject, sealed=sealed, by=by)
    return True


async def unlink(tx: Tx, player_id: UUID, provider: str, *, by: str = "player") -> None:
    """Let the player no longer sign in by this provider; raises NotLinked, LastWay if it is all they have."""
    await store.lock_player(tx, player_id)
    have = {way.provider for way in await store.ways(tx, player_id)}
    if provider not in have:
        raise NotLinked(provider=provider)
    if have == {provider}:
        raise LastWay(provider=provider)
    await store.drop_identities(tx, player_id, provider)
    await store.note_links(tx, [ids.uuid7()], [player_id], provider, "unlinked", by, clock.now())


async def ways(db: Db, player_id: UUID) -> list[Way]:
    """Every way the player signs in, the oldest first."""
    return await store.ways(db, player_id)


async def links(db: Db, player_id: UUID, before: UUID | None, count: int) -> list[Link]:
    """What was linked and unlinked, the latest first."""
    return await store.links(db, player_id, before, count)


async def relink(tx: Tx, player_id: UUID, provider: str, subject: bytes) -> None:
    """Let another subject take the place of the one this player has of a provider, as when an address changes."""
    await store.change_subject(tx, provider, subject, player_id)


async def find(db: Db, provider: str, subject: bytes) -> UUID | None:
    """Whose subject this is, or None."""
    return await store.find(db, provider, subject)


async def providers(db: Db, player_id: UUID) -> list[str]:
    """The providers by which a player may sign in, by name."""
    return await store.providers(db, player_id)


async def faces(db: Db, player_ids: list[UUID]) -> dict[UUID, Face]:
    """What tokens say of each of these players, by id."""
    return {each.player_id: each for each in await store.faces(db, player_ids)}


async def rename(tx: Tx, provider: str, formers: Sequence[bytes], subjects: Sequence[bytes]) -> list[bytes]:
    """Know identities by other stand-ins from now on; returns those that were there to be renamed."""
    return await store.rename(tx, provider, list(formers), list(subjects)) if formers else []


async def arrive(
    tx: Tx, provider: str, subjects: list[bytes], formers: Mapping[bytes, Sequence[bytes]] | None = None
) -> dict[bytes, Arrival]:
    """Who these subjects are: found, or made on first sight, each once however many processes see it first.

    ``formers`` holds the stand-ins of a subject under former secrets: who is found by one is renamed.
    """
    wanted = sorted(set(subjects))
    found = await store.find_all(tx, provider, wanted)
    arrivals = {known.subject: _known(known) for known in found}
    if formers and (missing := [subject for subject in wanted if subject not in arrivals and formers.get(subject)]):
        await store.lock_subjects(tx, sorted(min(subject, *formers[subject]) for subject in missing))
        pairs = [(former, subject) for subject in missing for former in formers[subject]]
        await rename(tx, provider, [former for former, _ in pairs], [subject for _, subject in pairs])
        renamed = await store.find_all(tx, provider, missing)
        arrivals |= {known.subject: _known(known) for known in renamed}
        found += renamed
    now = clock.now()
    # Most came lately, and nothing is to be written for them: not even two statements that would find that out.
    if stale := [known for known in found if known.touched_at < now - TOUCH_AFTER]:
        await store.touch_identities(tx, provider, [known.subject for known in stale], now, now - TOUCH_AFTER)
        await seen(tx, [known.player_id for known in stale])
    claims = [Claim(subject, ids.uuid7()) for subject in wanted if subject not in arrivals]
    if not claims:
        return arrivals
    made = set(await store.add_players_with(tx, provider, claims, now))
    for claim in claims:
        if claim.subject in made:
            arrivals[claim.subject] = Arrival(claim.player_id, is_new=True, status=Status.ACTIVE)
    if new := [claim.player_id for claim in claims if claim.subject in made]:
        await store.note_links(tx, [ids.uuid7() for _ in new], new, provider, "linked", "first sign-in", now)
    if lost := [claim.subject for claim in claims if claim.subject not in made]:
        # Somebody else made them while this waited; what they committed can be read now.
        arrivals |= {known.subject: _known(known) for known in await store.find_all(tx, provider, lost)}
    return arrivals


def _known(known: Known) -> Arrival:
    return Arrival(known.player_id, is_new=False, status=known.status)


async def seen(tx: Tx, player_ids: list[UUID]) -> None:
    """These players are here; how long ago is kept to ten minutes."""
    now = clock.now()
    await store.touch_players(tx, player_ids, now, now - TOUCH_AFTER)
