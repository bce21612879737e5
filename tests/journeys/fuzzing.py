"""Whatever the OpenAPI document allows, and much that it does not, is sent to every route: none answers 5xx."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from playerbase.kit.redis import DEFAULTS
from tests.homes import quick_home
from tests.journeys.installation import Installation, started

EXAMPLES = "6"
CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance"
# Open-ended by nature, or the end of the very session that asks; each has tests of its own.
LEFT_OUT = [
    "/events/stream",
    "/admin/clock",
    "/auth/logout",
    "/auth/sessions",
    "/auth/refresh",
    "/auth/revoke",
    "/metrics",
    "/oauth/token",  # Speaks of errors in the words of RFC 6749, not in problem documents.
]


@pytest.fixture(scope="module")
async def there() -> AsyncIterator[Installation]:
    with quick_home() as home:
        async with started(home) as there:
            connection = await asyncpg.connect(there.dsn)
            await connection.executemany(
                "insert into kit.limits (category, count, window_seconds, reason, set_by, set_at)"
                " values ($1, 1000000, 60, 'a test', 'test', now())",
                [(category,) for category in DEFAULTS],
            )
            await connection.close()
            yield there


async def credential(there: Installation, kind: str) -> list[str]:
    """What to send as Authorization."""
    if kind == "anonymous":
        return []
    if kind == "server":
        return ["-H", f"Authorization: Bearer {there.key}"]
    async with httpx.AsyncClient(base_url=f"{there.url}/api/v1") as client:
        if kind == "player":
            answer = await client.post(
                "/auth/server/login", json={"external_id": "fuzz"}, headers={"Authorization": f"Bearer {there.key}"}
            )
        else:
            answer = await client.post(
                "/auth/login", json={"email": "operator@playerbase.local", "password": there.password}
            )
        return ["-H", f"Authorization: Bearer {answer.json()['access_token']}"]


def left_out(kind: str) -> str:
    """The paths nothing is sent to, as one expression: of several, only the last would count."""
    ends = [f"{path}$" for path in LEFT_OUT]
    # What staff alone may do is refused to others before anything is read; test_policies holds that for each route.
    return "|".join(ends if kind == "operator" else [*ends, "/admin/"])


async def fuzz(there: Installation, kind: str, folder: Path) -> tuple[int | None, str]:
    """How a run as one of these ends, and the last of what it says."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{there.url}/openapi.json",
        "--checks", CHECKS, "--max-examples", EXAMPLES, "--phases", "coverage,fuzzing", "--continue-on-failure",
        "--generation-deterministic", "--no-color", "--warnings", "off",
        "--exclude-path-regex", left_out(kind),
        *await credential(there, kind),
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode, out.decode()[-8000:]
