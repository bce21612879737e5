"""What happened to an account, in words for its owner: the audit log, without what concerns staff alone."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import access, audit
from playerbase.kit.db import Db

Place = tuple[datetime, UUID]

# Action and outcome to a sentence and its tone. What is not here is not the player's to read.
WORDS: dict[tuple[str, str], tuple[str, str]] = {
    ("user_created", "done"): ("Made this account", "good"),
    ("authn_login_success", "done"): ("Signed in", "good"),
    ("authn_login_fail", "failed"): ("Somebody tried a wrong password", "bad"),
    ("authn_login_fail", "refused"): ("Sign-in refused", "bad"),
    ("authn_login_lock", "failed"): ("Locked after ten wrong passwords", "bad"),
    ("authn_password_change", "done"): ("Password changed", "warn"),
    ("authn_token_reuse", "refused"): ("A refresh token was used twice, so that session was ended", "bad"),
    ("session_ended", "done"): ("Signed out", "idle"),
    ("identity_linked", "done"): ("Linked a way to sign in", "good"),
    ("identity_unlinked", "done"): ("Unlinked a way to sign in", "warn"),
    ("authn_password_reset", "done"): ("Password changed by a letter's link", "warn"),
    ("second_factor_enabled", "done"): ("Second factor switched on", "good"),
    ("second_factor_disabled", "done"): ("Second factor switched off", "warn"),
    ("second_factor_fail", "failed"): ("Somebody tried a wrong code", "bad"),
    ("recovery_code_used", "done"): ("A recovery code was used", "warn"),
    ("recovery_codes_made", "done"): ("New recovery codes", "good"),
    ("email_change_asked", "done"): ("Asked for another e-mail address", "warn"),
    ("email_changed", "done"): ("E-mail address changed", "warn"),
    ("email_verified", "done"): ("E-mail address confirmed", "good"),
    ("impersonation_started", "done"): ("Our staff looked at your account's pages", "warn"),
    ("player_status_changed", "done"): ("Kept out, or let in again, by staff", "warn"),
}
SLICE = 50
LOOKS_MAX = 10  # So many slices at most are searched for one page: refreshing tokens fills the log of an active player.


class Line(msgspec.Struct, frozen=True):
    """One thing that happened, as its player reads it."""

    at: datetime
    text: str
    where: str
    tone: str


async def lately(db: Db, player_id: UUID, after: Place | None, count: int) -> tuple[list[Line], Place | None]:
    """What happened to this player's account, newest first, and where the list goes on if it does."""
    lines: list[Line] = []
    for _ in range(LOOKS_MAX):
        entries = await audit.look(db, audit.Filter(player_id=player_id), after, SLICE)
        for entry in entries:
            words = WORDS.get((entry.action, entry.outcome))
            if words is not None:
                if len(lines) == count:
                    return lines, after
                lines.append(Line(entry.at, words[0], _where(entry), words[1]))
            after = (entry.at, entry.entry_id)
        if len(entries) < SLICE:
            return lines, None
    return lines, after


def _where(entry: audit.Entry) -> str:
    """By which device, from which address; of staff neither is the player's to read."""
    if entry.actor_kind == "staff" and entry.actor_id != str(entry.player_id):
        return "by staff"
    where = access.device_label(entry.agent)
    return f"{where}, {entry.ip}" if entry.ip else where
