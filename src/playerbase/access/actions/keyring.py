"""Access tokens (RFC 9068): the keys they are signed with, and whether one is to be believed."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from playerbase.access import rules, store
from playerbase.access.actions.new_signing_keys import ensure_signing_key
from playerbase.access.model import Opened, SigningKey, TokenExpired, TokenInvalid, Tokens
from playerbase.access.model.machines import ClientTokens
from playerbase.kit import clock, ids
from playerbase.kit.crypto import Keys, RsaKey, open_sealed, signed, unpadded
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.http import Caller

LIFE = timedelta(minutes=15)
ALGORITHM: Final = "RS256"
TOKEN_BYTES_MAX: Final = 4_096
REMEMBERED_MAX: Final = 20_000  # At about 2 KB each, 40 MB; beyond it the oldest is verified anew.
RELOAD_AFTER_SECONDS: Final = 5.0  # So long a withdrawn key may go on being believed.
RELOAD_LEAST_SECONDS: Final = 2.0  # However many tokens name a key nobody knows.


class Loaded(msgspec.Struct, frozen=True):
    """A signing key, ready for use."""

    kid: str
    key: RSAKey
    private: RsaKey
    active_from: datetime
    public: dict[str, object]
    head: bytes  # Of every token it signs.


class Known(msgspec.Struct, frozen=True):
    """A token that was verified: when it ends, and who calls with it if they are no staff."""

    expires_at: datetime
    session_id: UUID
    caller: Caller
    claims: rules.Claims


class KnownClient(msgspec.Struct, frozen=True):
    """A client's token that was verified: when it ends, whose it is and for which scopes it was given."""

    expires_at: datetime
    client_id: str
    scopes: frozenset[str]


class Keyring:
    """The signing keys as this process knows them, and the tokens it has verified; ``site.lane(Keyring)``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._loaded: dict[str, Loaded] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._known: dict[bytes, Known | KnownClient] = {}

    async def sign(self, keys: Keys, issuer: str, opened: Opened) -> Tokens:
        """The tokens of an opened session: a third of a millisecond of RSA, so never inside a transaction."""
        now = opened.opened_at
        signer = await self.signer(keys, now)
        ends = min(now + LIFE, opened.ends_at)
        claims = {
            "iss": issuer, "sub": opened.player_id, "aud": rules.AUDIENCE,
            "exp": int(ends.timestamp()), "iat": int(now.timestamp()), "jti": opened.token_id.hex,
            "client_id": opened.client_id, "sid": opened.session_id,
            "roles": opened.roles, "providers": opened.providers,
        }  # fmt: skip
        text = signed(signer.private, signer.head, msgspec.json.encode(claims))
        # Whose sessions shared a commit sign one after another, and then answer one after another: whoever reads the
        # answers is woken once for all of them, and what they ask next comes together.
        await asyncio.sleep(0)
        life = int((ends - now).total_seconds())
        return Tokens(
            opened.player_id, opened.session_id, text, opened.refresh_token, life,
            device_token=opened.device_token or msgspec.UNSET,
        )  # fmt: skip

    async def sign_for_client(self, keys: Keys, issuer: str, client_id: str, scopes: Sequence[str]) -> ClientTokens:
        """A token for a client itself: it is its own subject, and has no session and no refresh token."""
        now = clock.now()
        signer = await self.signer(keys, now)
        scope = " ".join(scopes)
        claims = {
            "iss": issuer, "sub": client_id, "aud": rules.AUDIENCE, "exp": int((now + LIFE).timestamp()),
            "iat": int(now.timestamp()), "jti": ids.uuid7().hex, "client_id": client_id, "scope": scope,
        }  # fmt: skip
        text = signed(signer.private, signer.head, msgspec.json.encode(claims))
        return ClientTokens(text, int(LIFE.total_seconds()), scope)

    async def verify(self, keys: Keys, issuer: str, authorization: bytes, token: str) -> Known | KnownClient:
        """What a token says if it is to be believed; remembered by the header it came in.

        Raises TokenInvalid, TokenExpired.
        """
        claims = await self._claims(keys, token)
        reason = rules.reject_reason(claims, issuer=issuer, now=clock.now())
        if reason == "expired":
            raise TokenExpired
        if reason is not None:
            raise TokenInvalid
        expires_at = datetime.fromtimestamp(claims.exp, clock.now().tzinfo)
        known: Known | KnownClient
        if isinstance(claims, rules.ClientClaims):
            known = KnownClient(expires_at, claims.client_id, frozenset(claims.scope.split()))
        else:
            caller = Caller("player", f"player:{claims.sub}", player_id=claims.sub, session_id=claims.sid)
            known = Known(expires_at, claims.sid, caller, claims)
        if len(self._known) >= REMEMBERED_MAX:
            del self._known[next(iter(self._known))]
        self._known[authorization] = known
        return known

    def remembered(self, authorization: bytes) -> Known | KnownClient | None:
        """What this very header was verified to say, so that the signature is checked once; it may have expired."""
        return self._known.get(authorization)

    async def jwks(self, keys: Keys) -> list[dict[str, object]]:
        """The public keys, those not active yet included (RFC 7517)."""
        await self.signer(keys, clock.now())
        return [each.public for each in self._loaded.values()]

    async def follow(self, keys: Keys) -> None:
        """Read the keys again if it is time: a process that only meets tokens it knows hears of a withdrawn key too."""
        await self._read(keys, at_least=RELOAD_AFTER_SECONDS)

    async def _claims(self, keys: Keys, token: str) -> rules.Claims | rules.ClientClaims:
        try:
            header = _header(token)
            kid = str(header["kid"])
            loaded = self._loaded.get(kid)
            if loaded is None:
                await self._read(keys, at_least=RELOAD_LEAST_SECONDS)
                loaded = self._loaded[kid]
            decoded = jwt.decode(token, loaded.key, algorithms=[ALGORITHM])
            # What names a session is a player's, whatever else it says; what names none is a client's or nothing.
            if "sid" in decoded.claims:
                return msgspec.convert(decoded.claims, rules.Claims)
            return msgspec.convert(decoded.claims, rules.ClientClaims)
        except (JoseError, ValueError, KeyError, TypeError, OverflowError, RecursionError, msgspec.ValidationError):
            raise TokenInvalid from None

    async def signer(self, keys: Keys, now: datetime) -> Loaded:
        """The key to sign with now, made if there is none yet."""
        await self._read(keys, at_least=RELOAD_AFTER_SECONDS)
        if not self._loaded:
            async with transaction(self._pool) as tx:
                await ensure_signing_key(tx, keys)
            await self._read(keys, at_least=0.0)
        active = [each for each in self._loaded.values() if each.active_from <= now]
        # Newest first, as they were read; before any is active the only one there is must do.
        return (active or list(self._loaded.values()))[0]

    async def _read(self, keys: Keys, *, at_least: float) -> None:
        """Read the keys again if the last reading is older than this many seconds."""
        if clock.monotonic() - self._read_at < at_least:
            return
        async with self._reading:
            if clock.monotonic() - self._read_at < at_least:
                return
            async with reading(self._pool) as db:
                rows = await store.signing_keys(db, clock.now())
            kept = {kid for kid in self._loaded if kid in {row.kid for row in rows}}
            if len(kept) < len(self._loaded):
                self._known.clear()  # A key was retired, and with it whatever it signed.
            self._loaded = {row.kid: _again(self._loaded.get(row.kid), row) or _load(keys, row) for row in rows}
            self._read_at = clock.monotonic()


def _again(loaded: Loaded | None, row: SigningKey) -> Loaded | None:
    """What was loaded before, unless the key is to sign at another time now."""
    return loaded if loaded is not None and loaded.active_from == row.active_from else None


def _load(keys: Keys, row: SigningKey) -> Loaded:
    der = open_sealed(keys, row.private_sealed, table="access.signing_keys", column="private", row=row.kid)
    key = RSAKey.import_key(der)
    public: dict[str, object] = {**key.as_dict(private=False), "kid": row.kid, "use": "sig", "alg": ALGORITHM}
    head = unpadded(msgspec.json.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": row.kid}))
    assert key.private_key is not None
    return Loaded(row.kid, key, key.private_key, row.active_from, public, head)


def _header(token: str) -> dict[str, object]:
    """The header, if it is one we would have written; a ValueError if not."""
    if len(token) > TOKEN_BYTES_MAX or token.count(".") != 2:  # noqa: PLR2004 - RFC 7515, 3.1: three parts
        raise ValueError
    part = token.split(".", 1)[0]
    header = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict[str, str])
    if header.keys() != rules.HEADER_FIELDS or header["alg"] != ALGORITHM or header["typ"] != "at+jwt":
        raise ValueError
    return dict(header)
