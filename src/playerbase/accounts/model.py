"""The nouns of accounts: what is sent to sign in, and what is answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Denied, Fault, Invalid, NotFound

SECOND = "playerbase-second"  # The cookie between a provider's word and the code of a second factor.
WAYS = {
    "password": "E-mail and password", "device": "A device", "server": "The game itself", "steam": "Steam",
    "epic": "Epic", "twitch": "Twitch",
}  # fmt: skip
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
# Longer than the policy allows, so that a password that is too long is told of its other faults too.
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
DisplayName = Annotated[str, msgspec.Meta(min_length=3, max_length=50)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
Credential = Annotated[str, msgspec.Meta(min_length=1, max_length=8_192)]
Provider = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,30}$")]
Code = Annotated[
    str, msgspec.Meta(min_length=6, max_length=32, description="Six digits of the app, or a recovery code.")
]
DeviceToken = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, description="What this device was told to call itself by.")
]
RefreshToken = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody new, by e-mail address and password."""

    email: Email
    password: Password
    display_name: DisplayName
    country: Country | None = None


class PasswordLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody known, by e-mail address and password, and a code if they have a second factor at hand.

    A device that was given a token sends it along.
    """

    email: Email
    password: Password
    totp: Code | None = None
    device_token: DeviceToken | None = None


OneTimeToken = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class EmailAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address somebody says is theirs."""

    email: Email


class EmailToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a letter."""

    token: OneTimeToken


class PasswordReset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a letter, and the password that shall be."""

    token: OneTimeToken
    password: Password


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password that is, and the one that shall be."""

    current_password: Password
    password: Password


class EmailChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The address that shall be, and the password."""

    email: Email
    password: Password


class WayIn(msgspec.Struct, frozen=True):
    """A provider a browser can be sent to: what it is called, and where that begins."""

    provider: str
    label: str
    href: str


class OwnAddress(msgspec.Struct, frozen=True):
    """A player's address as it is shown to them, and whether they have shown that it is theirs."""

    masked: str
    is_confirmed: bool


class CodeLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody known, by e-mail address and the code sent there."""

    email: Email
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{8}$")]


class AccountSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator decides about accounts."""

    confirm_before_play: Annotated[
        bool,
        msgspec.Meta(
            title="Confirm the address before play",
            description=(
                "Off: a game that lets people play at once loses fewer of them; the address can be confirmed later."
            ),
        ),
    ] = False
    twitch_check_minutes: Annotated[
        int,
        msgspec.Meta(
            ge=30,
            le=60,
            title="Twitch is asked every, in minutes",
            description=(
                "Twitch demands every hour, so no rarer; oftener, and who disconnects there is signed out "
                "sooner, for more calls."
            ),
        ),
    ] = 60
    new_device_letters: Annotated[
        bool,
        msgspec.Meta(
            title="Letters about new devices",
            description=(
                "Off: a game that keeps no device token is a new device each time, and who gets many letters "
                "reads none. The history tells it in any case."
            ),
        ),
    ] = False


class BrowserEntry(msgspec.Struct, frozen=True):
    """The cookies of a browser that signed in: its session, and the device it is from now on."""

    cookie: str
    device_token: str | None


class Refreshing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The refresh token of a session."""

    refresh_token: RefreshToken


class ProviderLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ID token of a provider; with ``nonce`` it must have been asked for with that."""

    id_token: Credential
    nonce: Annotated[str, msgspec.Meta(min_length=8, max_length=200)] | None = None
    device_token: DeviceToken | None = None


class SteamLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket of GetAuthTicketForWebApi, in hexadecimal."""

    ticket: Annotated[str, msgspec.Meta(min_length=2, max_length=5_120)]
    device_token: DeviceToken | None = None


class Linking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider, and the ticket or token by which it says who somebody is."""

    provider: Provider
    credential: Credential


class LinkedAccount(msgspec.Struct, frozen=True):
    """A way a player signs in: what the provider calls them is None where that is kept from everybody."""

    provider: str
    provider_id: str | None
    name: str | None
    linked_at: datetime
    last_used_at: datetime


class ServerLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A player of a game server's own account system, for whom the server vouches."""

    external_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    display_name: DisplayName | None = None


class DeviceLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A guest, by an id the client made at random and keeps; with a secret, the id alone is not enough."""

    device_id: Annotated[str, msgspec.Meta(min_length=16, max_length=128)]
    device_secret: Annotated[str, msgspec.Meta(min_length=16, max_length=128)] | None = None


class CodeSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the second factor."""

    code: Code


class CodeGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the second factor, of who has one."""

    code: Code | None = None


class Verifying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code, and the sign-in that waits for it; without one, it confirms a new second factor."""

    code: Code
    mfa_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    device_token: DeviceToken | None = None


class ProofGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password, a code, or both."""

    password: Password | None = None
    code: Code | None = None


class Proven(msgspec.Struct, frozen=True):
    """Since when the session counts as fresh, and until when."""

    authenticated_at: datetime
    fresh_until: datetime


class RecoveryCodes(msgspec.Struct, frozen=True):
    """What stands in for the phone when it is gone: each is good once, and shown this once."""

    recovery_codes: list[str]


class Valid(msgspec.Struct, frozen=True):
    """A token that holds: whose it is and until when."""

    player_id: UUID
    session_id: UUID | None
    roles: list[str]
    permissions: list[str]
    expires_at: datetime | None


class OwnSession(msgspec.Struct, frozen=True):
    """One of the caller's sessions."""

    session_id: UUID
    kind: str
    method: str
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


class Ended(msgspec.Struct, frozen=True):
    """How many sessions ended."""

    ended: int


class Bootstrapped(msgspec.Struct, frozen=True):
    """What the first start made, in clear text this once."""

    email: str
    password: str
    api_key: str


class NotUnlinked(Invalid):
    """A password is changed, and a game's own sign-in belongs to the game; neither is unlinked."""


class NoSuchSession(NotFound):
    """There is no such session."""


class OwnMerge(Denied):
    """Somebody else decides about accounts of your own."""


class CodeMissing(Fault):
    """Send a code of the second factor that is in force."""

    def __init__(self) -> None:
        super().__init__("code", "missing", self.title())


class ProofMissing(Fault):
    """Send your password, or a code of your second factor."""

    def __init__(self) -> None:
        super().__init__("password", "missing", self.title())


def way_name(provider: str) -> str:
    """What a way of signing in is called in a sentence."""
    return WAYS.get(provider, provider.capitalize())


class Identity(msgspec.Struct, frozen=True):
    """A way a player signs in, as staff sees it: the name the provider gave with it, if it did, and never its id."""

    provider: str
    name: str | None
    linked_at: datetime
    last_used_at: datetime
    can_unlink: bool  # A password and a game's own sign-in belong to the player and to the game.
