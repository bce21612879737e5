"""What a session's player has shown of who they are, in the words of RFC 8176 where it has them."""

from collections.abc import Iterable

PASSWORD = "pwd"  # noqa: S105 - the name of a way to prove who one is
CODE = "otp"
RECOVERY = "recovery"
SECOND = "mfa"  # Beside the way itself: that it was a second factor.
VOUCHED = "server"


def amr_of(method: str) -> tuple[str, ...]:
    """What signing in this way has shown; for who was vouched for, nothing."""
    if method == VOUCHED:
        return ()
    return (PASSWORD,) if method == "password" else (method,)


def with_second(amr: Iterable[str], how: str) -> tuple[str, ...]:
    """The same and a second factor, shown by ``otp`` or ``recovery``."""
    return tuple(sorted({*amr, how, SECOND}))
