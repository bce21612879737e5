"""The nouns of second factors: what is stored, what is asked, what is answered, and what can be wrong with it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Denied, Unauthenticated


class Factor(msgspec.Struct, frozen=True):
    """A player's second factor as it is stored: in force, being set up, or both."""

    secret_sealed: bytes | None
    pending_sealed: bytes | None
    confirmed_at: datetime | None
    last_step: int


class FactorState(msgspec.Struct, frozen=True):
    """Whether a player has a second factor, whether one is being set up, and what is left to recover with."""

    is_enabled: bool
    is_pending: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class Enrolment(msgspec.Struct, frozen=True):
    """A secret on its way into somebody's phone, in clear this once: as a link, as text and as a QR code."""

    otpauth_uri: str
    secret: str
    qr_svg: str


class Proof(msgspec.Struct, frozen=True):
    """What became of a code: how it proved its player (``otp`` or ``recovery``), or why it did not."""

    how: str | None
    why: str = ""
    locked_now: bool = False
    codes_left: int | None = None


class Carried(msgspec.Struct, frozen=True):
    """What of a browser's session is carried over into the one that takes its place."""

    player_id: UUID
    method: str
    client_id: str
    device: str
    amr: list[str]


class Challenge(msgspec.Struct, frozen=True):
    """The password was right; now the second factor. The token is good for 5 minutes, 5 tries and one sign-in."""

    http_status: ClassVar[int] = 202

    mfa_token: str
    expires_in: int
    mfa_required: bool = True


class Pending(msgspec.Struct, frozen=True):
    """What a challenge opens once it is answered: a session, and the account whose failures are forgiven."""

    method: str
    client_id: str
    device: str
    amr: tuple[str, ...]
    account: bytes


class Asked(msgspec.Struct, frozen=True):
    """A challenge's row as a try of it sees it; ``opening`` is a Pending in JSON."""

    player_id: UUID
    opening: str


class CodeWrong(Unauthenticated):
    """This code is wrong, or was used before; wait for the next one."""


class ChallengeOver(Unauthenticated):
    """This sign-in took too long, was tried too often or is done; begin it anew."""


class ReauthRequired(Denied):
    """Prove once more who you are, by password or code, and do this within 5 minutes of it."""


class SecondFactorRequired(Denied):
    """Your roles need a second factor: set one up, sign in with it, and they hold again."""


class PasswordGiven(Denied):
    """Your password was made for you. Choose another at /portal/password or PUT /auth/password, and your roles hold."""


class NoSecondFactor(Conflict):
    """There is no second factor on this account."""


class NothingToConfirm(Conflict):
    """There is no second factor waiting to be confirmed; ask for a new secret first."""
