"""Signatures, held to the one that Amazon ships and to what Google's platform reads."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from playerbase.kit.crypto import rsa_signature
from playerbase.kit.objects import aws, google_account, presigned

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
PINNED = {
    "content-length": "5", "content-type": "image/png", "if-none-match": "*",
    "x-amz-checksum-sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "headers", "query"),
    [
        ("PUT", "/bucket/quarantine/0190-a.b_c", PINNED, {}),
        ("GET", "/bucket/media/a/512.webp", {}, {}),
        ("PUT", "/bucket/sources/ab/x", {"x-amz-copy-source": "/bucket/quarantine/x"}, {}),
        ("GET", "/bucket", {}, {"list-type": "2", "max-keys": "10", "prefix": "media/ ~+&=", "start-after": "media/é"}),
        ("PUT", "/bucket/media/a", {"cache-control": "public,  max-age=31536000,  immutable"}, {}),
    ],
)
def test_an_address_is_signed_as_amazon_signs_it(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: NOW.replace(tzinfo=None))
    url = f"https://s3.eu-central-1.amazonaws.com{path}"
    request: Any = AWSRequest(method, url, headers=dict(headers), params=dict(query))
    theirs = botocore.auth.S3SigV4QueryAuth(Credentials("KEY", "SECRET"), "s3", "eu-central-1", expires=300)
    theirs.add_auth(request)
    ours = presigned(
        aws("KEY", "SECRET", "eu-central-1"), method, url, headers=headers, query=query, seconds=300, now=NOW
    )
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(request.url).query)
    assert urlsplit(ours).path == path


def test_an_address_is_signed_as_google_reads_it() -> None:
    key = rsa.generate_private_key(65537, 2048)
    signer = google_account("us@example.iam.gserviceaccount.com", lambda text: rsa_signature(key, text))
    url = presigned(
        signer, "PUT", "https://storage.googleapis.com/bucket/quarantine/a b.png",
        headers={"Content-Type": "image/png", "x-goog-if-generation-match": "0"}, seconds=300, now=NOW,
    )  # fmt: skip
    asked = (
        "X-Goog-Algorithm=GOOG4-RSA-SHA256"
        "&X-Goog-Credential=us%40example.iam.gserviceaccount.com%2F20261121%2Fauto%2Fstorage%2Fgoog4_request"
        "&X-Goog-Date=20261121T120000Z&X-Goog-Expires=300"
        "&X-Goog-SignedHeaders=content-type%3Bhost%3Bx-goog-if-generation-match"
    )
    address, _, signature = url.partition("&X-Goog-Signature=")
    assert address == f"https://storage.googleapis.com/bucket/quarantine/a%20b.png?{asked}"
    canonical = (
        f"PUT\n/bucket/quarantine/a%20b.png\n{asked}\ncontent-type:image/png\nhost:storage.googleapis.com\n"
        "x-goog-if-generation-match:0\n\ncontent-type;host;x-goog-if-generation-match\nUNSIGNED-PAYLOAD"
    )
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"GOOG4-RSA-SHA256\n20261121T120000Z\n20261121/auto/storage/goog4_request\n{hashed}"
    key.public_key().verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), SHA256())
