"""API keys that are replaced while servers go on calling; and lists that show what is asked for."""

import asyncio
from datetime import timedelta
from typing import Any

from playerbase.kit import clock
from tests.access.test_keys_and_staff import make
from tests.accounts.people import People, Someone


async def rotate(people: People, operator: Someone, key_id: str, **body: object) -> Any:
    return await people.post(f"/admin/api-keys/{key_id}/rotate", body, **operator.headers)


async def test_both_keys_work_until_the_overlap_has_passed(people: People) -> None:
    operator, _ = await people.begin()
    path = f"/api/v1/profiles/{operator.player_id}"

    async def status(headers: dict[str, str]) -> int:
        return (await people.api.get(path, headers=headers)).status_code

    ends = (clock.now() + timedelta(days=30)).isoformat()
    key_id, old = await make(people, operator, allow=["127.0.0.0/8"], expires_at=ends)
    made = await rotate(people, operator, key_id, overlap_hours=2)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["game"], told["scopes"]) == ("Arena 1", "demo", ["players:login", "profiles:read"])
    new = {"authorization": f"Bearer {told['secret']}"}
    assert [await status(old), await status(new)] == [200, 200]
    listed = (await people.api.get("/api/v1/admin/api-keys", headers=operator.headers)).json()["items"]
    before = next(each for each in listed if each["key_id"] == key_id)
    after = next(each for each in listed if each["key_id"] == told["key_id"])
    assert (before["rotated_to"], after["rotated_to"], after["allow"]) == (told["key_id"], None, ["127.0.0.0/8"])
    await people.later(hours=1, minutes=59)
    assert [await status(old), await status(new)] == [200, 200]
    await people.later(minutes=2)
    assert [await status(old), await status(new)] == [401, 200]
    assert [row["target_id"] for row in await people.audited("authn_token_rotated")] == [key_id]


async def test_a_key_has_one_successor_however_many_ask(people: People) -> None:
    operator, _ = await people.begin()
    key_id, _ = await make(people, operator)
    answers = await asyncio.gather(*(rotate(people, operator, key_id) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    made = next(each.json()["key_id"] for each in answers if each.status_code == 201)
    refused = next(each.json() for each in answers if each.status_code == 409)
    assert (refused["code"], refused["successor"]) == ("key_rotated", made)
    assert (await rotate(people, operator, made, overlap_hours=0)).status_code == 201
    assert (await rotate(people, operator, made)).status_code == 404, "it ended with the overlap of none"


async def test_what_cannot_be_rotated_is_refused(people: People) -> None:
    operator, server = await people.begin()
    key_id, _ = await make(people, operator)
    for hours in (-1, 169, "a day"):
        assert (await rotate(people, operator, key_id, overlap_hours=hours)).status_code == 422
    assert (await rotate(people, operator, "nosuchkey")).status_code == 404
    assert (await people.post(f"/admin/api-keys/{key_id}/rotate", {}, **server)).status_code == 403
    await people.api.delete(f"/api/v1/admin/api-keys/{key_id}", headers=operator.headers)
    assert (await rotate(people, operator, key_id)).status_code == 404


async def test_keys_and_staff_are_listed_by_what_they_are(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    soon = (clock.now() + timedelta(minutes=5)).isoformat()
    active, _ = await make(people, operator, game=None)
    expired, _ = await make(people, operator, expires_at=soon)
    revoked, _ = await make(people, operator)
    await people.api.delete(f"/api/v1/admin/api-keys/{revoked}", headers=operator.headers)
    await people.later(minutes=6)

    async def keys(query: str) -> set[str]:
        answer = await people.api.get(f"/api/v1/admin/api-keys?{query}", headers=operator.headers)
        return {each["name"] if each["name"] != "Arena 1" else each["key_id"] for each in answer.json()["items"]}

    assert await keys("") == {"Demo game server", active, expired, revoked}
    assert await keys("state=active") == {"Demo game server", active}
    assert await keys("state=expired") == {expired}
    assert await keys("state=revoked&game=demo") == {revoked}
    assert await keys("game=other") == set()
    assert await keys("game=demo") == {"Demo game server", expired, revoked}

    body = {"player_id": str(ada.player_id), "roles": ["support"]}
    await people.api.put("/api/v1/admin/staff", json=body, headers=operator.headers)
    for role, found in (("support", [ada]), ("admin", [operator]), ("economy", [])):
        listed = await people.api.get(f"/api/v1/admin/staff?role={role}", headers=operator.headers)
        assert [each["player_id"] for each in listed.json()["items"]] == [str(each.player_id) for each in found]
    assert (await people.api.get("/api/v1/admin/staff?role=emperor", headers=operator.headers)).status_code == 422
