"""Linking providers to an account, and unlinking them."""

from typing import Final
from uuid import UUID

import msgspec

from playerbase import access, audit, federation, identity
from playerbase.accounts.actions import alerting
from playerbase.accounts.actions.federated import Label, keep_granted, sealed_label, stand_in
from playerbase.accounts.actions.standing_by import let_go
from playerbase.accounts.events import IdentityLinked, IdentityUnlinked, MergeAsked
from playerbase.accounts.model import LinkedAccount, NotUnlinked
from playerbase.federation import Providers, Subject
from playerbase.kit.crypto import Keys, Tampered, open_sealed
from playerbase.kit.db import Db, Tx, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request
from playerbase.kit.outbox import emit

# What is no provider: a password is changed and not unlinked, and a game's server speaks for itself.
FIXED: Final = frozenset({"password", "server"})
# Who has nothing else plays as a guest: what they could prove anew is what their session came of.
GUESTS: Final = frozenset({"device", "server"})
# To the provider and back somebody may take ten minutes; the proof was fresh when they left.
RETURN_MINUTES: Final = access.FRESH_MINUTES + 10


async def link(request: Request, provider: str, credential: str) -> None:
    """Let the caller sign in by a provider as well, on its word and never on an e-mail address. Twice is as once.

    An identity of somebody else is not moved: raises IdentityTaken with the request to merge that was opened. Also
    raises ReauthRequired, LinkedAlready, ProviderUnknown, ProviderRefused, ProviderBanned, ProviderAway.
    """
    async with reading(request.site.pool) as db:
        await check_may_link(db, request.caller)
    providers: Providers = request.site.lane(Providers)
    await link_subject(request, await federation.believe(providers, request.site.pool, provider, credential))


async def check_may_link(db: Db, caller: Caller, minutes: int = access.FRESH_MINUTES) -> None:
    """Raises ReauthRequired unless the caller has proven lately who they are, or is a guest.

    Whoever gets hold of a session must not be able to give themselves a way in that outlives it.
    """
    assert caller.player_id is not None
    if set(await identity.providers(db, caller.player_id)) - GUESTS:
        await access.check_fresh(db, caller, minutes)


async def link_subject(request: Request, subject: Subject) -> None:
    """The same for whom a provider has spoken of already; the proof may be some minutes older."""
    async with transaction(request.site.pool) as tx:
        await check_may_link(tx, request.caller, RETURN_MINUTES)
        # Carried out of the transaction and raised behind it: the request to merge must commit.
        refusal = await _linked(tx, request, subject)
    if refusal is not None:
        raise refusal


async def unlink(tx: Tx, request: Request, provider: str) -> None:
    """Let the caller no longer sign in by a provider; what is signed in by it elsewhere is signed out.

    Raises NotUnlinked for a password, ReauthRequired, NotLinked, LastWay.
    """
    player_id = request.caller.player_id
    assert player_id is not None
    if provider in FIXED:
        raise NotUnlinked(provider=provider)
    await access.check_fresh(tx, request.caller)
    await identity.unlink(tx, player_id, provider)
    if provider == federation.TWITCH:
        await let_go(tx, request.site.keys, player_id)
    ended = await access.end_sessions_by(tx, player_id, provider, but=request.caller.session_id)
    await alerting.alert(tx, request.site.keys, player_id, alerting.unlinked(provider))
    await emit(tx, IdentityUnlinked(player_id=player_id, provider=provider))
    deed = audit.deed(request, "identity_unlinked", "player", player_id, before={"provider": provider})
    await audit.record(tx, msgspec.structs.replace(deed, after={"ended": ended}))


async def linked(db: Db, keys: Keys, player_id: UUID) -> list[LinkedAccount]:
    """The ways a player signs in, with what providers call them."""
    return [
        LinkedAccount(way.provider, *label_of(keys, player_id, way), way.linked_at, way.last_used_at)
        for way in await identity.ways(db, player_id)
    ]


async def _linked(tx: Tx, request: Request, subject: Subject) -> Refusal | None:
    keys, provider, player_id = request.site.keys, subject.provider, request.caller.player_id
    assert player_id is not None
    index = await stand_in(tx, keys, subject)
    try:
        is_new = await identity.link_once(tx, player_id, provider, index, sealed=sealed_label(keys, player_id, subject))
    except identity.IdentityTaken:
        owner_id = await identity.find(tx, provider, index)
        assert owner_id is not None
        request_id = await identity.ask_to_merge(tx, asked_by=player_id, owner_id=owner_id, provider=provider)
        await emit(tx, MergeAsked(request_id=request_id, player_id=player_id, owner_id=owner_id, provider=provider))
        deed = audit.deed(
            request, "identity_linked", "player", player_id, outcome="refused", reason="identity_taken",
            after={"provider": provider, "merge_request_id": str(request_id)},
        )  # fmt: skip
        await audit.record(tx, deed)
        return identity.IdentityTaken(
            "This account already belongs to another player here. Sign in with it to play as that player; that both "
            "are yours has been noted, and somebody will look whether they can be made one.",
            provider=provider, merge_request_id=str(request_id), next=["sign_in_with_it", "await_merge"],
        ).noted()  # fmt: skip
    await keep_granted(tx, keys, player_id, subject)
    if is_new:
        # Here and not sooner: whoever asks twice for what is so already is told so again.
        await federation.spend(tx, subject, "link")
        await alerting.alert(tx, keys, player_id, alerting.linked(provider))
        await emit(tx, IdentityLinked(player_id=player_id, provider=provider))
        await audit.record(
            tx, audit.deed(request, "identity_linked", "player", player_id, after={"provider": provider})
        )
    return None


def label_of(keys: Keys, player_id: UUID, way: identity.Way) -> tuple[str | None, str | None]:
    """The provider's id and name for a player, where they were kept and can be opened."""
    if way.sealed is None:
        return None, None
    row = f"{player_id} {way.provider}"
    try:
        text = open_sealed(keys, way.sealed, table="identity.identities", column="sealed", row=row)
    except Tampered:
        return None, None  # Somebody put it there from another row: it names nobody.
    label = msgspec.json.decode(text, type=Label)
    return label.id, label.name
