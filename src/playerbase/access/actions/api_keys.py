"""API keys: what a game server calls with."""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final

from msgspec.structs import replace

from playerbase import audit
from playerbase.access import rules, store
from playerbase.access.events import ApiKeyChanged
from playerbase.access.model import (
    AddressNotAllowed,
    ApiKey,
    KeyRotated,
    KeyRow,
    NewKey,
    NoSuchKey,
    NotANetwork,
    TokenInvalid,
)
from playerbase.kit import clock
from playerbase.kit.crypto import digest, looks_like_token, same, token
from playerbase.kit.db import Db, Lane, Pool, Reading, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request
from playerbase.kit.outbox import emit

ID_CHARACTERS: Final = 12
ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # Ids are read aloud: nothing in it looks like something else.
USED_AFTER = timedelta(minutes=1)
PARTS: Final = 4  # pb, the environment, the id, the secret.
TEXT_MAX: Final = 200
SHOWN_MAX: Final = 1_000  # At most as many keys as one process hears in a while; beyond it the oldest is read anew.


class ApiKeys(Reading[str, KeyRow]):
    """Keys by id, those that wait at one moment in one statement; revoked ones are not there."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.shown: dict[str, tuple[str, bytes]] = {}  # Of keys that were good: their id and hash.

    def remember(self, text: str, key_id: str, hashed: bytes) -> None:
        """Keep what was worked out of a key that is good."""
        if text not in self.shown:
            if len(self.shown) >= SHOWN_MAX:
                del self.shown[next(iter(self.shown))]
            self.shown[text] = key_id, hashed

    async def fetch(self, db: Db, wanted: list[str]) -> Mapping[str, KeyRow]:
        """The rows of these ids."""
        return {row.key_id: row for row in await store.key_rows(db, wanted)}


class KeyUses(Lane[str, None]):
    """When keys were last used, to the minute."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._noted: dict[str, datetime] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def commit(self, tx: Tx, items: list[str]) -> list[Refusal | None]:
        """Note all of them."""
        now = clock.now()
        await store.touch_api_keys(tx, sorted(set(items)), now, now - USED_AFTER)
        return [None] * len(items)

    def note(self, key_id: str) -> None:
        """Remember that the key was used, without making anybody wait; at most once a minute for each key."""
        now = clock.now()
        last = self._noted.get(key_id)
        if last is not None and now - last < USED_AFTER:
            return
        self._noted[key_id] = now
        task = asyncio.create_task(self.put(key_id))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # Taken, so that it is not reported: a missing time of use is no fault of the call.


async def server_caller(request: Request, text: str) -> Caller:
    """Who calls with this key; raises TokenInvalid, AddressNotAllowed.

    What follows from the key alone is worked out once in a process; whether it is good is read anew for every request.
    """
    keys: ApiKeys = request.site.lane(ApiKeys)
    key_id, hashed = keys.shown.get(text) or _read(text)
    row = await keys.get(key_id)
    if row is None or not same(hashed, row.secret_hash):
        raise TokenInvalid
    keys.remember(text, key_id, hashed)
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise TokenInvalid("This API key has expired.")
    if row.allow and not rules.is_allowed_from(tuple(row.allow), request.ip):
        raise AddressNotAllowed
    request.site.lane(KeyUses).note(row.key_id)
    return Caller(
        "server", f"key:{row.key_id}", key_id=row.key_id, game=row.game, scopes=frozenset(row.scopes)
    )  # fmt: skip


async def create_api_key(
    tx: Tx,
    *,
    name: str,
    env: str,
    game: str | None,
    scopes: list[str],
    by: audit.Deed,
    allow: list[str] | None = None,
    expires_at: datetime | None = None,
) -> NewKey:
    """A new key, whose secret is returned here and never again. ``by`` is the deed of whoever makes it."""
    networks = networks_of(allow or [])
    key_id = "".join(secrets.choice(ALPHABET) for _ in range(ID_CHARACTERS))
    secret = token(f"pb_{env}_{key_id}")
    key = ApiKey(
        key_id, name, env, game, sorted(set(scopes)), networks, str(by.actor_id), clock.now(), expires_at,
        last_used_at=None, revoked_at=None, rotated_to=None,
    )  # fmt: skip
    await store.add_api_key(tx, key, digest(secret))
    await emit(tx, ApiKeyChanged(key_id=key_id, name=name, game=game, is_revoked=False))
    await audit.record(tx, _about(by, "authn_token_created", key))
    return NewKey(key_id, name, game, key.scopes, expires_at, secret)


async def revoke_api_key(tx: Tx, key_id: str, *, by: audit.Deed) -> None:
    """End a key, at once and in every process; raises NoSuchKey."""
    key = await store.revoke_api_key(tx, key_id, clock.now())
    if key is None:
        raise NoSuchKey
    await emit(tx, ApiKeyChanged(key_id=key_id, name=key.name, game=key.game, is_revoked=True))
    await audit.record(tx, _about(by, "authn_token_revoked", key))


async def rotate_api_key(tx: Tx, key_id: str, *, overlap: timedelta, by: audit.Deed) -> NewKey:
    """A successor that may do the same from the same places; the old key ends after the overlap, until then both work.

    One that was made to end lives as long again as the old one was made for. Raises NoSuchKey for one that was revoked
    or has expired, KeyRotated.
    """
    old, now = await store.lock_api_key(tx, key_id), clock.now()
    if old is None or old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise NoSuchKey
    if old.rotated_to is not None:
        raise KeyRotated(successor=old.rotated_to)
    made = await create_api_key(
        tx, name=old.name, env=old.env, game=old.game, scopes=old.scopes, allow=old.allow, by=by,
        expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
    )  # fmt: skip
    ends = min(now + overlap, old.expires_at or now + overlap)
    await store.succeed_api_key(tx, key_id, made.key_id, ends)
    await emit(tx, ApiKeyChanged(key_id=key_id, name=old.name, game=old.game, is_revoked=False))
    deed = _about(by, "authn_token_rotated", old)
    await audit.record(tx, replace(deed, after={"successor": made.key_id, "expires_at": clock.rfc3339(ends)}))
    return made


async def api_keys(
    db: Db, after: tuple[datetime, str] | None, count: int, *, game: str = "", state: str = ""
) -> list[ApiKey]:
    """Keys, newest first, after this time of making and id: of one game or any, active, expired, revoked or any."""
    before_at, before_id = after or (None, None)
    return await store.api_keys(db, before_at, before_id, game, state, clock.now(), count)


def _read(text: str) -> tuple[str, bytes]:
    """A key's id and hash; noise is turned away by its checksum, before the database is asked. Raises TokenInvalid."""
    parts = text.split("_")
    if len(text) > TEXT_MAX or len(parts) != PARTS or not looks_like_token(text, text.rpartition("_")[0]):
        raise TokenInvalid
    return parts[2], digest(text)


def _about(by: audit.Deed, action: str, key: ApiKey) -> audit.Deed:
    after = {"name": key.name, "game": key.game, "scopes": key.scopes, "allow": key.allow}
    return replace(by, action=action, target_kind="api_key", target_id=key.key_id, after=after)


def networks_of(allow: list[str]) -> list[str]:
    """Networks in their one spelling; an address is a network of one. Raises NotANetwork."""
    networks = []
    for index, text in enumerate(allow):
        try:
            networks.append(str(ip_network(text.strip(), strict=False)))
        except ValueError:
            raise NotANetwork(index) from None
    return networks
