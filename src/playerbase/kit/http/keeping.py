"""How an answer kept under an idempotency key is rendered again."""

import msgspec

from playerbase.kit.db import Kept
from playerbase.kit.db.idempotency import KeptRefusal
from playerbase.kit.http.message import Answer, Request
from playerbase.kit.http.problems import described

_refusal = msgspec.json.Decoder(KeptRefusal)


def answer(kept: Kept, request: Request) -> Answer:
    """The kept answer for this request: the same status and body, and whether it was given before."""
    if kept.is_refusal:
        record = _refusal.decode(kept.body)
        told = described(
            kept.status, record.code, record.title, record.detail, record.members, request.request_id, request.site.docs
        )
    else:
        told = Answer(kept.body, status=kept.status)
    told.headers.append((b"idempotency-key", (request.idempotency or "").encode("latin-1", "replace")))
    told.headers.append((b"idempotency-replayed", b"true" if kept.replayed else b"false"))
    return told
