"""What the ways to sign in are called where players read it."""

from typing import Final

from playerbase import accounts
from playerbase.kit.http import Request

OWN: Final = {
    "password": "E-mail and password", "email_code": "A code by e-mail", "device": "A device",
    "server": "The game itself",
}  # fmt: skip


def names(request: Request) -> dict[str, str]:
    """Every way there is here, those of the providers that are configured by their labels."""
    return OWN | accounts.provider_labels(request)
