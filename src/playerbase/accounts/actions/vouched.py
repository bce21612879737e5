"""Signing in by a game server's word or a device's id: many at once, in one transaction for all who wait."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from playerbase import access, audit, identity, profiles
from playerbase.access import Challenge, Opened, Opening, SignInFailed, Tokens
from playerbase.accounts.actions.entering import OWN_CLIENT
from playerbase.accounts.actions.passwords import tokens, tokens_or_question
from playerbase.accounts.events import PlayerLoggedIn, PlayerRegistered
from playerbase.accounts.model import DeviceLogin, ServerLogin
from playerbase.kit import tracing
from playerbase.kit.crypto import Keys, blinds
from playerbase.kit.db import Kept, Key, Lane, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request, Site
from playerbase.kit.outbox import emit

SERVER: Final = "server"
DEVICE: Final = "device"


class Vouched(msgspec.Struct, frozen=True):
    """Somebody who was named, and by whom; the deed is theirs once it is known who they are."""

    keys: Keys
    subjects: tuple[bytes, ...]  # Its stand-ins, the one of the present secret first.
    display_name: str | None
    client_id: str
    device: str
    deed: audit.Deed
    traceparent: str
    secret_indexes: tuple[bytes, ...] = ()
    game: str | None = None

    @property
    def subject(self) -> bytes:
        """The stand-in by which they are known from now on."""
        return self.subjects[0]


class ServerLogins(Lane[Vouched, Opened]):
    """Players for whom game servers vouch."""

    async def commit(self, tx: Tx, items: list[Vouched]) -> list[Opened | Refusal]:
        """A session for each, made a player if they were none; whether to ask for more is for the server to know."""
        return [each for each in await _let_in(tx, SERVER, items) if not isinstance(each, Challenge)]


class DeviceLogins(Lane[Vouched, Opened | Challenge]):
    """Guests."""

    async def commit(self, tx: Tx, items: list[Vouched]) -> list[Opened | Challenge | Refusal]:
        """A session for each whose device is new or whose secret is right, or the question for their second factor."""
        admitted = await access.admit_devices(
            tx, [item.subjects for item in items], [item.secret_indexes for item in items]
        )
        outside = [item for item, is_in in zip(items, admitted, strict=True) if not is_in]
        failed = [replace(item.deed, action="authn_login_fail", outcome="failed", reason=DEVICE) for item in outside]
        right = [item for item, is_in in zip(items, admitted, strict=True) if is_in]
        inside = iter(await _let_in(tx, DEVICE, right, failed))
        wrong = "The secret of this device is wrong."
        return [next(inside) if is_in else SignInFailed(wrong).noted() for is_in in admitted]


async def log_in_by_server(
    request: Request, key: Key | None, wanted: ServerLogin, logins: ServerLogins
) -> Tokens | Kept:
    """Sign in, or make on first sight, a player of the calling server's account system; raises PlayerBarred.

    Their id counts within the key's game, so keys may be replaced without losing anybody.
    """
    site: Site = request.site
    caller = request.caller
    name = None if wanted.display_name is None else profiles.check_name(wanted.display_name)
    subjects = blinds(site.keys, f"{caller.game or ''}\0{wanted.external_id}", purpose="identity/server")
    item = Vouched(
        site.keys, subjects, name, caller.key_id or OWN_CLIENT, "Game server", audit.deed(request, "", "player", ""),
        tracing.current(), game=caller.game,
    )  # fmt: skip
    return await tokens(request, await (logins.put_once(item, key) if key else logins.put(item)))


async def log_in_by_device(
    request: Request, key: Key | None, wanted: DeviceLogin, logins: DeviceLogins
) -> Tokens | Challenge | Kept:
    """Sign in, or make on first sight, a guest; raises SignInFailed if the device has another secret, PlayerBarred."""
    site: Site = request.site
    subjects = blinds(site.keys, wanted.device_id, purpose="identity/device")
    secret: tuple[bytes, ...] = ()
    if wanted.device_secret is not None:
        secret = blinds(site.keys, f"{wanted.device_id}\0{wanted.device_secret}", purpose="device_secret")
    item = Vouched(
        site.keys, subjects, None, OWN_CLIENT, request.agent, audit.deed(request, "", "player", ""), tracing.current(),
        secret_indexes=secret,
    )  # fmt: skip
    return await tokens_or_question(request, await (logins.put_once(item, key) if key else logins.put(item)))


async def _let_in(
    tx: Tx, provider: str, items: Sequence[Vouched], failed: Sequence[audit.Deed] = ()
) -> list[Opened | Challenge | Refusal]:
    """Sessions for these; ``failed`` goes into the audit with them, because its chains are locked once and in order."""
    if not items:
        await audit.record_all(tx, failed)
        return []
    formers = {item.subject: item.subjects[1:] for item in items}
    arrivals = await identity.arrive(tx, provider, [item.subject for item in items], formers)
    traces = {arrivals[item.subject].player_id: item.traceparent for item in reversed(items)}
    newcomers = {
        arrival.player_id: profiles.Newcomer(arrival.player_id, item.display_name or _name_of(arrival.player_id))
        for item in reversed(items)
        if (arrival := arrivals[item.subject]).is_new
    }
    if newcomers:
        await profiles.create_all(tx, list(newcomers.values()))
    here = [
        (item, arrival, Opening(arrival.player_id, provider, item.client_id, item.device))
        for item in items
        if (arrival := arrivals[item.subject])
    ]
    refusals = await _refusals(tx, [(item, arrival) for item, arrival, _ in here])
    asked = set[UUID]()
    if provider == DEVICE:
        asked = await access.factor_holders(tx, [each.player_id for each in arrivals.values()])
    openings = [
        opening
        for item, arrival, opening in here
        if (item.game, arrival.player_id) not in refusals and arrival.player_id not in asked
    ]
    # A server's word and a device are all that is vouched for here; what else the player has linked is not looked up.
    opened = iter(await access.open_sessions(tx, items[0].keys, openings, providers=[(provider,)] * len(openings)))
    outcomes: list[Opened | Challenge | Refusal] = []
    deeds: list[audit.Deed] = []
    for item, arrival, opening in here:
        refusal = refusals.get((item.game, arrival.player_id))
        if refusal is None and arrival.player_id in asked:
            question = await access.challenge(tx, item.keys, opening)
            assert question is not None
            outcomes.append(question)
            deeds.append(_deed(item, "second_factor_asked", arrival.player_id, provider))
        elif refusal is None:
            outcomes.append(next(opened))
            deeds.append(_deed(item, "authn_login_success", arrival.player_id, provider))
        else:
            outcomes.append(refusal.noted())
            deeds.append(_deed(item, "authn_login_fail", arrival.player_id, "player_barred", outcome="refused"))
    facts: list[PlayerRegistered | PlayerLoggedIn] = [
        PlayerRegistered(player_id=each.player_id, display_name=each.display_name, provider=provider)
        for each in newcomers.values()
    ]
    facts += [
        PlayerLoggedIn(player_id=each.player_id, session_id=each.session_id, provider=provider)
        for each in outcomes
        if isinstance(each, Opened)
    ]
    await emit(tx, *facts, traceparents=[traces[fact.player_id] for fact in facts])
    await audit.record_all(tx, [*failed, *deeds])
    return outcomes


async def _refusals(
    tx: Tx, here: Sequence[tuple[Vouched, identity.Arrival]]
) -> dict[tuple[str | None, UUID], access.PlayerBarred]:
    """Who may not come in, everywhere or in the game whose server vouches for them."""
    held: dict[str | None, dict[UUID, identity.Status]] = {}
    for item, arrival in here:
        if not arrival.is_new:
            held.setdefault(item.game, {})[arrival.player_id] = arrival.status
    return {
        (game, player_id): refusal
        for game, players in held.items()
        for player_id, refusal in (await access.barred(tx, players, game)).items()
    }


def _deed(
    item: Vouched, action: str, player_id: UUID, reason: str, *, outcome: Literal["done", "refused"] = "done"
) -> audit.Deed:
    return replace(item.deed, action=action, player_id=player_id, target_id=player_id, reason=reason, outcome=outcome)


def _name_of(player_id: UUID) -> str:
    """What somebody is called who did not say: the random end of their id."""
    return f"Player-{player_id.hex[-6:]}"
