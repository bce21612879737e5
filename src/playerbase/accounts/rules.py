"""What of an account its own pages show."""

from typing import Final

HIDDEN: Final = "•••"


def masked(email: str) -> str:
    """An address as its owner knows it again and nobody else learns it: first letters, and the last label.

    What is hidden is of one length, so that it does not tell how long the address is.
    """
    local, _, domain = email.rpartition("@")
    host, _, last = domain.rpartition(".")
    return f"{local[:1]}{HIDDEN}@{host[:1]}{HIDDEN}.{last}" if host else f"{local[:1]}{HIDDEN}@{domain[:1]}{HIDDEN}"
