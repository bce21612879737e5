"""A process killed in the middle of a change leaves all of it or nothing, and the client that heard nothing goes on."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from playerbase import identity, schema
from playerbase.kit.crypto import blind
from playerbase.kit.db import broken, transaction
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, someone
from tests.conftest import SECRET

POINTS = ("1", "3", "before commit", "after commit")
NEW = "Another1!horse"


Killed = Callable[..., Awaitable[None]]


@pytest.fixture
def killed(dsn: str, redis_url: str, tmp_path: Path) -> Killed:
    """Lets another process of the same installation begin a request, and die at this point of it."""
    environ = {
        **os.environ, "DATABASE_URL": dsn, "REDIS_URL": redis_url, "PUBLIC_URL": "http://test",
        "PLAYERBASE_SECRET": base64.b64encode(SECRET).decode(), "PLAYERBASE_HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(each for each in sys.path if each),
    }  # fmt: skip

    async def run(point: str, method: str, path: str, body: object = None, token: str = "") -> None:
        text = msgspec.json.encode(body).decode() if body is not None else ""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.accounts.victim", point, method, path, text, token,
            env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == -signal.SIGKILL, said.decode()[-2000:]

    return run


@pytest.mark.parametrize("point", POINTS)
async def test_a_client_whose_refresh_was_killed_asks_again(people: People, killed: Killed, point: str) -> None:
    ada = await people.register()
    phone = someone(await people.log_in())
    body = {"refresh_token": ada.refresh_token}
    await killed(point, "POST", "/auth/refresh", body)
    rotated = await people.api.site.pool.fetchval(
        "select rotated_at > created_at from access.sessions where session_id = $1", ada.session_id
    )
    assert rotated == (point == "after commit")
    again = someone(await people.refresh(ada.refresh_token))
    assert again.session_id == ada.session_id
    next_ = someone(await people.refresh(again.refresh_token))
    assert [await people.validate(each) for each in (again, next_, phone)] == [200, 200, 200]
    assert await people.audited("authn_token_reuse") == []
    assert await whole(people)


@pytest.mark.parametrize("point", POINTS)
async def test_a_reset_that_was_killed_is_done_or_can_be_done_again(
    people: People, letterbox: Letterbox, killed: Killed, point: str
) -> None:
    ada = await people.register()
    await letterbox.come()
    await people.post("/auth/password-reset", {"email": "ada@example.com"})
    body = {"token": (await letterbox.comes()).token, "password": NEW}
    await killed(point, "POST", "/auth/password-reset/confirm", body)
    is_done = point == "after commit"
    assert await people.validate(ada) == (401 if is_done else 200)
    assert (await people.log_in()).status_code == (401 if is_done else 200)
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == (400 if is_done else 204)
    someone(await people.log_in(password=NEW))
    assert [letter.subject for letter in await letterbox.come()].count("Your password was changed") == 1
    assert await whole(people)


@pytest.mark.parametrize("point", POINTS)
async def test_an_unlink_that_was_killed_is_done_or_can_be_done_again(
    people: People, killed: Killed, point: str
) -> None:
    ada = await people.register()
    site = people.api.site
    async with transaction(site.pool) as tx:
        await identity.link(tx, ada.player_id, "device", blind(site.keys, "d" * 32, purpose="identity/device"))
    device = someone(await people.post("/auth/device/login", {"device_id": "d" * 32}))
    assert device.player_id == ada.player_id
    await killed(point, "DELETE", "/auth/link/device", token=ada.access_token)
    is_done = point == "after commit"
    assert await people.validate(device) == (401 if is_done else 200), "its sessions end with the link, or neither does"
    again = await people.api.delete("/api/v1/auth/link/device", headers=ada.headers)
    assert again.status_code == (404 if is_done else 204), again.text
    history = "select count(*) from identity.links where provider = 'device' and what = 'unlinked'"
    assert await site.pool.fetchval(history) == 1
    assert await people.validate(device) == 401
    someone(await people.log_in(password=PASSWORD))
    assert await whole(people)


async def whole(people: People) -> bool:
    """Whether every law about the data holds."""
    async with people.api.site.pool.acquire() as connection:
        return await broken(connection, schema.INVARIANTS) == []
