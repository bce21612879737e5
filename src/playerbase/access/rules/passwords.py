"""What a password must be, and what of it is hashed."""

import base64
import hmac
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

CHARACTERS_MIN, CHARACTERS_MAX = 8, 128
PASSWORD_BYTES_MAX = 1_024
CONTEXT_CHARACTERS_MIN = 4  # Shorter names turn up in good passwords by chance.
PRODUCT = "playerbase"
PLAIN_CHARACTERS_MIN, PLAIN_LETTERS_MIN = 3, 2  # What is around fewer is most of the password.
OWN: Final = Path(__file__).parent / "guessed" / "own.txt"
BREACHED: Final = Path(__file__).parent / "guessed" / "breached.txt"
# As people write letters with digits and signs to please rules like the ones below.
_PLAIN = str.maketrans("013457@$!|€", "oieastasiie")


def faults_of(password: str, *, email: str, display_name: str) -> list[dict[str, str]]:
    """Everything that is wrong with a new password, at once; empty if nothing is."""
    return [
        {"field": "password", "code": code, "message": message}
        for code, message in (
            *_lengths(password),
            *_faults(unicodedata.normalize("NFKC", password), email, display_name),
        )
    ]


def prehash(pepper: bytes, password: str) -> bytes:
    """The 64 bytes bcrypt gets to see: base64(HMAC-SHA-384(pepper, NFKC(password))).

    bcrypt stops at 72 bytes and at the first zero; keyed, so that a stolen table cannot be matched against hashes
    stolen elsewhere, nor guessed at without the secret.
    """
    normal = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.digest(pepper, normal, "sha384"))


def _lengths(password: str) -> Iterator[tuple[str, str]]:
    # Counted as typed: one character may normalise to eighteen.
    if len(password) < CHARACTERS_MIN:
        yield "too_short", f"Use at least {CHARACTERS_MIN} characters"
    if len(password) > CHARACTERS_MAX:
        yield "too_long", f"Use at most {CHARACTERS_MAX} characters"


def _faults(password: str, email: str, display_name: str) -> Iterator[tuple[str, str]]:
    if not any(char.islower() for char in password):
        yield "no_lower_case", "Use a lower-case letter"
    if not any(char.isupper() for char in password):
        yield "no_upper_case", "Use an upper-case letter"
    if not any(char.isdigit() for char in password):
        yield "no_digit", "Use a digit"
    if all(char.isalnum() for char in password):
        # A space is special, and so is every sign of every script.
        yield "no_special", "Use a character that is neither letter nor digit; a space will do"
    folded = password[: 2 * CHARACTERS_MAX].casefold()
    if folded in _guessed() or plain(folded) in _guessed():
        yield "common", "This password, or its plain form, is on every guesser's list"
    if any(word in folded for word in _context(email, display_name)):
        yield "context", "Leave your name, your address and ours out of it"


def _context(email: str, display_name: str) -> list[str]:
    words = [email.partition("@")[0], display_name, PRODUCT]
    return [folded for word in words if len(folded := word.strip().casefold()) >= CONTEXT_CHARACTERS_MIN]


def plain(folded: str) -> str:
    """What is left of a password in lower case when its decoration is taken off: passw0rd!2024 is password."""
    bare = folded.rstrip("0123456789!@#$%^&*()-_=+.,?~ ").lstrip("0123456789!#%^&*()-_=+.,?~ ")
    return bare.translate(_PLAIN)


def plain_forms(passwords: Iterable[str]) -> list[str]:
    """The plain forms of these by which a password that keeps the other rules can be told to be one of them."""
    forms = {plain(unicodedata.normalize("NFKC", each).casefold()) for each in passwords}
    return sorted(form for form in forms if _is_telling(form))


def _is_telling(form: str) -> bool:
    return len(form) >= PLAIN_CHARACTERS_MIN and sum(map(str.isalpha, form)) >= PLAIN_LETTERS_MIN


@cache
def _guessed() -> frozenset[str]:
    """Two megabytes, read when the first password is judged."""
    return frozenset(OWN.read_text().split()) | frozenset(BREACHED.read_text().split())
