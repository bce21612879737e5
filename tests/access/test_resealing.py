"""A new secret for an installation in use: nobody is locked out, and afterwards the old one opens nothing."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from playerbase import access, app, audit, settings
from playerbase.kit.crypto import Keys, Tampered, blinds, open_sealed
from playerbase.kit.redis import DEFAULTS
from tests.accounts.people import UNLIMITED, People, someone
from tests.conftest import SECRET, Api

NEW = bytes(range(100, 132))
GUEST = {"device_id": "a-device-of-somebody", "device_secret": "a-secret-of-its-own"}
Start = Callable[..., Any]


@pytest.fixture
def start(dsn: str, redis_url: str, tmp_path: Path) -> Start:
    """The whole app under this secret, and those before it."""

    @asynccontextmanager
    async def started(secret: bytes, *previous: bytes) -> AsyncIterator[People]:
        told = settings.read(
            {
                "DATABASE_URL": dsn,
                "REDIS_URL": redis_url,
                "PUBLIC_URL": "http://test",
                "PLAYERBASE_SECRET": base64.b64encode(secret).decode(),
                "PLAYERBASE_SECRETS_PREVIOUS": ",".join(base64.b64encode(each).decode() for each in previous),
                "PLAYERBASE_HOME": str(tmp_path),
            }
        )
        gateway = app.create(told)
        async with gateway.running() as site:
            for category in DEFAULTS:
                await site.pool.execute(UNLIMITED + " on conflict do nothing", category)
            limits = {name: msgspec.structs.replace(each, count=1_000_000) for name, each in DEFAULTS.items()}
            site.limits.change(limits)
            async with Api(transport=httpx.ASGITransport(gateway), base_url="http://test") as client:
                client.site = site
                yield People(client)

    return started


async def test_nobody_is_locked_out_and_the_old_secret_opens_nothing(start: Start, tmp_path: Path) -> None:
    emails = [f"player{number}@example.com" for number in range(12)]
    async with start(SECRET) as people:
        operator, server = await people.begin()
        players = [await people.register(email, f"Somebody {number}") for number, email in enumerate(emails)]
        vouched = someone(await people.post("/auth/server/login", {"external_id": "ada"}, **server))
        unseen = someone(await people.post("/auth/server/login", {"external_id": "eve"}, **server))
        guest = someone(await people.post("/auth/device/login", GUEST))
        once = {"idempotency-key": "the-guest-once-more"}
        kept = await people.post("/auth/device/login", GUEST, **once)
        ring_before = (await people.api.get("/.well-known/jwks.json")).json()

    async with start(NEW, SECRET) as people:
        pool, keys = people.api.site.pool, people.api.site.keys
        told: list[tuple[str, int, int]] = []

        async def sign_in(email: str) -> bool:
            return bool((await people.log_in(email)).status_code == 200)

        async def register(number: int) -> bool:
            answer = await people.post(
                "/auth/register",
                {"email": emails[number], "password": "Correct1!horse", "display_name": "Another one"},
            )
            return bool(answer.json()["code"] == "email_taken")

        resealing: Awaitable[Any] = access.reseal(pool, keys, lambda *said: told.append(said))
        done, again, *let_in = await asyncio.gather(
            resealing,
            access.reseal(pool, keys),
            *(sign_in(email) for email in emails[:6] * 3),
            *(register(number) for number in range(6)),
        )
        assert all(let_in), "while everything is sealed anew"
        assert (done.lost, again.lost) == (0, 0)
        assert {what for what, _, _ in told} == {
        "kept keys", "addresses", "signing keys", "second factors", "names at providers",
            "tokens of Twitch",
    }  # fmt: skip
        assert await people.validate(players[0]) == 200, "tokens and sessions go on"
        assert (await people.refresh(players[1].refresh_token)).status_code == 200
        same = someone(await people.post("/auth/server/login", {"external_id": "ada"}, **server))
        assert same.player_id == vouched.player_id
        assert someone(await people.post("/auth/device/login", GUEST)).player_id == guest.player_id
        retried = await people.post("/auth/device/login", GUEST, **once)
        assert retried.headers.get("idempotency-replayed") == "true", retried.text
        assert retried.json()["refresh_token"] == kept.json()["refresh_token"]
        assert (await access.reseal(pool, keys)).done == 0, "there is nothing left"

    async with start(NEW) as people:
        pool, keys = people.api.site.pool, people.api.site.keys
        for email, player in zip(emails, players, strict=True):
            assert someone(await people.log_in(email)).player_id == player.player_id, email
        assert (await people.log_in(emails[0], "Wrong1!horse")).status_code == 401
        for external_id, who in (("ada", vouched), ("eve", unseen)):
            came = someone(await people.post("/auth/server/login", {"external_id": external_id}, **server))
            assert came.player_id == who.player_id, external_id
        assert someone(await people.post("/auth/device/login", GUEST)).player_id == guest.player_id
        wrong = await people.post("/auth/device/login", GUEST | {"device_secret": "another-secret-than-its"})
        assert wrong.status_code == 401
        assert await people.validate(players[2]) == 200
        assert (await people.api.get("/.well-known/jwks.json")).json() == ring_before
        verdict = await audit.verify(pool, keys, tmp_path / "audit-anchors.jsonl")
        assert verdict.findings == ()
        await nothing_opens(pool, Keys.derive(SECRET), emails)
        assert operator.player_id is not None


async def nothing_opens(pool: Any, old: Keys, emails: list[str]) -> None:
    for row in await pool.fetch("select player_id, email_sealed from access.credentials"):
        place = {"table": "access.credentials", "column": "email", "row": str(row["player_id"])}
        with pytest.raises(Tampered):
            open_sealed(old, row["email_sealed"], **place)
    for row in await pool.fetch("select kid, private_sealed from access.signing_keys"):
        with pytest.raises(Tampered):
            open_sealed(old, row["private_sealed"], table="access.signing_keys", column="private", row=row["kid"])
    for row in await pool.fetch("select label, name, key_sealed from kit.kept_keys"):
        place = {"table": "kit.kept_keys", "column": "key", "row": f"{row['label']} {row['name'].hex()}"}
        with pytest.raises(Tampered):
            open_sealed(old, row["key_sealed"], **place)
    found = await pool.fetchval(
        "select count(*) from access.credentials where email_index = any($1::bytea[])",
        [index for email in emails for index in blinds(old, email, purpose="email")],
    )
    assert found == 0


async def test_processes_that_disagree_which_secret_is_the_present_one_make_nobody_twice(start: Start) -> None:
    async with start(SECRET, NEW) as one, start(NEW, SECRET) as other:
        _, server = await one.begin()
        answers = await asyncio.gather(
            *(
                people.post("/auth/server/login", {"external_id": f"player-{number}"}, **server)
                for number in range(8)
                for people in (one, other, one)
            )
        )
        assert len({someone(answer).player_id for answer in answers}) == 8
        body = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
        made = await asyncio.gather(*(people.post("/auth/register", body) for people in (one, other, one, other)))
        assert sorted(each.status_code for each in made) == [201, 409, 409, 409]


async def test_what_no_listed_secret_opens_is_counted_and_left_alone(start: Start) -> None:
    async with start(SECRET) as people:
        await people.register()
        before = await people.api.site.pool.fetchval("select email_sealed from access.credentials")
        lost = await access.reseal(people.api.site.pool, Keys.derive(NEW, [bytes(range(7, 39))]))
        assert lost.lost == 2, "the address and the signing key"
        assert await people.api.site.pool.fetchval("select email_sealed from access.credentials") == before
