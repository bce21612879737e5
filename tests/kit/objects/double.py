"""A bucket on loopback that speaks as S3 and Google Cloud Storage do, and takes nothing that is not signed."""

import asyncio
import base64
import hashlib
import hmac
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import uvicorn

KEY_ID, SECRET, REGION = "double-key", "double-secret", "eu-test-1"
SCOPES = {"AWS4": (f"{REGION}/s3/aws4_request", "X-Amz"), "GOOG4": ("auto/storage/goog4_request", "X-Goog")}


class Double:
    """The objects, and a switch that breaks it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.objects: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.status = 0
        self.calls: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        self.calls.append(f"{scope['method']} {scope['path']}")
        status, answer = self.status, b""
        said: dict[str, str] = {}
        if not status:
            if not self._is_signed(scope["method"], scope["raw_path"].decode(), query, headers):
                status = 403
            else:
                status, said, answer = self._answer(scope["method"], scope["path"], query, headers, body)
        told = {"content-length": str(len(answer)), **said}
        head = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer})

    def _is_signed(self, method: str, path: str, query: dict[str, str], headers: dict[str, str]) -> bool:
        kind = "AWS4" if "X-Amz-Algorithm" in query else "GOOG4"
        scope, prefix = SCOPES[kind]
        signature = query.pop(f"{prefix}-Signature", "")
        names = query.get(f"{prefix}-SignedHeaders", "").split(";")
        # Whatever is said of an object has to be signed, as on the real ones.
        unsigned = [name for name in headers if name.startswith(("x-amz-", "x-goog-")) and name not in names]
        if (
            unsigned
            or any(name not in headers for name in names)
            or query[f"{prefix}-Algorithm"] != f"{kind}-HMAC-SHA256"
        ):
            return False
        date = query[f"{prefix}-Date"]
        began = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if (datetime.now(UTC) - began).total_seconds() > int(query[f"{prefix}-Expires"]):
            return False
        whole = f"{date[:8]}/{scope}"
        if query[f"{prefix}-Credential"] != f"{KEY_ID}/{whole}":
            return False
        pairs = "&".join(f"{quote(name, '~')}={quote(query[name], '~')}" for name in sorted(query))
        told = "".join(f"{name}:{headers[name]}\n" for name in names)
        request = f"{method}\n{path}\n{pairs}\n{told}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
        text = f"{kind}-HMAC-SHA256\n{date}\n{whole}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"{kind}{SECRET}".encode()
        for part in whole.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.digest(key, text.encode(), "sha256").hex() == signature

    def _answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        key = path.removeprefix("/bucket").removeprefix("/")
        if method == "PUT":
            return self._put(key, headers, body)
        if method == "DELETE":
            return (204, {}, b"") if self.objects.pop(key, None) else (404, {}, b"")
        if not key:
            after, count = query.get("start-after", ""), int(query["max-keys"])
            found = [each for each in sorted(self.objects) if each.startswith(query["prefix"]) and each > after][:count]
            entries = "".join(
                f"<Contents><Key>{each}</Key><LastModified>2026-11-01T10:00:00.000Z</LastModified>"
                f"<ETag>&quot;x&quot;</ETag><Size>{len(self.objects[each][0])}</Size></Contents>"
                for each in found
            )
            return 200, {}, f"<ListBucketResult>{entries}</ListBucketResult>".encode()
        if key not in self.objects:
            return 404, {}, b"<Error><Code>NoSuchKey</Code></Error>"
        held, said = self.objects[key]
        return 200, {**said, "content-length": str(len(held))}, held

    def _put(self, key: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        source = headers.get("x-amz-copy-source") or headers.get("x-goog-copy-source")
        if source:
            from_ = source.removeprefix("/bucket/")
            if from_ not in self.objects:
                return 404, {}, b""
            self.objects[key] = self.objects[from_]
            return 200, {}, b"<CopyObjectResult/>"
        is_once = headers.get("if-none-match") == "*" or headers.get("x-goog-if-generation-match") == "0"
        if is_once and key in self.objects:
            return 412, {}, b""
        checksum = headers.get("x-amz-checksum-sha256")
        if checksum and base64.b64decode(checksum) != hashlib.sha256(body).digest():
            return 400, {}, b""
        bounds = re.findall(r"\d+", headers.get("x-goog-content-length-range", ""))
        if bounds and not int(bounds[0]) <= len(body) <= int(bounds[1]):
            return 400, {}, b""
        kept = ("content-type", "cache-control", "x-amz-checksum-sha256", "x-goog-meta-sha256")
        self.objects[key] = body, {name: headers[name] for name in kept if name in headers}
        return 200, {}, b""


@asynccontextmanager
async def standing() -> AsyncIterator[Double]:
    """The bucket is at ``double.url``."""
    listener = socket.create_server(("127.0.0.1", 0))
    double = Double(f"http://127.0.0.1:{listener.getsockname()[1]}/bucket")
    config = uvicorn.Config(double, log_config=None, lifespan="off", interface="asgi3", timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    task = asyncio.create_task(running._serve([listener]))
    try:
        yield double
    finally:
        running.should_exit = True
        await task
