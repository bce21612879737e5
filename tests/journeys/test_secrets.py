"""Another secret for an installation, as whoever runs it does it: with the command, while nothing runs, and again."""

import asyncio
import base64
import os
import sys
from pathlib import Path

import httpx

from playerbase.kit import engines
from tests.homes import quick_home
from tests.journeys.installation import Installation, started

NEW, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (7, 8))
PARTS = (
    "kept keys", "addresses", "signing keys", "second factors", "names at providers", "tokens of Twitch",
    "codes and addresses of deliveries", "buyers at platforms",
)  # fmt: skip
DONE = "Everything is sealed with the present secret. The former ones may go seven days from now."


async def reseal(home: Path, secret: str, previous: str = "") -> tuple[int, list[str]]:
    """What the command says, and its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playerbase", "secrets", "reseal",
        env={
            **os.environ, "PLAYERBASE_HOME": str(home), "PLAYERBASE_SECRET": secret,
            "PLAYERBASE_SECRETS_PREVIOUS": previous, "LOG_LEVEL": "ERROR",
        },
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode().splitlines()


async def sign_in(there: Installation) -> int:
    async with httpx.AsyncClient(base_url=f"{there.url}/api/v1") as client:
        body = {"email": "operator@playerbase.local", "password": there.password}
        return (await client.post("/auth/login", json=body)).status_code


async def test_an_installation_gets_another_secret_by_the_command(tmp_path: Path) -> None:
    with quick_home() as home:
        code, said = await reseal(tmp_path, NEW)
        assert (code, len(said)) == (2, 1), said
        assert said[0].startswith(f"There is nothing in {tmp_path} yet; start bin/up first")
        async with started(home) as there:
            password = there.password
            assert await sign_in(there) == 200, "with a signing key, that is"
        old = engines.secret(home)

        code, said = await reseal(home, OTHER)
        assert (code, said[-1]) == (
            1, "3 could not be opened with any secret that is listed; the log names them."
        ), said  # fmt: skip

        code, said = await reseal(home, NEW, old)
        assert (code, said[-1]) == (0, DONE), said
        counts = dict(line.split(": ", 1) for line in said[:-1])
        assert tuple(counts) == PARTS
        assert (counts["addresses"], counts["signing keys"]) == ("1 of 1", "1 of 1")

        for previous in (old, ""):
            code, said = await reseal(home, NEW, previous)
            assert (code, said) == (0, [*(f"{part}: 0 of 0" for part in PARTS), DONE]), "there is nothing left"

        async with started(home, PLAYERBASE_SECRET=NEW) as again:
            assert await sign_in(again._replace(password=password)) == 200
