"""Counting what is asked of one account, whoever asks and wherever from; alike whether or not it exists."""

from typing import Final

from playerbase.kit.crypto import blind
from playerbase.kit.http import Request, Site
from playerbase.kit.redis import TooManyRequests

RECOVERY: Final = "recovery"
LETTERS: Final = "letters"


async def count(request: Request, *categories: str, email: str, what: str) -> None:
    """Count one request about this address under each of these limits; raises TooManyRequests."""
    site: Site = request.site
    subject = f"{what}:{blind(site.keys, email, purpose='limits').hex()[:32]}"
    for waiting in [site.limits.take(category, subject) for category in categories]:
        taken = await waiting
        if request.taken is None or (taken.allowed, taken.remaining) < (True, request.taken.remaining):
            request.taken = taken
        if not taken.allowed:
            raise TooManyRequests(
                retry_after=-(-taken.reset_ms // 1000), limit=taken.limit.count, category=taken.category
            )
