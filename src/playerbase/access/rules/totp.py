"""Codes that change every 30 seconds (TOTP, RFC 6238): what a phone shows, and how it is told the secret."""

import base64
import hmac
import io
from datetime import datetime
from urllib.parse import quote, urlencode

import segno

ISSUER = "Playerbase"
SECRET_BYTES = 20  # 160 bits, as RFC 4226 recommends.
DIGITS = 6
PERIOD_SECONDS = 30
DRIFT_STEPS = 1  # A clock may be a step behind or ahead, so a code is good for at most 90 seconds, and once.


def step_at(moment: datetime) -> int:
    """The number of the 30 seconds a moment lies in, counted from 1970."""
    return int(moment.timestamp()) // PERIOD_SECONDS


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step: RFC 4226, 5.3, with HMAC-SHA-1, which is all that phones agree on."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The latest step around this moment whose code it is, or None; all are compared, whichever is right."""
    present, found = step_at(now), None
    for step in range(max(0, present - DRIFT_STEPS), present + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "surrogatepass")):
            found = step
    return found


def is_totp(code: str) -> bool:
    """Whether it looks like what a phone shows; anything else is tried as a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def normal_code(typed: str) -> str:
    """A code as it is compared: without the gaps and in the letters people may have typed it with."""
    return "".join(typed.split()).replace("-", "").lower()


def base32(secret: bytes) -> str:
    """The secret as it is typed where there is no camera, without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def otpauth_uri(secret: bytes, account: str) -> str:
    """What the QR code says (Google Authenticator, Key URI Format); a space is %20, and the issuer stands twice."""
    query = urlencode({"secret": base32(secret), "issuer": ISSUER}, quote_via=quote, safe="")
    return f"otpauth://totp/{quote(ISSUER, safe='')}:{quote(account, safe='')}?{query}"


def qr_svg(uri: str) -> str:
    """A QR code as an SVG of its own: black on white whatever stands around it, and no style attribute."""
    drawn = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(
        drawn, kind="svg", scale=4, dark="#000", light="#fff", xmldecl=False, nl=False
    )
    return drawn.getvalue().decode()
