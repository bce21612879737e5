"""Players for whom a game server vouches, and guests on their devices."""

import asyncio
import base64
import json
import uuid

from playerbase import access, accounts, audit, games
from playerbase.accounts.actions.vouched import ServerLogins, Vouched
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, someone


async def key(people: People, *, game: str | None, scopes: list[str]) -> dict[str, str]:
    by = audit.Deed(actor_kind="system", actor_id="test", action="")
    async with transaction(people.api.site.pool) as tx:
        made = await access.create_api_key(tx, name="Test", env="dev", game=game, scopes=scopes, by=by)
    return {"authorization": f"Bearer {made.secret}"}


async def vouch(people: People, headers: dict[str, str], external_id: str, **more: str) -> Someone:
    return someone(await people.post("/auth/server/login", {"external_id": external_id, **more}, **headers))


async def test_a_server_s_player_is_made_once_and_known_by_every_key_of_the_game(people: People) -> None:
    operator, server = await people.begin()
    first = await vouch(people, server, "steam:7", display_name="Grace")
    second = await vouch(people, await key(people, game="demo", scopes=["players:login"]), "steam:7")
    assert first.player_id == second.player_id
    assert first.session_id != second.session_id
    async with transaction(people.api.site.pool) as tx:
        await games.create(tx, slug="other", name="Other")
    elsewhere = await vouch(people, await key(people, game="other", scopes=["players:login"]), "steam:7")
    assert elsewhere.player_id != first.player_id, "another game's account system is another one"
    profile = (await people.api.get("/api/v1/profiles/me", headers=second.headers)).json()
    assert profile["display_name"] == "Grace"
    assert (await people.api.get("/api/v1/admin/staff", headers=operator.headers)).status_code == 200


async def test_a_lobby_that_arrives_at_once_at_two_processes_is_made_once(people: People) -> None:
    site = people.api.site
    # To the database, another process is another lane.
    processes = [ServerLogins(site.pool), ServerLogins(site.pool)]
    deed = audit.Deed(actor_kind="server", actor_id="test", action="")
    wanted = [
        Vouched(site.keys, (f"player {number % 25}".encode(),), None, "test", "", deed, "") for number in range(100)
    ]
    opened = await asyncio.gather(
        *(processes[0].put(each) for each in wanted), *(processes[1].put(each) for each in reversed(wanted))
    )
    assert len({each.session_id for each in opened}) == 200
    made = await site.pool.fetchval("select count(*) from identity.identities where provider = 'server'")
    assert made == len({each.player_id for each in opened}) == 25
    assert await site.pool.fetchval("select count(*) from identity.players") == 25
    assert len(await people.audited("authn_login_success")) == 200
    registered = "select count(*) from kit.events where topic = 'player.registered'"
    assert await site.pool.fetchval(registered) == 25


async def test_only_a_key_with_the_scope_vouches(people: People) -> None:
    operator, _ = await people.begin()
    reader = await key(people, game="demo", scopes=["matches:read"])
    body = {"external_id": "x"}
    assert (await people.post("/auth/server/login", body, **reader)).status_code == 403
    assert (await people.post("/auth/server/login", body)).status_code == 401
    assert (await people.post("/auth/server/login", body, **operator.headers)).status_code == 403


def roles_in(who: Someone) -> list[str]:
    """What the token itself says, to whoever reads it."""
    part = who.access_token.split(".")[1]
    roles: list[str] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["roles"]
    return roles


async def test_a_server_s_word_and_a_device_open_no_console(people: People) -> None:
    operator, server = await people.begin()
    ada = await vouch(people, server, "ada")
    body = {"player_id": str(ada.player_id), "roles": ["admin"]}
    made = await people.api.put("/api/v1/admin/staff", json=body, headers=operator.headers)
    assert made.status_code == 200
    again = await vouch(people, server, "ada")
    for who in (ada, again):
        assert (await people.api.get("/api/v1/admin/staff", headers=who.headers)).status_code == 403
        assert roles_in(who) == ["player"]
    assert roles_in(someone(await people.refresh(ada.refresh_token))) == ["player"]
    assert "admin" in roles_in(operator), "who came by password"


async def test_a_device_is_one_guest_and_its_first_call_decides_on_a_secret(people: People) -> None:
    async def device(**body: str) -> int:
        return (await people.post("/auth/device/login", body)).status_code

    open_, guarded = uuid.uuid4().hex, uuid.uuid4().hex
    first = someone(await people.post("/auth/device/login", {"device_id": open_}))
    second = someone(await people.post("/auth/device/login", {"device_id": open_}))
    assert first.player_id == second.player_id
    assert await device(device_id=guarded, device_secret="s" * 32) == 200
    assert await device(device_id=guarded, device_secret="s" * 32) == 200
    assert await device(device_id=guarded, device_secret="t" * 32) == 401
    assert await device(device_id=guarded) == 401
    assert await device(device_id="too short") == 422
    assert len(await people.audited("authn_login_fail")) == 2
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 2


async def test_of_two_who_set_a_device_s_secret_at_once_one_owns_it(people: People) -> None:
    id_ = uuid.uuid4().hex
    bodies = [{"device_id": id_, "device_secret": letter * 16} for letter in "abcdefgh"]
    answers = await asyncio.gather(*(people.post("/auth/device/login", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 1


async def test_the_first_start_is_made_once_by_however_many_processes(people: People) -> None:
    site = people.api.site

    async def start() -> accounts.Bootstrapped | None:
        async with transaction(site.pool) as tx:
            return await accounts.bootstrap(tx, site.keys)

    made = [each for each in await asyncio.gather(*(start() for _ in range(5))) if each is not None]
    assert len(made) == 1
    assert len(made[0].password) == 20
    someone(await people.log_in(made[0].email, made[0].password))
    assert made[0].api_key.startswith("pb_dev_")
