"""What app stores tell us by themselves."""

from playerbase import audit
from playerbase.commerce import actions
from playerbase.commerce.model import NotificationStale
from playerbase.kit.errors import Refusal
from playerbase.kit.http import ANYONE, Request, Site, post
from playerbase.payments import NotificationRefused


@post("//webhooks/apple", policy=ANYONE, limit="webhook", status=204)
async def hear_apple(site: Site, request: Request) -> None:
    """A notification of the App Store (version 2): believed by Apple's signature, kept once, acted upon afterwards.

    A repetition is answered like the first.
    """
    try:
        await actions.hear_apple(site.pool, request.body)
    except (NotificationRefused, NotificationStale) as refusal:
        await _note(site, request, "apple", refusal)
        raise refusal.noted() from None


@post("//webhooks/google", policy=ANYONE, limit="webhook", status=204)
async def hear_google(site: Site, request: Request) -> None:
    """A push of Google's about a purchase: believed by its token, kept once; Google is then asked how it stands."""
    try:
        await actions.hear_google(site.pool, request.header("authorization"), request.body)
    except (NotificationRefused, NotificationStale) as refusal:
        await _note(site, request, "google", refusal)
        raise refusal.noted() from None


async def _note(site: Site, request: Request, platform: str, refusal: Refusal) -> None:
    reason = getattr(refusal, "reason", refusal.code)
    if actions.is_news(request.ip, f"{platform} {reason}"):
        deed = audit.deed(request, "webhook_refused", "webhook", platform, reason=str(reason), outcome="refused")
        await site.lane(audit.Refusals).put(deed)
