"""How an answer kept under an idempotency key is rendered again, and how one that holds secrets is kept."""

import hashlib

import msgspec

from playerbase.kit.crypto import Keys, open_sealed
from playerbase.kit.crypto import seal as seal_field
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


def seal(keys: Keys, key: str, body: bytes) -> bytes:
    """Tokens and the like are kept so that only who knows the key, whose hash alone is stored, gets them again."""
    return seal_field(keys, body, table="kit.idempotency", column="body", row=_row(key))


def unseal(keys: Keys, key: str, body: bytes) -> bytes:
    """What ``seal`` sealed under the same key."""
    return open_sealed(keys, body, table="kit.idempotency", column="body", row=_row(key))


def _row(key: str) -> str:
    return hashlib.sha256(b"idempotency " + key.encode()).hexdigest()
