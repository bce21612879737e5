"""API keys and staff: made, used, refused, revoked; appointed and dismissed."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from playerbase import access, audit
from playerbase.kit import clock
from playerbase.kit.crypto import digest, token
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone

BODY = {"name": "Arena 1", "scopes": ["players:login", "profiles:read"], "game": "demo"}


async def make(people: People, operator: Someone, **change: object) -> tuple[str, dict[str, str]]:
    answer = await people.post("/admin/api-keys", BODY | change, **operator.headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return made["key_id"], {"authorization": f"Bearer {made['secret']}"}


async def test_a_key_s_secret_is_told_once_and_stored_as_a_hash(people: People) -> None:
    operator, _ = await people.begin()
    key_id, headers = await make(people, operator)
    secret = headers["authorization"].split()[1]
    assert secret.startswith(f"pb_dev_{key_id}_")
    listed = await people.api.get("/api/v1/admin/api-keys?limit=1", headers=operator.headers)
    assert secret not in listed.text
    assert [each["key_id"] for each in listed.json()["items"]] == [key_id]
    more = await people.api.get(
        f"/api/v1/admin/api-keys?cursor={listed.json()['next_cursor']}", headers=operator.headers
    )
    assert [each["name"] for each in more.json()["items"]] == ["Demo game server"]
    stored = await people.api.site.pool.fetchval("select secret_hash from access.api_keys where key_id = $1", key_id)
    assert stored == digest(secret)
    assert len(await people.audited("authn_token_created")) == 2
    changed = "select count(*) from kit.events where topic = 'api_key.changed'"
    assert await people.api.site.pool.fetchval(changed) == 2


async def test_what_a_key_may_not_is_refused(people: People) -> None:
    operator, server = await people.begin()
    path = f"/api/v1/profiles/{operator.player_id}"

    async def status(headers: dict[str, str]) -> int:
        return (await people.api.get(path, headers=headers)).status_code

    good_id, good = await make(people, operator)
    _, scopeless = await make(people, operator, scopes=["matches:read"])
    _, elsewhere = await make(people, operator, allow=["203.0.113.0/24", "2001:db8::/32"])
    _, here = await make(people, operator, allow=["127.0.0.0/8"])
    soon = (clock.now() + timedelta(minutes=5)).isoformat()
    _, brief = await make(people, operator, expires_at=soon)
    revoked, dead = await make(people, operator)
    assert [await status(each) for each in (server, good, here, brief, dead)] == [200] * 5
    assert [await status(each) for each in (scopeless, elsewhere)] == [403, 403]

    gone = await people.api.delete(f"/api/v1/admin/api-keys/{revoked}", headers=operator.headers)
    assert gone.status_code == 204
    assert await status(dead) == 401, "the very next call"
    again = await people.api.delete(f"/api/v1/admin/api-keys/{revoked}", headers=operator.headers)
    assert (again.status_code, again.json()["code"]) == (404, "no_such_key")
    await people.later(minutes=6)
    assert await status(brief) == 401

    secret = good["authorization"]
    other = secret.replace("pb_dev_", "pb_live_")
    cut, swapped = secret[:-1], secret[:-7] + ("x" if secret[-7] != "x" else "y") + secret[-6:]
    well_formed = f"Bearer {token(f'pb_dev_{good_id}')}"
    for forged in (other, cut, swapped, secret + "0", secret.lower(), well_formed):
        assert await status({"authorization": forged}) == 401
    assert await status(good) == 200


async def test_a_key_s_last_use_is_known_to_the_minute_and_written_no_oftener(people: People) -> None:
    operator, _ = await people.begin()
    key_id, headers = await make(people, operator)
    path = f"/api/v1/profiles/{operator.player_id}"

    async def used() -> object:
        lanes = people.api.site._lanes.values()
        await asyncio.gather(*(each for lane in lanes for each in getattr(lane, "_tasks", ())))
        query = "select last_used_at from access.api_keys where key_id = $1"
        return await people.api.site.pool.fetchval(query, key_id)

    assert await used() is None
    await people.api.get(path, headers=headers)
    first = await used()
    assert first is not None
    await people.later(seconds=50)
    await people.api.get(path, headers=headers)
    assert await used() == first
    await people.later(seconds=20)
    await people.api.get(path, headers=headers)
    assert await used() != first


async def test_a_key_that_cannot_be_made_is_explained(people: People) -> None:
    operator, server = await people.begin()
    past = (clock.now() - timedelta(seconds=1)).isoformat()
    for change, field in (
        ({"scopes": []}, "scopes"), ({"scopes": ["everything"]}, "scopes.0"), ({"game": "no-such"}, "game"),
        ({"allow": ["203.0.113.0/33"]}, "allow.0"), ({"expires_at": past}, "expires_at"), ({"name": ""}, "name"),
        ({"created_by": "me"}, "created_by"),
    ):  # fmt: skip
        answer = await people.post("/admin/api-keys", BODY | change, **operator.headers)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])
    ada = await people.register()
    assert (await people.post("/admin/api-keys", BODY, **ada.headers)).status_code == 403
    assert (await people.post("/admin/api-keys", BODY, **server)).status_code == 403
    assert (await people.post("/admin/api-keys", BODY)).status_code == 401


async def test_an_appointment_and_a_dismissal_hold_from_the_next_request_on(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()

    async def appoint(who: object, *roles: str) -> int:
        body = {"player_id": str(who), "roles": roles}
        return (await people.api.put("/api/v1/admin/staff", json=body, headers=operator.headers)).status_code

    async def may(path: str) -> int:
        return (await people.api.get(f"/api/v1/admin/{path}", headers=ada.headers)).status_code

    assert (await may("players"), await may("staff")) == (403, 403)
    assert await appoint(ada.player_id, "support", "support") == 200
    assert (await may("players"), await may("staff")) == (200, 403)
    assert await appoint(ada.player_id, "admin") == 200
    assert await may("staff") == 200
    assert await appoint(ada.player_id) == 200
    assert (await may("players"), await may("staff")) == (403, 403)
    assert await appoint(uuid4(), "support") == 404
    assert await appoint(ada.player_id, "emperor") == 422
    changes = await people.audited("privilege_permissions_changed")
    assert [row["player_id"] for row in changes] == [operator.player_id] + [ada.player_id] * 3


async def test_somebody_must_remain_who_appoints(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()

    async def appoint(by: Someone, who: Someone, *roles: str) -> int:
        body = {"player_id": str(who.player_id), "roles": roles}
        return (await people.api.put("/api/v1/admin/staff", json=body, headers=by.headers)).status_code

    assert await appoint(operator, operator, "support") == 409
    assert await appoint(operator, ada, "admin") == 200
    pool, by = people.api.site.pool, audit.Deed(actor_kind="system", actor_id="test", action="")

    async def dismiss_operator() -> None:
        async with transaction(pool) as tx:
            await access.set_roles(tx, operator.player_id, [], by=by)

    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with transaction(pool) as tx:
        # The one dismisses the other, who has decided the same before hearing of it.
        await access.set_roles(tx, ada.player_id, [], by=by)
        late = asyncio.create_task(dismiss_operator())
        while not late.done() and not await pool.fetchval(waiting):
            pass
    with pytest.raises(access.LastAdmin):
        await late
    admins = "select count(*) from access.staff where 'admin' = any(roles)"
    assert await pool.fetchval(admins) == 1
