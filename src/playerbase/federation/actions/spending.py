"""What counts once: Steam's tickets and nonces, and for each purpose an ID token."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from playerbase.federation import store
from playerbase.federation.actions.asking import replayed
from playerbase.federation.model import Once, Subject
from playerbase.federation.rules import tokens
from playerbase.kit import clock
from playerbase.kit.crypto import digest
from playerbase.kit.db import Tx


async def once(tx: Tx, used: bytes, kept: timedelta) -> bool:
    """Whether this is the first use of what has this hash; it is remembered so long."""
    now = clock.now()
    return await store.use(tx, used, now, now + kept) is not None


def once_of(token: str, claims: tokens.Claims) -> Once:
    """What an ID token is remembered by, until it ends."""
    # Its end is told by the world's clock, wherever ours stands.
    until = datetime.fromtimestamp(claims.exp, UTC) + clock.offset()
    return Once(digest(f"id token {tokens.signed_part(token)}"), until)


async def spend(tx: Tx, subject: Subject, purpose: Literal["login", "link"]) -> None:
    """Let what a provider said count once for this purpose; raises ProviderRefused the second time.

    In the transaction of what it lets happen, so that what came to nothing may be tried again. Nothing is noted of
    what is no ID token: a ticket was used when it was believed, and an access token is asked about each time.
    """
    if subject.once is None:
        return
    hashed = digest(f"{purpose} {subject.once.hash.hex()}")
    if await store.use(tx, hashed, clock.now(), subject.once.until) is None:
        raise replayed(subject.provider)
