"""The nouns of access: sessions, tokens, credentials, keys, staff, and what can be wrong with them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.access.model.scopes import KEY_SCOPES as KEY_SCOPES
from playerbase.kit.errors import Conflict, Denied, Fault, Invalid, NotFound, Unauthenticated, Unavailable


class Kind(StrEnum):
    """What a session is held by: a game client's tokens, or a browser's cookie."""

    PLAYER = "player"
    BROWSER = "browser"


class Opening(msgspec.Struct, frozen=True):
    """A session that is wanted: whose, opened by which client, after which way of signing in.

    ``amr`` names what the player has shown (after RFC 8176); left out, it follows from the method.
    """

    player_id: UUID
    method: str
    client_id: str
    device: str
    amr: tuple[str, ...] = ()


class Fresh(msgspec.Struct, frozen=True):
    """A session on its way into the table."""

    session_id: UUID
    player_id: UUID
    kind: str
    method: str
    client_id: str
    device: str
    current_hash: bytes
    expires_at: datetime
    absolute_expires_at: datetime
    authenticated_at: datetime | None
    amr: str  # Words with spaces between: a column of lists cannot travel in a batch.


class Opened(msgspec.Struct, frozen=True):
    """A session whose refresh token is known for this one moment; signing makes tokens of it, at any time the same."""

    session_id: UUID
    player_id: UUID
    client_id: str
    refresh_token: str
    roles: tuple[str, ...]
    providers: tuple[str, ...]
    opened_at: datetime
    token_id: UUID
    ends_at: datetime
    device_token: str | None = None


class Tokens(msgspec.Struct, frozen=True):
    """What a client keeps: a short-lived access token, and the refresh token that gets the next."""

    player_id: UUID
    session_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - what RFC 6750 calls it
    device_token: str | msgspec.UnsetType = msgspec.UNSET  # By it this device is known again.


class Lasting(msgspec.Struct, frozen=True):
    """A session's row as a refresh or a logout sees it."""

    session_id: UUID
    player_id: UUID
    method: str
    client_id: str
    current_hash: bytes
    rotated_at: datetime
    expires_at: datetime
    absolute_expires_at: datetime
    revoked_at: datetime | None
    amr: list[str]


class Session(msgspec.Struct, frozen=True):
    """A session as its player sees it."""

    session_id: UUID
    kind: Kind
    method: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class Standing(msgspec.Struct, frozen=True):
    """What every request asks of its session: that it lives, and what its player's roles are."""

    session_id: UUID
    roles: list[str] | None
    withheld: str | None  # They have roles, and before these hold must choose a `password`, or show a `second_factor`.


class Browsing(msgspec.Struct, frozen=True):
    """The same of a browser's session, which is found by its cookie."""

    cookie_hash: bytes
    session_id: UUID
    player_id: UUID
    seen_at: datetime
    expires_at: datetime
    roles: list[str] | None
    withheld: str | None


class SigningKey(msgspec.Struct, frozen=True):
    """A key for access tokens: signs from one moment on, and is believed until it is retired."""

    kid: str
    private_sealed: bytes
    active_from: datetime
    retire_at: datetime | None


class Device(msgspec.Struct, frozen=True):
    """A device somebody signs in by, and a stand-in of the secret that guards it, if one does."""

    subject: bytes
    secret_index: bytes | None


class Credential(msgspec.Struct, frozen=True):
    """A player's password, hashed, and whether their address must be confirmed before it lets them in."""

    player_id: UUID
    password_hash: str
    must_confirm: bool


class OwnCredential(msgspec.Struct, frozen=True):
    """The same of a player who is known already, with their address, sealed, and whether it was shown to be theirs."""

    password_hash: str
    email_sealed: bytes
    is_verified: bool


class Failures(msgspec.Struct, frozen=True):
    """An account somebody has failed to enter."""

    account: bytes
    locked_until: datetime | None


class Purpose(StrEnum):
    """What a one-time secret is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CODE = "code"


class OneTime(msgspec.Struct, frozen=True):
    """A one-time secret on its way into the table."""

    token_hash: bytes
    purpose: str
    subject: bytes
    player_id: UUID | None
    address_sealed: bytes | None
    bound_to: bytes | None
    made_at: datetime
    expires_at: datetime


class Promise(msgspec.Struct, frozen=True):
    """What a one-time secret does: for whom, with which new address, and as long as which password stands."""

    player_id: UUID | None
    address_sealed: bytes | None
    bound_to: bytes | None


class Tried(msgspec.Struct, frozen=True):
    """A code that was tried: whose it would be, and whether it was right."""

    player_id: UUID | None
    is_right: bool


class Mailbox(msgspec.Struct, frozen=True):
    """A player's address: whether it was shown to be theirs, and a stamp of the password that stands beside it."""

    player_id: UUID
    email: str
    is_verified: bool
    password_stamp: bytes


class Verdict(msgspec.Struct, frozen=True):
    """What became of an attempt: the player it let in, and whether it was the one that locked the account."""

    player_id: UUID | None
    locked_now: bool


Cidr = Annotated[str, msgspec.Meta(min_length=2, max_length=43, description="A network, such as 203.0.113.0/24.")]


class KeyRow(msgspec.Struct, frozen=True):
    """What a call with an API key is judged by."""

    key_id: str
    game: str | None
    scopes: list[str]
    secret_hash: bytes
    allow: list[str]
    expires_at: datetime | None


class ApiKey(msgspec.Struct, frozen=True):
    """An API key as staff sees it: everything but the secret."""

    key_id: str
    name: str
    env: str
    game: str | None
    scopes: list[str]
    allow: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    rotated_to: str | None


class NewKey(msgspec.Struct, frozen=True):
    """A key just made; its secret is told this once."""

    key_id: str
    name: str
    game: str | None
    scopes: list[str]
    expires_at: datetime | None
    secret: str


class Staff(msgspec.Struct, frozen=True):
    """A player who works here."""

    player_id: UUID
    roles: list[str]
    granted_by: str
    changed_at: datetime


class SessionEnded(Unauthenticated):
    """This session has ended; sign in again."""


class TokenExpired(Unauthenticated):
    """The access token has expired; refresh it."""


class TokenInvalid(Unauthenticated):
    """This is not a valid token or key."""


class RefreshReused(Unauthenticated):
    """This refresh token was used before, so its session has been ended; sign in again."""


class SignInFailed(Unauthenticated):
    """The e-mail address or the password is wrong."""


class PlayerBarred(Denied):
    """This account is suspended or banned."""


class WorksHere(Conflict):
    """This player works here; take their roles away first."""


class TwoCredentials(Invalid):
    """Send a cookie or an Authorization header, not both."""

    status = 400


class AddressNotAllowed(Denied):
    """This API key may not be used from this address."""


class EmailTaken(Conflict):
    """There is an account with this e-mail address already; sign in, or reset its password."""


class LinkSpent(Invalid):
    """This link has expired, was used already, or was replaced by a newer one; ask for another."""

    status = 400


class PasswordWrong(Denied):
    """The current password is wrong."""


class PasswordMissing(Conflict):
    """This account has no e-mail address and password."""


class NoSuchAccount(NotFound):
    """There is no account with this e-mail address."""


class EmailInvalid(Fault):
    """This is not an e-mail address."""

    def __init__(self) -> None:
        super().__init__("email", "invalid", self.title())


class PasswordTooWeak(Invalid):
    """The password is too easy to guess; every reason is listed."""


class PasswordTooLong(Fault):
    """A password has at most 1024 bytes."""

    def __init__(self) -> None:
        super().__init__("password", "too_long", self.title())


class TooBusy(Unavailable):
    """Too many people are signing in at this moment; try again shortly."""


class NoSuchSession(NotFound):
    """There is no such session."""


class NoSuchKey(NotFound):
    """There is no such API key."""


class KeyRotated(Conflict):
    """This API key has a successor already; rotate that one."""


class LastAdmin(Conflict):
    """Somebody must remain who may appoint staff: this is the last one with the role admin."""


class NotANetwork(Fault):
    """This is not an address or network."""

    def __init__(self, index: int) -> None:
        super().__init__(f"allow.{index}", "invalid", self.title())


class GameUnknown(Fault):
    """There is no such game."""

    def __init__(self, field: str = "game") -> None:
        super().__init__(field, "unknown_game", self.title())


class NotInFuture(Fault):
    """This time has passed already."""

    def __init__(self, field: str = "expires_at") -> None:
        super().__init__(field, "past", self.title())
