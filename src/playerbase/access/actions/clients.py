"""Clients: programs that show a secret of theirs for a token of a quarter of an hour (RFC 6749, 4.4)."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from playerbase import audit
from playerbase.access import rules, store
from playerbase.access.actions.api_keys import ALPHABET, USED_AFTER, KeyUses, networks_of
from playerbase.access.actions.keyring import KnownClient
from playerbase.access.events import ClientChanged
from playerbase.access.model import AddressNotAllowed, TokenInvalid
from playerbase.access.model.machines import Client, ClientRow, NewClient, NoSuchClient
from playerbase.kit import clock
from playerbase.kit.crypto import digest, looks_like_token, same, token
from playerbase.kit.db import Db, Reading, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request
from playerbase.kit.outbox import emit

ID_PREFIX: Final = "pbc"
ID_CHARACTERS: Final = 16
SECRET_PREFIX: Final = "pb_cs"  # noqa: S105 - what a secret begins with, so that scanners know it
NOBODYS: Final = digest("nobody's")  # So that an unknown client is compared with something, too.


class Clients(Reading[str, ClientRow]):
    """Clients by id, those that wait at one moment in one statement; revoked ones are not there."""

    async def fetch(self, db: Db, wanted: list[str]) -> Mapping[str, ClientRow]:
        """The rows of these ids."""
        return {row.client_id: row for row in await store.client_rows(db, wanted)}


class ClientUses(KeyUses):
    """When clients last called, to the minute."""

    async def commit(self, tx: Tx, items: list[str]) -> list[Refusal | None]:
        """Note all of them."""
        now = clock.now()
        await store.touch_clients(tx, sorted(set(items)), now, now - USED_AFTER)
        return [None] * len(items)


async def proven_client(request: Request, client_id: str, secret: str) -> ClientRow:
    """The client whose secret this is, the present one or the former while it is good; raises NotGranted."""
    row: ClientRow | None = await request.site.lane(Clients).get(client_id)
    now = clock.now()
    hashes = [row.secret_hash] if row else [NOBODYS]
    if row is not None and row.former_hash and row.former_expires_at and row.former_expires_at > now:
        hashes.append(row.former_hash)
    is_right = looks_like_token(secret, SECRET_PREFIX) and any(same(digest(secret), each) for each in hashes)
    if row is None or not is_right or (row.expires_at is not None and row.expires_at <= now):
        raise rules.NotGranted("invalid_client", "Unknown client, or a wrong secret.")
    return row


async def client_caller(request: Request, known: KnownClient) -> Caller:
    """Who calls with a client's token: what the client may is read anew, so revoking it ends its tokens at once.

    Raises TokenInvalid, AddressNotAllowed.
    """
    row: ClientRow | None = await request.site.lane(Clients).get(known.client_id)
    if row is None or (row.expires_at is not None and row.expires_at <= clock.now()):
        raise TokenInvalid("This client was revoked or has expired.")
    if row.allow and not rules.is_allowed_from(tuple(row.allow), request.ip):
        raise AddressNotAllowed
    request.site.lane(ClientUses).note(row.client_id)
    scopes = known.scopes.intersection(row.scopes)
    return Caller("server", f"client:{row.client_id}", key_id=row.client_id, game=row.game, scopes=scopes)


async def create_client(
    tx: Tx,
    *,
    name: str,
    game: str | None,
    scopes: list[str],
    by: audit.Deed,
    allow: list[str] | None = None,
    expires_at: datetime | None = None,
) -> NewClient:
    """A new client, whose secret is returned here and never again; raises NotANetwork."""
    networks = networks_of(allow or [])
    client_id = ID_PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(ID_CHARACTERS))
    secret = token(SECRET_PREFIX)
    client = Client(
        client_id, name, game, sorted(set(scopes)), networks, str(by.actor_id), clock.now(), rotated_at=None,
        former_expires_at=None, expires_at=expires_at, last_used_at=None, revoked_at=None,
    )  # fmt: skip
    await store.add_client(tx, client, digest(secret))
    await _tell(tx, client, by, "client_created", {"scopes": client.scopes, "allow": networks})
    return NewClient(client_id, name, game, client.scopes, expires_at, secret)


async def rotate_client(tx: Tx, client_id: str, *, overlap: timedelta, by: audit.Deed) -> NewClient:
    """Another secret; the present one stays good for the overlap, one before it ends now. Raises NoSuchClient."""
    secret, now = token(SECRET_PREFIX), clock.now()
    client = await store.rotate_client(tx, client_id, digest(secret), now + overlap, now)
    if client is None:
        raise NoSuchClient
    await _tell(tx, client, by, "client_rotated", {"former_expires_at": clock.rfc3339(now + overlap)})
    return NewClient(client_id, client.name, client.game, client.scopes, client.expires_at, secret)


async def revoke_client(tx: Tx, client_id: str, *, by: audit.Deed) -> None:
    """End a client and its tokens, at once and in every process; raises NoSuchClient."""
    client = await store.revoke_client(tx, client_id, clock.now())
    if client is None:
        raise NoSuchClient
    await _tell(tx, client, by, "client_revoked", None)


async def client(db: Db, client_id: str) -> Client:
    """One client; raises NoSuchClient."""
    found = await store.one_client(db, client_id)
    if found is None:
        raise NoSuchClient
    return found


async def clients(
    db: Db, after: tuple[datetime, str] | None, count: int, *, game: str = "", state: str = ""
) -> list[Client]:
    """Clients, newest first, after this time of making and id: of one game or any, in one state or any."""
    before_at, before_id = after or (None, None)
    return await store.clients(db, before_at, before_id, game, state, clock.now(), count)


async def _tell(tx: Tx, client: Client, by: audit.Deed, action: str, after: dict[str, Any] | None) -> None:
    is_revoked = client.revoked_at is not None
    await emit(tx, ClientChanged(client_id=client.client_id, name=client.name, game=client.game, is_revoked=is_revoked))
    told = {"name": client.name, "game": client.game} | (after or {})
    await audit.record(tx, replace(by, action=action, target_kind="client", target_id=client.client_id, after=told))
