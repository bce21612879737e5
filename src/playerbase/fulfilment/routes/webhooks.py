"""What shops tell us by themselves."""

import re
from typing import Final

from playerbase import audit
from playerbase.fulfilment import actions
from playerbase.fulfilment.model.shop import (
    Topic,
    WebhookForged,
    WebhookReplayed,
    WebhookStale,
    WebhookUnreadable,
)
from playerbase.kit.db import transaction
from playerbase.kit.http import ANYONE, Request, Site, post

NAME: Final = "x-shopify-webhook-id"
_NAME = re.compile(r"[!-~]{1,200}")


@post("//webhooks/shopify/order/{topic}", policy=ANYONE, limit="open", status=204)
async def hear_shop(site: Site, request: Request, topic: Topic) -> None:
    """What Shopify says of an order: believed by its signature over the bytes as they came, and heard once.

    A repetition is answered like the first. What is forged, altered, too old, or heard before under another name is
    refused, and the audit keeps it.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.items()}
    try:
        name = headers.get(NAME, "")
        if not _NAME.fullmatch(name):
            raise WebhookUnreadable  # noqa: TRY301 - noted below like every other refusal
        async with transaction(site.pool) as tx:
            await actions.hear_shop(tx, topic, name, headers, request.body)
    except (WebhookForged, WebhookReplayed, WebhookStale, WebhookUnreadable) as refusal:
        if actions.is_news(request.ip, refusal.code):
            deed = audit.deed(request, "webhook_refused", "webhook", topic, reason=refusal.code, outcome="refused")
            await site.lane(audit.Refusals).put(deed)
        raise refusal.noted() from None
