"""An ID token that a game's client brings signs in once and links once, however it is written."""

import asyncio
import base64

import pytest

from playerbase.federation import reactions
from playerbase.simulators import handing
from playerbase.simulators.world import World, seconds
from tests.accounts.people import People, Someone, someone
from tests.accounts.worlds import add

DEVICE = {"device_id": "d" * 32}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # Of P-256 (SEC 2, 2.4.2).
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
every = pytest.mark.parametrize(("path", "name"), [("epic", "epic"), ("oidc/simulated", "oidc")])


async def sign_in(people: People, path: str, token: str, **headers: str) -> tuple[int, str]:
    answer = await people.post(f"/auth/{path}/login", {"id_token": token}, **headers)
    return answer.status_code, answer.json().get("reason", "")


async def link(people: People, who: Someone, token: str, provider: str = "simulated") -> tuple[int, str]:
    answer = await people.post("/auth/link", {"provider": provider, "credential": token}, **who.headers)
    return answer.status_code, answer.json()["code"] if answer.content else ""


@every
async def test_a_token_signs_in_once_and_its_answer_may_be_asked_for_again(
    people: People, world: World, path: str, name: str
) -> None:
    body = {"id_token": handing.id_token(world, name, add(world, name).id)}
    first, retried = [await people.post(f"/auth/{path}/login", body, **{"idempotency-key": "one"}) for _ in range(2)]
    assert someone(first)
    assert (retried.status_code, retried.content) == (200, first.content)
    assert await sign_in(people, path, body["id_token"]) == (401, "token_used")
    assert await sign_in(people, path, body["id_token"], **{"idempotency-key": "another"}) == (401, "token_used")
    assert await people.api.site.pool.fetchval("select count(*) from access.sessions") == 1


async def test_of_many_with_one_token_one_comes_in(people: People, world: World) -> None:
    token = handing.id_token(world, "oidc", add(world, "oidc").id)
    came = await asyncio.gather(*(sign_in(people, "oidc/simulated", token) for _ in range(8)))
    assert sorted(came) == [(200, ""), *[(401, "token_used")] * 7]


async def test_a_token_written_otherwise_is_the_same_token(people: People, world: World) -> None:
    person = add(world, "oidc").id
    token = handing.id_token(world, "oidc", person)
    assert await sign_in(people, "oidc/simulated", token) == (200, "")
    # Of the last of 342 letters four bits say nothing.
    spelt = token[:-1] + URL_SAFE[URL_SAFE.index(token[-1]) + 1]
    assert (await sign_in(people, "oidc/simulated", spelt))[0] == 401
    token = handing.id_token(world, "oidc", person, alg="ES256", claims={"jti": "the other"})
    assert await sign_in(people, "oidc/simulated", token) == (200, "")
    assert await sign_in(people, "oidc/simulated", twin_of(token)) == (401, "token_used")


async def test_who_is_told_to_sign_in_with_it_can_by_the_same_token(people: People, world: World) -> None:
    person = add(world, "oidc").id
    guest = someone(await people.post("/auth/device/login", DEVICE))
    token = handing.id_token(world, "oidc", person, claims={"jti": "first"})
    assert [await link(people, guest, token) for _ in range(2)] == [(204, "")] * 2, "twice is as once"
    assert (await sign_in(people, "oidc/simulated", token))[0] == 200
    other = someone(await people.post("/auth/device/login", {"device_id": "e" * 32}))
    token = handing.id_token(world, "oidc", person, claims={"jti": "second"})
    assert [await link(people, other, token) for _ in range(2)] == [(409, "identity_taken")] * 2
    assert (await sign_in(people, "oidc/simulated", token))[0] == 200


async def test_a_token_that_has_linked_links_nobody_else_when_it_is_unlinked(people: People, world: World) -> None:
    guest = someone(await people.post("/auth/device/login", DEVICE))
    thief = someone(await people.post("/auth/device/login", {"device_id": "e" * 32}))
    token = handing.id_token(world, "oidc", add(world, "oidc").id)
    assert await link(people, guest, token) == (204, "")
    gone = await people.api.delete("/api/v1/auth/link/simulated", headers=guest.headers)
    assert gone.status_code == 204
    assert await link(people, thief, token) == (401, "provider_refused")
    assert await link(people, guest, token) == (401, "provider_refused")


async def test_what_came_to_nothing_has_used_nothing_up(people: People, world: World) -> None:
    token = handing.id_token(world, "epic", add(world, "epic").id)
    pool = people.api.site.pool
    await pool.execute("alter table access.sessions add constraint none_today check (false) not valid")
    assert (await people.post("/auth/epic/login", {"id_token": token})).status_code == 500
    await pool.execute("alter table access.sessions drop constraint none_today")
    assert await sign_in(people, "epic", token) == (200, "")


async def test_a_token_is_remembered_until_it_ends_and_no_longer(people: People, world: World) -> None:
    person, pool = add(world, "oidc").id, people.api.site.pool
    for days, came in ((29, (200, "")), (31, (401, "too_long")), (10**300, (401, "too_long"))):
        token = handing.id_token(world, "oidc", person, claims={"exp": seconds() + days * 86_400, "jti": str(days)})
        assert await sign_in(people, "oidc/simulated", token) == came
    await people.later(days=28)
    await reactions.forget_old_ways.job.run(pool, None)
    assert await pool.fetchval("select count(*) from federation.used") == 1
    await people.later(days=2)
    await reactions.forget_old_ways.job.run(pool, None)
    assert await pool.fetchval("select count(*) from federation.used") == 0


def twin_of(token: str) -> str:
    """The same token with the other signature of P-256 that holds."""
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    other = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    return f"{signed}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}"
