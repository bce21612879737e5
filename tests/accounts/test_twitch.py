"""What Twitch gave for a player's browser: kept sealed, checked every hour, and the end of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from playerbase import federation, simulators
from playerbase.accounts import actions
from playerbase.accounts.actions.standing_by import disconnected
from playerbase.accounts.pages import PAGE
from playerbase.federation import Providers
from playerbase.kit.crypto import Keys
from playerbase.kit.db import reading, transaction
from playerbase.kit.http import Part
from playerbase.simulators.world import Fault, Grant, World
from tests.accounts.letterbox import everything
from tests.accounts.people import People
from tests.conftest import SECRET
from tests.simulators.stage import begin_anew, log_in, playing

ADA, VALIDATE, TOKEN, REVOKE = "25009227", "validate", "token", "revoke"
HOUR = 60.0
OURS = {"origin": "http://test", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with playing(tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
async def world(standing: World, people: People) -> World:
    """Providers that this installation trusts."""
    begin_anew(standing)
    await trust(people, standing)
    return standing


async def trust(people: People, world: World, **settings: str) -> Providers:
    """Make them anew, as a process that has just started has them."""
    environ = simulators.surroundings(world.url, {}) | settings
    site = people.api.site
    configuration = federation.configured(environ, in_production=False)
    await site.lane(Providers).close()
    providers = Providers(configuration, site.keys, public_url=site.public_url, seconds=0.5)
    site.keep(providers)
    federation.use_providers(providers)
    return providers


async def sign_in(people: People, person_id: str = ADA, back: str = "/portal") -> None:
    """A browser goes to Twitch and comes back."""
    out = await people.api.get("/api/v1/auth/twitch/authorize", params={"back": back})
    pairs = await log_in(out.headers["location"], person_id)
    came = await people.api.get(f"/api/v1/auth/twitch/callback?{urlencode(pairs)}")
    assert (came.status_code, came.headers["location"]) == (303, back)


async def is_in(people: People, method: str = "twitch") -> bool:
    """Whether nobody ended the session; that a browser's ends by itself is another matter."""
    query = "select bool_or(revoked_at is null) from access.sessions where method = $1"
    return bool(await people.api.site.pool.fetchval(query, method))


async def an_hour(people: People) -> None:
    """An hour, with somebody in front of the browser: its own hour of silence is another matter."""
    for _ in range(2):
        await people.later(minutes=HOUR / 2)
        await people.api.get("/portal")


async def check(people: People, **later: float) -> None:
    """So much later a worker comes round."""
    await (people.later(**later) if later else an_hour(people))
    await actions.check_grants(people.api.site.pool)


async def kept(people: People) -> list[dict[str, Any]]:
    return [dict(row) for row in await people.api.site.pool.fetch("select * from federation.twitch_grants")]


async def checks(people: People) -> federation.Checks:
    async with transaction(people.api.site.pool) as tx:
        return (await federation.standing(tx))[1]


def calls(world: World, what: str) -> int:
    return len([call for call in world.provider("twitch").calls if call.path.endswith(f"/oauth2/{what}")])


async def test_what_is_kept_shows_in_no_table_no_answer_and_no_log(
    people: People, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await sign_in(people)
    twitch = world.provider("twitch")
    secrets = [*twitch.tokens, *twitch.refreshes]
    assert len(secrets) == 2
    await check(people)
    twitch.expire(ADA)
    await check(people)
    secrets += [*twitch.tokens, *twitch.refreshes]
    said = capsys.readouterr()
    pages = [(await people.api.get(path)).text for path in ("/portal", "/portal/security", "/portal/history")]
    seen = await everything(people.api) + said.out + said.err + "".join(pages)
    assert [secret for secret in secrets if secret in seen] == []
    assert len(await kept(people)) == 1


async def test_what_is_kept_belongs_to_its_row(people: People, world: World) -> None:
    await sign_in(people)
    people.api.cookies.clear()
    await people.register()
    (row,) = await kept(people)
    other = await people.api.site.pool.fetchval(
        "select player_id from identity.players where player_id <> $1", row["player_id"]
    )
    await people.api.site.pool.execute("update federation.twitch_grants set player_id = $1", other)
    async with transaction(people.api.site.pool) as tx:
        assert await federation.take_grant(tx, people.api.site.keys, other) is None
    assert world.url


async def test_what_holds_is_asked_about_every_hour_and_no_rarer(people: People, world: World) -> None:
    await sign_in(people)
    asked = calls(world, VALIDATE)
    await check(people, minutes=30)
    assert calls(world, VALIDATE) == asked, "not before its time"
    for n in range(1, 4):
        await check(people, minutes=55)
        assert calls(world, VALIDATE) == asked + n
    assert await is_in(people)
    assert (await checks(people)).valid == 3


async def test_what_has_run_out_is_renewed_once_and_nobody_notices(people: People, world: World) -> None:
    await sign_in(people)
    before = await kept(people)
    world.provider("twitch").expire(ADA)
    asked = calls(world, TOKEN)
    await check(people)
    assert calls(world, TOKEN) == asked + 1
    assert (await kept(people))[0]["sealed"] != before[0]["sealed"]
    await check(people)
    assert calls(world, TOKEN) == asked + 1, "the new ones hold"
    assert await is_in(people)
    assert await checks(people) == federation.Checks(valid=1, refreshed=1)


async def test_who_disconnects_is_signed_out_of_what_twitch_opened(people: People, world: World) -> None:
    await sign_in(people)
    (row,) = await kept(people)
    world.provider("twitch").disconnect(ADA)
    await check(people)
    assert not await is_in(people)
    assert await kept(people) == []
    (written,) = await people.audited("session_ended")
    assert (written["player_id"], written["reason"]) == (row["player_id"], "twitch_disconnected")
    links = await people.api.site.pool.fetch(
        "select provider from identity.identities where player_id = $1", row["player_id"]
    )
    assert [each["provider"] for each in links] == ["twitch"], "the link stays"
    people.api.cookies.clear()
    await sign_in(people)
    assert "it is disconnected there" in (await people.api.get("/portal/history")).text
    assert len(await kept(people)) == 1
    assert (await checks(people)).disconnected == 1


async def test_a_session_by_password_outlives_the_end_of_twitch(people: People, world: World) -> None:
    form = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
    assert (await people.api.post("/portal/sign-up", data=form, headers=OURS)).status_code == 303
    await sign_in(people, back="/portal/security?linked=twitch")
    assert len(await kept(people)) == 1
    world.provider("twitch").disconnect(ADA)
    await check(people)
    assert await kept(people) == []
    assert await is_in(people, "password")


# Nothing is done by asking whether a token holds, so there is nothing whose answer could be lost.
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.LOST])
async def test_while_twitch_is_away_nobody_is_signed_out(people: People, world: World, fault: Fault) -> None:
    await sign_in(people)
    world.provider("twitch").disconnect(ADA)
    world.provider("twitch").break_next(fault, 1)
    await check(people)
    assert await is_in(people), "nothing could be told"
    assert len(await kept(people)) == 1
    assert (await checks(people)).away == 1
    await trust(people, world)
    await check(people)
    assert not await is_in(people), "once it answers, it can"


async def test_a_retry_after_is_heeded(people: People, world: World) -> None:
    await sign_in(people)
    world.provider("twitch").break_next(Fault.TOO_MANY, 1)
    await check(people)
    await trust(people, world)
    asked = calls(world, VALIDATE)
    await check(people, seconds=30)
    assert calls(world, VALIDATE) == asked
    await check(people, minutes=3)
    assert calls(world, VALIDATE) == asked + 1


async def test_an_open_breaker_asks_nothing_and_ends_nothing(people: People, world: World) -> None:
    await sign_in(people)
    world.provider("twitch").break_next(Fault.TOO_MANY, 1)
    await check(people)
    asked = len(world.provider("twitch").calls)
    await check(people)
    assert len(world.provider("twitch").calls) == asked
    assert await is_in(people)


async def test_a_wrong_secret_of_ours_signs_nobody_out(people: People, world: World) -> None:
    await sign_in(people)
    world.provider("twitch").expire(ADA)
    for wrong in ({"TWITCH_CLIENT_SECRET": "wrong"}, {"TWITCH_CLIENT_ID": "another"}):
        settings = {"TWITCH_CLIENT_ID": "simulatedtwitchclient", "TWITCH_CLIENT_SECRET": "simulated-secret"}
        await trust(people, world, **{**settings, **wrong, "TWITCH_URL": f"{world.url}/twitch"})
        await check(people)
        assert len(await kept(people)) == 1, wrong
    await trust(people, world)
    await check(people)
    assert await is_in(people)
    assert (await checks(people)).refreshed == 1


async def test_a_token_that_speaks_of_somebody_else_is_as_none(people: People, world: World) -> None:
    await sign_in(people)
    twitch = world.provider("twitch")
    (token,) = twitch.tokens
    twitch.tokens[token] = Grant(twitch.add("Somebody else").id, twitch.tokens[token].client_id)
    await check(people)
    assert not await is_in(people)


async def test_many_workers_check_each_once(people: People, world: World) -> None:
    ids = [world.provider("twitch").add(f"Player {n}").id for n in range(6)]
    for person_id in ids:
        people.api.cookies.clear()
        await sign_in(people, person_id)
    asked = calls(world, VALIDATE)
    await an_hour(people)
    await asyncio.gather(*(actions.check_grants(people.api.site.pool) for _ in range(6)))
    assert calls(world, VALIDATE) == asked + len(ids)


async def test_many_workers_end_a_session_once(people: People, world: World) -> None:
    await sign_in(people)
    world.provider("twitch").disconnect(ADA)
    (row,) = await kept(people)
    held = federation.Held(row["player_id"], row["grant_id"], row["sealed"])
    pool = people.api.site.pool
    providers = federation.configured_providers()
    due_at = datetime.now(UTC) + timedelta(hours=1)
    stands = await asyncio.gather(*(federation.check(providers, pool, held, due_at=due_at) for _ in range(4)))
    assert stands == [False] * 4
    await asyncio.gather(*(disconnected(pool, held) for _ in range(4)))
    assert len(await people.audited("session_ended")) == 1
    assert (await checks(people)).disconnected == 1
    assert not await is_in(people)


async def test_who_signs_in_anew_while_the_old_tokens_are_asked_about_stays_in(people: People, world: World) -> None:
    await sign_in(people)
    await an_hour(people)
    async with transaction(people.api.site.pool) as tx:
        (held,) = await federation.claim_grants(tx, 10)
    world.provider("twitch").disconnect(ADA)
    people.api.cookies.clear()
    await sign_in(people)
    due_at = datetime.now(UTC) + timedelta(hours=1)
    stands = await federation.check(federation.configured_providers(), people.api.site.pool, held, due_at=due_at)
    assert stands is False
    await disconnected(people.api.site.pool, held)
    assert await is_in(people)
    assert await people.audited("session_ended") == []
    assert len(await kept(people)) == 1


async def test_who_is_killed_between_asking_and_writing_leaves_it_to_the_next(people: People, world: World) -> None:
    await sign_in(people)
    world.provider("twitch").disconnect(ADA)
    await an_hour(people)
    async with transaction(people.api.site.pool) as tx:
        assert len(await federation.claim_grants(tx, 10)) == 1
    await check(people, minutes=1)
    assert await is_in(people), "somebody else has it"
    await check(people, minutes=5)
    assert not await is_in(people)


async def test_who_is_killed_after_renewing_has_lost_nothing(people: People, world: World) -> None:
    await sign_in(people)
    (access_token,), (refresh_token,) = world.provider("twitch").tokens, world.provider("twitch").refreshes
    world.provider("twitch").expire(ADA)
    await an_hour(people)
    async with transaction(people.api.site.pool) as tx:
        assert len(await federation.claim_grants(tx, 10)) == 1
    # Renewed, and then nothing of it was written.
    await federation.configured_providers().twitch.renew(federation.Granted(access_token, refresh_token, ADA))
    await check(people, minutes=6)
    assert await is_in(people)
    assert (await checks(people)).refreshed == 1


async def test_who_unlinks_is_revoked_at_twitch_by_a_job(people: People, world: World) -> None:
    form = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
    await people.api.post("/portal/sign-up", data=form, headers=OURS)
    await sign_in(people, back="/portal/security?linked=twitch")
    (token,) = world.provider("twitch").tokens
    page = (await people.api.get("/portal/security")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    gone = await people.api.post("/portal/ways/twitch/unlink", data={"csrf": csrf}, headers=OURS)
    assert gone.headers["location"] == "/portal/security?told=unlinked"
    assert await kept(people) == []
    assert token not in await everything(people.api)
    assert calls(world, REVOKE) == 0, "not while the request waits"
    world.provider("twitch").break_next(Fault.FAILING, 1)
    await people.api.drain()
    assert token in world.provider("twitch").tokens
    await people.later(minutes=2)
    await people.api.drain()
    assert token not in world.provider("twitch").tokens
    states = await people.api.site.pool.fetch("select state from kit.jobs where name = 'accounts.revoke_grant'")
    assert [row["state"] for row in states] == ["done"]


async def test_revoked_twice_is_as_once(people: People, world: World) -> None:
    providers = federation.configured_providers()
    granted = federation.Granted("x" * 30, None, ADA)
    for _ in range(2):
        await federation.revoke(providers, granted)
    assert calls(world, REVOKE) == 2
    assert people.api.site


async def test_a_new_secret_opens_what_the_old_one_sealed(people: People, world: World) -> None:
    await sign_in(people)
    new, old = bytes(range(100, 132)), SECRET
    assert await federation.reseal_grants(people.api.site.pool, Keys.derive(new, (old,)), 10) == (1, 0)
    assert await federation.reseal_grants(people.api.site.pool, Keys.derive(new, (old,)), 10) == (0, 0)
    (row,) = await kept(people)
    async with transaction(people.api.site.pool) as tx:
        granted = await federation.take_grant(tx, Keys.derive(new), row["player_id"])
    assert granted is not None
    assert granted.access_token in world.provider("twitch").tokens
    assert granted.access_token not in repr(granted)


async def test_an_operator_decides_how_often_within_what_twitch_demands(people: People, world: World) -> None:
    operator, _ = await people.begin()
    for minutes, status in ((61, 422), (29, 422), (30, 200)):
        answer = await people.api.put(
            "/api/v1/admin/accounts/settings", json={"twitch_check_minutes": minutes}, headers=operator.headers
        )
        assert answer.status_code == status, minutes
    people.api.cookies.clear()
    await sign_in(people)
    asked = calls(world, VALIDATE)
    await check(people, minutes=27)
    assert calls(world, VALIDATE) == asked + 1


async def test_without_twitch_nothing_is_asked_and_nothing_breaks(people: People, world: World) -> None:
    await sign_in(people)
    federation.use_providers(Providers(federation.Configuration(), people.api.site.keys, public_url="http://test"))
    await check(people)
    assert len(await kept(people)) == 1
    assert world.url


async def test_the_health_page_says_how_they_stand(people: People, world: World) -> None:
    pool = people.api.site.pool

    async def parts() -> list[Part]:
        assert PAGE.parts is not None
        async with reading(pool) as db:
            return await PAGE.parts(db)

    assert await parts() == [], "nothing to say where nobody signs in by Twitch"
    await sign_in(people)
    await check(people)
    (part,) = await parts()
    assert (part.state, part.figure, "1 checked well, 0 disconnected" in part.of) == ("fine", "1", True)
    await people.later(hours=3)
    (part,) = await parts()
    assert (part.state, "1 have waited" in part.advice) == ("watch", True)
    world.provider("twitch").disconnect(ADA)
    await check(people)
    (part,) = await parts()
    assert (part.state, part.figure, "1 disconnected" in part.of) == ("fine", "0", True)
