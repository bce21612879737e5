"""Requests to merge, as staff decides them: looked at, declined, or the way of signing in moved to who asked.

A whole merge of two accounts, with everything every module keeps, is not here: see docs/decisions/0011.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from playerbase import access, audit, federation, identity, profiles
from playerbase.accounts.actions.letters import Kind, post
from playerbase.accounts.actions.staffing import identities, identity_of, staff_name
from playerbase.accounts.actions.standing_by import let_go
from playerbase.accounts.events import IdentityLinked, IdentityUnlinked, MergeDecided
from playerbase.accounts.model import Identity, OwnMerge
from playerbase.kit import metrics
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Request, Site, holdings
from playerbase.kit.outbox import emit

COUNTED_MAX = 100  # Sessions and bans of one side.

_decided = metrics.Counter("merges_decided", "Requests to merge that staff answered, by how.", ["state"])


class Side(msgspec.Struct, frozen=True):
    """One of the two accounts of a request to merge, as far as it helps to decide."""

    player_id: UUID
    name: str | None
    status: identity.Status
    created_at: datetime
    seen_at: datetime
    ways: list[Identity]
    sessions: list[access.Session]
    bans: list[identity.Ban]
    roles: list[str]
    holds: list[str]  # What stays with the account, in words; nothing, and the account is empty.


class MergeOutlook(msgspec.Struct, frozen=True):
    """A request to merge, both accounts, and what moving the way of signing in would do; or what forbids it."""

    request: identity.MergeRequest
    asker: Side
    owner: Side
    moves: Identity | None
    left: list[str]  # By what its owner still signs in.
    ends: int  # Sessions of the owner.
    hindrance: str | None
    hindrance_says: str


async def look_at_merge(site: Site, db: Db, request_id: UUID) -> MergeOutlook:
    """A request with both accounts beside each other, and what a merge would do now; raises NoSuchRequest."""
    asked = await identity.merge_request(db, request_id)
    owner, asker = await _side(site, db, asked.owner_id), await _side(site, db, asked.asked_by)
    weighed = await identity.weigh_merge(db, asked, is_bare=not owner.holds)
    ends = [each for each in owner.sessions if not weighed.left or each.method == asked.provider]
    return MergeOutlook(
        request=asked, asker=asker, owner=owner, left=weighed.left, ends=len(ends),
        moves=identity_of(site.keys, asked.owner_id, weighed.way) if weighed.way else None,
        hindrance=weighed.hindrance.code if weighed.hindrance else None,
        hindrance_says=str(weighed.hindrance) if weighed.hindrance else "",
    )  # fmt: skip


async def merge(tx: Tx, request: Request, request_id: UUID, *, provider: str, why: str) -> None:
    """Let who asked sign in by the identity, and its owner no longer; ``provider`` is what staff has looked at.

    What the owner has open by it ends at once; all of it, if it was their last way in. Both are told by letter. Raises
    ReauthRequired, NoSuchRequest, MergeDecided, MergeChanged, OwnMerge, IdentityGone, LinkedAlready, MergeBarred,
    OwnerShutOut.
    """
    await access.check_fresh(tx, request.caller)
    asked = await identity.hold_merge(tx, request_id)
    _check(request, asked)
    if asked.provider != provider:
        raise identity.MergeChanged(provider=asked.provider)
    keys, owner_id, asker_id = request.site.keys, asked.owner_id, asked.asked_by
    is_bare = not await holdings(request.site.pages, tx, owner_id)
    weighed = await identity.merge(
        tx, asked, is_bare=is_bare, by=staff_name(request), why=why, anew=_anew(keys, owner_id, asker_id, provider)
    )
    if provider == federation.TWITCH:
        # Who has the identity now gives tokens of their own when they come by it.
        await let_go(tx, keys, owner_id)
    if weighed.left:
        ended = await access.end_sessions_by(tx, owner_id, provider)
    else:
        ended = await access.end_sessions(tx, owner_id, "merged")
    await emit(tx, IdentityUnlinked(player_id=owner_id, provider=provider))
    await emit(tx, IdentityLinked(player_id=asker_id, provider=provider))
    await emit(tx, _told(asked, "merged"))
    await post(tx, keys, Kind.MOVED_IN, player_id=asker_id, provider=provider)
    await post(tx, keys, Kind.MOVED_OUT, player_id=owner_id, provider=provider)
    before = {"player_id": str(owner_id), "provider": provider}
    after: dict[str, Any] = {"player_id": str(asker_id), "provider": provider, "ended": ended, "left": weighed.left}
    deeds = [
        audit.deed(
            request, action, "merge_request", request_id, player_id=player_id, reason=why, before=before, after=after
        )
        for action, player_id in (("identity_moved_in", asker_id), ("identity_moved_out", owner_id))
    ]
    await audit.record_all(tx, deeds)
    _decided.labels("merged").inc()


async def decline_merge(tx: Tx, request: Request, request_id: UUID, *, why: str) -> None:
    """Leave both accounts as they are, and tell who asked; raises NoSuchRequest, MergeDecided, OwnMerge."""
    asked = await identity.merge_request(tx, request_id)
    _check(request, asked)
    asked = await identity.decline_merge(tx, request_id, by=staff_name(request), why=why)
    await emit(tx, _told(asked, "declined"))
    await post(tx, request.site.keys, Kind.MERGE_DECLINED, player_id=asked.asked_by, provider=asked.provider)
    deed = audit.deed(
        request, "merge_declined", "merge_request", request_id, player_id=asked.asked_by, reason=why,
        before={"state": "open", "owner_id": str(asked.owner_id), "provider": asked.provider},
        after={"state": "declined", "owner_id": str(asked.owner_id), "provider": asked.provider},
    )  # fmt: skip
    await audit.record(tx, deed)
    _decided.labels("declined").inc()


def _check(request: Request, asked: identity.MergeRequest) -> None:
    if request.caller.player_id in {asked.asked_by, asked.owner_id}:
        raise OwnMerge


def _told(asked: identity.MergeRequest, state: str) -> MergeDecided:
    return MergeDecided(
        request_id=asked.request_id, player_id=asked.asked_by, owner_id=asked.owner_id, provider=asked.provider,
        state=state,
    )  # fmt: skip


def _anew(keys: Keys, owner_id: UUID, asker_id: UUID, provider: str) -> Callable[[bytes], bytes | None]:
    """What the provider calls its owner, sealed for who has it from now on; None for what cannot be opened."""
    place = {"table": "identity.identities", "column": "sealed"}

    def anew(sealed: bytes) -> bytes | None:
        try:
            text = open_sealed(keys, sealed, **place, row=f"{owner_id} {provider}")
        except Tampered:
            return None
        return seal(keys, text, **place, row=f"{asker_id} {provider}")

    return anew


async def _side(site: Site, db: Db, player_id: UUID) -> Side:
    player = await identity.player(db, player_id)
    assert player is not None
    return Side(
        player_id=player_id, name=(await profiles.names(db, [player_id])).get(player_id), status=player.status,
        created_at=player.created_at, seen_at=player.seen_at, ways=await identities(db, site.keys, player_id),
        sessions=await access.sessions(db, player_id, None, COUNTED_MAX),
        bans=await identity.bans(db, player_id, None, COUNTED_MAX), roles=await access.roles_of(db, player_id),
        holds=await holdings(site.pages, db, player_id),
    )  # fmt: skip
