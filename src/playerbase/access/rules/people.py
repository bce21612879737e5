"""How an address is written, and what a device is called."""

import re
import unicodedata

EMAIL_CHARACTERS_MAX = 254  # RFC 5321, 4.5.3.1.3, less the brackets.
DEVICE_CHARACTERS_MAX = 80
# One @, something printable before it, a dotted host after it: more can only be learnt by sending mail there.
_EMAIL = re.compile(
    r"[^\s@<>\",;:\\()\[\]]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)
# Told apart by the first mark that is there: each names itself as all that came before it.
_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def normal_email(text: str) -> str | None:
    """The one spelling an address is known by, or None if it is no address. Normalised before it is looked at."""
    local, at, host = unicodedata.normalize("NFKC", text).strip().casefold().rpartition("@")
    try:
        # The same host in its own script and in ASCII is one host.
        address = local + at + (host if host.isascii() else host.encode("idna").decode())
    except UnicodeError:
        return None
    if len(address) > EMAIL_CHARACTERS_MAX or not address.isprintable() or not _EMAIL.fullmatch(address):
        return None
    return address


def device_label(agent: str) -> str:
    """What a player reads in the list of sessions: "Firefox on Windows", or the beginning of the user agent."""
    system = next((name for mark, name in _SYSTEMS if mark in agent), None)
    browser = next((name for mark, name in _BROWSERS if mark in agent), None) if agent.startswith("Mozilla/") else None
    if browser is not None:
        return f"{browser} on {system}" if system else browser
    label = "".join(char for char in agent if char.isprintable())[:DEVICE_CHARACTERS_MAX].strip()
    return label or "Unknown device"
