"""The sentence for each thing the audit writes down of a player; what has none is not theirs to read.

Nothing of an entry is shown as it stands there: a word that is not listed here becomes none, or a plainer one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from playerbase import audit

OTHER_WAY: Final = "another way to sign in"


class Words(msgspec.Struct, frozen=True):
    """A sentence and its tone: good, warn, bad or idle."""

    text: str
    tone: str


class Told(msgspec.Struct, frozen=True):
    """An entry with what is needed to word it: ``before`` and ``after`` are empty rather than missing."""

    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    names: Mapping[str, str]

    def way(self, word: object) -> str:
        """What a provider is called here; one that is no longer configured has no name."""
        return self.names.get(str(word), OTHER_WAY)


Wording = Callable[[Told], Words | None]

LETTERS: Final = {
    "verify": "A link to confirm your address was sent to it", "reset": "A link to choose another password was mailed",
    "code": "A code to sign in was mailed", "locked": "We wrote to you about many wrong passwords",
}  # fmt: skip
ENDS: Final = {
    "logout": "Signed out", "logout_all": "Signed out everywhere", "logout_others": "All other devices signed out",
    "revoked": "A device was signed out",
}  # fmt: skip
BY: Final = {
    "password": "with your password",
    "email_code": "by a code from a letter",
    "device": "on a device of yours",
    "server": "by the game itself",
}


def worded(entry: audit.Entry, names: Mapping[str, str]) -> Words | None:
    """What its player reads of an entry; None for what is not theirs to read."""
    plain = PLAIN.get((entry.action, entry.outcome))
    if plain is not None:
        return plain
    wording = WORDINGS.get((entry.action, entry.outcome))
    return wording and wording(Told(entry.before or {}, entry.after or {}, entry.reason, names))


def _came(told: Told) -> Words:
    # A word of our own, or a provider's name.
    by = BY.get(told.reason) or (f"with {told.names[told.reason]}" if told.reason in told.names else "")
    new = "from a new device" if told.after.get("new_device") else ""
    return Words(" ".join(filter(None, ("Signed in", by, new))), "warn" if new else "good")


def _kept_out(told: Told) -> Words:
    where = " in one game" if told.after.get("scope") else ""
    kind = told.after.get("kind")
    if kind == "banned":
        return Words(f"Banned by staff{where}", "bad")
    if kind == "suspended":
        return Words(f"Suspended by staff{where}{_until(told.after.get('until'))}", "bad")
    return Words(f"A ban or suspension{where} was lifted by staff", "good")


def _until(at: object) -> str:
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        return ""
    return f" until {moment.day} {moment:%b %Y, %H:%M} UTC"


def _recovery_code(told: Told) -> Words:
    left = told.after.get("codes_left")
    return Words("A recovery code was used" + (f", {left} left" if isinstance(left, int) else ""), "warn")


def _letter(told: Told) -> Words | None:
    text = LETTERS.get(str(told.after.get("kind")))
    return Words(text, "idle") if text else None


def _ended(told: Told) -> Words:
    if told.reason == "twitch_disconnected":
        return Words("Signed out where Twitch had signed you in, because it is disconnected there", "warn")
    return Words(ENDS.get(told.reason, "Signed out"), "warn" if told.reason == "logout_all" else "idle")


def _taken(told: Told) -> Words:
    return Words(f"Tried to link {told.way(told.after.get('provider'))}, which belongs to somebody else here", "warn")


WORDINGS: Final[dict[tuple[str, str], Wording]] = {
    ("authn_login_success", "done"): _came,
    ("session_ended", "done"): _ended,
    ("identity_linked", "done"): lambda told: Words(f"Linked {told.way(told.after.get('provider'))}", "good"),
    ("identity_unlinked", "done"): lambda told: Words(f"Unlinked {told.way(told.before.get('provider'))}", "warn"),
    ("identity_linked", "refused"): _taken,
    ("recovery_code_used", "done"): _recovery_code,
    ("letter_sent", "done"): _letter,
    ("player_status_changed", "done"): _kept_out,
}
PLAIN: Final[dict[tuple[str, str], Words]] = {
    ("user_created", "done"): Words("Made this account", "good"),
    ("authn_login_fail", "failed"): Words("Somebody tried a wrong password", "bad"),
    ("authn_login_fail", "refused"): Words("Sign-in refused", "bad"),
    ("authn_login_lock", "failed"): Words("Locked after ten wrong passwords or codes", "bad"),
    ("authn_password_change", "done"): Words("Password changed, all other devices signed out", "warn"),
    ("authn_password_change", "failed"): Words("A wrong password, asking for another password", "bad"),
    ("authn_password_reset", "done"): Words("Password changed by a letter's link, all devices signed out", "warn"),
    ("authn_token_reuse", "refused"): Words("A refresh token was used twice, so that session was ended", "bad"),
    ("authn_reauthenticated", "done"): Words("Proved once more who you are", "idle"),
    ("second_factor_begun", "done"): Words("Began to set up a second factor", "idle"),
    ("second_factor_asked", "done"): Words("A sign-in was right so far, and was asked for a code", "idle"),
    ("second_factor_enabled", "done"): Words("Second factor switched on, all other devices signed out", "good"),
    ("second_factor_disabled", "done"): Words("Second factor switched off, all other devices signed out", "warn"),
    ("second_factor_fail", "failed"): Words("Somebody tried a wrong code or password", "bad"),
    ("recovery_codes_made", "done"): Words("New recovery codes, the old ones are void", "good"),
    ("email_change_asked", "done"): Words("Asked for another e-mail address", "warn"),
    ("email_change_asked", "failed"): Words("A wrong password, asking for another e-mail address", "bad"),
    ("email_changed", "done"): Words("E-mail address changed", "warn"),
    ("email_verified", "done"): Words("E-mail address confirmed", "good"),
    ("sessions_ended", "done"): Words("Signed out everywhere by staff", "warn"),
    ("authn_login_unlock", "done"): Words("Unlocked by staff", "good"),
    ("identity_moved_in", "done"): Words("Got a way to sign in that was your other account's", "good"),
    ("identity_moved_out", "done"): Words("A way to sign in was moved to another account", "warn"),
    ("merge_declined", "done"): Words("Your request to join two accounts was declined", "idle"),
    ("impersonation_started", "done"): Words("Our staff looked at your account's pages", "warn"),
}
