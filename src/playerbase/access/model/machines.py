"""The nouns of what machines call with: clients that get tokens for themselves, and the keys that sign tokens."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, NotFound


class ClientRow(msgspec.Struct, frozen=True):
    """What a client's call for a token, and each call with one, is judged by."""

    client_id: str
    game: str | None
    scopes: list[str]
    allow: list[str]
    secret_hash: bytes
    former_hash: bytes | None
    former_expires_at: datetime | None
    expires_at: datetime | None


class Client(msgspec.Struct, frozen=True):
    """A client as staff sees it: everything but the secrets."""

    client_id: str
    name: str
    game: str | None
    scopes: list[str]
    allow: list[str]
    created_by: str
    created_at: datetime
    rotated_at: datetime | None
    former_expires_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewClient(msgspec.Struct, frozen=True):
    """A client just made, or given another secret, which is told this once."""

    client_id: str
    name: str
    game: str | None
    scopes: list[str]
    expires_at: datetime | None
    secret: str


class ClientTokens(msgspec.Struct, frozen=True):
    """What a client is given (RFC 6749, 5.1); there is no refresh token, it asks again."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - what RFC 6750 calls it


class NoSuchSigningKey(NotFound):
    """There is no such signing key, or nothing is believed by it any more."""


class SigningKeyState(msgspec.Struct, frozen=True):
    """A signing key as staff sees it: when it signs, until when it is believed, and why it was made."""

    kid: str
    bits: int
    made_at: datetime
    made_why: str
    active_from: datetime
    retire_at: datetime | None


class StaleCredential(msgspec.Struct, frozen=True):
    """An address as one secret stands in for it and seals it."""

    player_id: UUID
    email_index: bytes
    email_sealed: bytes


class StaleFactor(msgspec.Struct, frozen=True):
    """A second factor that a former secret sealed."""

    player_id: UUID
    secret_sealed: bytes | None
    pending_sealed: bytes | None


class StaleKey(msgspec.Struct, frozen=True):
    """A signing key sealed with a former secret."""

    kid: str
    private_sealed: bytes


class Resealed(msgspec.Struct, frozen=True):
    """How many rows were sealed anew, and how many could not be opened with any secret that is listed."""

    done: int
    lost: int


class NoSuchClient(NotFound):
    """There is no such client."""


class KeyWaits(Conflict):
    """The next signing key is published already and waits for its time."""
