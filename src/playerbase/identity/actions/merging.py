"""Two accounts of one person: asked for, weighed, declined, or made one as far as ways of signing in go.

What moves is the identity the asker has shown to be theirs, and nothing else. Whoever decides holds both players, in
the order of their ids, before they look: so neither an unlink nor a ban nor another decision comes between.
"""

from collections.abc import Callable
from uuid import UUID

from playerbase.identity import store
from playerbase.identity.model import (
    Ban,
    IdentityGone,
    LinkedAlready,
    MergeBarred,
    MergeDecided,
    MergeRequest,
    NoSuchRequest,
    OwnerShutOut,
    Weighed,
)
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal

OPEN = "open"
BANS_MAX = 100


async def ask_to_merge(tx: Tx, *, asked_by: UUID, owner_id: UUID, provider: str) -> UUID:
    """Note that somebody showed that an identity of another account is theirs; the id of the one open request."""
    return await store.ask_to_merge(tx, ids.uuid7(), asked_by, owner_id, provider, clock.now())


async def merge_requests(db: Db, state: str, before: UUID | None, count: int) -> list[MergeRequest]:
    """Requests in one state, or all, the latest first."""
    return await store.merge_requests(db, state, before, count)


async def count_merge_requests(db: Db, most: int) -> int:
    """How many are open, counted no further than ``most``."""
    return await store.count_merge_requests(db, most)


async def merge_request(db: Db, request_id: UUID) -> MergeRequest:
    """One request; raises NoSuchRequest."""
    found = await store.merge_request(db, request_id)
    if found is None:
        raise NoSuchRequest
    return found


async def weigh_merge(db: Db, asked: MergeRequest, *, is_bare: bool) -> Weighed:
    """What moving the identity would mean, and what forbids it, if anything does.

    ``is_bare`` says that nobody loses anything with the owner's account; only then may it be left without a way in.
    The identity must be the one that was there when the asker showed it to be theirs: linked since, it is another.
    """
    theirs, own = await store.ways(db, asked.owner_id), await store.ways(db, asked.asked_by)
    found = [way for way in theirs if way.provider == asked.provider and way.linked_at <= asked.asked_at]
    left = sorted({way.provider for way in theirs} - {asked.provider})
    hindrance: Refusal | None = None
    if asked.state != OPEN:
        hindrance = MergeDecided(state=asked.state)
    elif len(found) != 1:
        hindrance = IdentityGone(provider=asked.provider)
    elif any(way.provider == asked.provider for way in own):
        hindrance = LinkedAlready(provider=asked.provider)
    elif await _is_barred(db, asked.owner_id) or await _is_barred(db, asked.asked_by):
        hindrance = MergeBarred()
    elif not left and not is_bare:
        hindrance = OwnerShutOut()
    return Weighed(found[0] if len(found) == 1 else None, left, hindrance)


async def hold_merge(tx: Tx, request_id: UUID) -> MergeRequest:
    """The request, its two players held until the transaction ends; raises NoSuchRequest, MergeDecided."""
    asked = await merge_request(tx, request_id)
    await store.hold_all(tx, sorted((asked.asked_by, asked.owner_id)))
    # Read again: what was waited for may have been the decision, or another identity of the same two.
    asked = await merge_request(tx, request_id)
    if asked.state != OPEN:
        raise MergeDecided(state=asked.state)
    return asked


async def merge(
    tx: Tx, asked: MergeRequest, *, is_bare: bool, by: str, why: str, anew: Callable[[bytes], bytes | None]
) -> Weighed:
    """Let the asker sign in by the identity from now on, and its owner no longer; the two are held already.

    ``anew`` seals for the asker what the provider calls them, which was sealed for the owner. Raises what
    ``weigh_merge`` finds in the way.
    """
    weighed = await weigh_merge(tx, asked, is_bare=is_bare)
    if weighed.hindrance is not None:
        raise weighed.hindrance
    assert weighed.way is not None
    await _decided(tx, asked.request_id, "merged", by, why)
    now, way = clock.now(), weighed.way
    sealed = anew(way.sealed) if way.sealed is not None else None
    await store.move_identity(tx, way.provider, way.subject, asked.asked_by, sealed, now)
    await store.note_links(tx, [ids.uuid7()], [asked.owner_id], way.provider, "unlinked", by, now)
    await store.note_links(tx, [ids.uuid7()], [asked.asked_by], way.provider, "linked", by, now)
    return weighed


async def decline_merge(tx: Tx, request_id: UUID, *, by: str, why: str) -> MergeRequest:
    """Leave two accounts two; raises NoSuchRequest, MergeDecided if it is not open."""
    await merge_request(tx, request_id)
    return await _decided(tx, request_id, "declined", by, why)


async def _decided(tx: Tx, request_id: UUID, state: str, by: str, why: str) -> MergeRequest:
    decided = await store.decide_merge(tx, request_id, state, by, why, clock.now())
    if decided is None:
        raise MergeDecided
    return decided


async def _is_barred(db: Db, player_id: UUID) -> bool:
    return any(_is_in_force(ban) for ban in await store.bans(db, player_id, None, BANS_MAX))


def _is_in_force(ban: Ban) -> bool:
    is_over = ban.lifted_at is not None or ban.lapsed_at is not None
    return not is_over and (ban.until is None or ban.until > clock.now())
