"""The nouns of impersonation: a member of staff sees the portal as a player, and what can be wrong with that."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Denied, NotFound

# RFC 8693 calls the one who is really there the actor. Half an hour is what looking into a player's complaint takes;
# who needs longer says anew why. An installation may allow less (PUT /admin/impersonations/settings).
MINUTES = 30
MINUTES_MIN, MINUTES_MAX = 5, 30
ImpersonationMinutes = Annotated[
    int, msgspec.Meta(ge=MINUTES_MIN, le=MINUTES_MAX, description="How long one lasts at most.")
]


class Impersonation(msgspec.Struct, frozen=True):
    """Somebody of staff who sees the portal as a player at this moment."""

    session_id: UUID
    player_id: UUID
    actor_id: UUID
    reason: str
    began_at: datetime
    ends_at: datetime


class FreshImpersonation(msgspec.Struct, frozen=True):
    """One on its way into the table."""

    session_id: UUID
    player_id: UUID
    actor_id: UUID
    opened_from: UUID
    reason: str
    current_hash: bytes
    expires_at: datetime


class OpenImpersonation(msgspec.Struct, frozen=True):
    """One whose end is not written into the audit yet, and why it was revoked, if it was."""

    session_id: UUID
    player_id: UUID
    actor_id: UUID
    expires_at: datetime
    revoked_why: str | None


class ImpersonationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided about impersonations."""

    minutes: ImpersonationMinutes


class ImpersonationOver(Denied):
    """You no longer see the portal as that player; go back to the console."""


class StaffNotSeen(Denied):
    """This player works here, and nobody sees the portal as a colleague."""


class NotYourself(Denied):
    """You see the portal as yourself anyway."""


class BrowserNeeded(Conflict):
    """Seeing the portal as a player begins in the browser that is signed in to the console, not with a token."""


class NoSuchImpersonation(NotFound):
    """Nobody sees the portal this way, or not any more."""
