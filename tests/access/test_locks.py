"""Locks that staff sees and lifts: whose, until when, and no more guesses than any window gives."""

import asyncio
from typing import Any

import httpx
import pytest

from playerbase import access, audit
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, someone

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
ADA = "ada@example.com"
WRONG = "Wrong1!horse"


async def fail(people: People, times: int, email: str = ADA, agent: str = "tests") -> None:
    for _ in range(times):
        body = {"email": email, "password": WRONG}
        assert (await people.post("/auth/login", body, **{"user-agent": agent})).status_code == 401


async def staff(people: People, role: str) -> Someone:
    who = await people.register(f"{role}@example.com", f"Some {role}")
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, who.player_id, [role], by=BY)
    return who


async def locks(people: People, who: Someone) -> list[dict[str, Any]]:
    answer = await people.api.get("/api/v1/admin/locks", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def unlock(people: People, who: Someone, account: str) -> httpx.Response:
    return await people.post(f"/admin/locks/{account}/unlock", {"reason": "They called."}, **who.headers)


@pytest.fixture
async def support(people: People) -> Someone:
    await people.begin()
    return await staff(people, "support")


async def test_a_lock_says_whose_it_is_how_often_and_from_where(people: People, support: Someone) -> None:
    ada = await people.register()
    await fail(people, 6)
    await fail(people, 5, agent="another")
    await fail(people, 10, "nobody@example.com")
    nobodys, adas = await locks(people, support)
    assert (adas["player_id"], adas["scope"], adas["failed"], adas["sources"]) == (
        str(ada.player_id), "address", 11, 2,
    )  # fmt: skip
    assert (nobodys["player_id"], nobodys["failed"], nobodys["sources"]) == (None, 10, 1)
    page = (await people.api.get("/console/locks", headers=support.headers)).text
    assert "Countess" in page
    assert f'address <span class="mono tiny dim">{nobodys["account"][:16]}' in page
    assert "nobody@example.com" not in page
    about = (await people.api.get(f"/console/players/{ada.player_id}", headers=support.headers)).text
    assert "Locked" in about
    assert f"/console/locks?player_id={ada.player_id}" in about
    await people.later(minutes=31)
    support = someone(await people.log_in("support@example.com"))
    assert await locks(people, support) == []
    page = (await people.api.get("/console/locks", headers=support.headers)).text
    assert "Nobody is locked out" in page


async def test_unlocked_is_a_window_of_ten_and_no_more(people: People, support: Someone) -> None:
    ada = await people.register()
    await fail(people, 10)
    (held,) = await locks(people, support)
    assert (await people.log_in()).status_code == 401
    answer = await unlock(people, support, held["account"])
    assert answer.status_code == 200, answer.text
    assert await locks(people, support) == []
    await fail(people, 9)
    again = await unlock(people, support, held["account"])
    assert (again.status_code, again.json()["code"]) == (409, "not_locked"), "nine failures stay nine"
    await fail(people, 1)
    assert (await people.log_in()).status_code == 401, "the tenth locks it again"
    assert (await unlock(people, support, held["account"])).status_code == 200
    someone(await people.log_in())
    rows = await people.audited("authn_login_unlock")
    assert [(row["player_id"], row["outcome"], row["reason"]) for row in rows] == [
        (ada.player_id, "done", "They called."),
    ] * 2  # fmt: skip
    refused = await people.audited("access_unlock")
    assert [(row["outcome"], row["reason"]) for row in refused] == [("refused", "not_locked")]
    topics = await people.api.site.pool.fetch("select from kit.events where topic = 'account.unlocked'")
    assert len(topics) == 2


async def test_who_may_unlock_and_who_may_look(people: People, support: Someone) -> None:
    await people.register()
    await fail(people, 10)
    (held,) = await locks(people, support)
    for role, looks, acts in (("moderator", 200, 403), ("economy", 200, 403)):
        who = await staff(people, role)
        assert (await people.api.get("/console/locks", headers=who.headers)).status_code == looks
        assert (await unlock(people, who, held["account"])).status_code == acts
        page = (await people.api.get("/console/locks", headers=who.headers)).text
        assert "Unlock…" not in page
    assert await locks(people, support) == [held], "what was refused changed nothing"
    assert {row["outcome"] for row in await people.audited("access_unlock")} == {"refused"}
    admin = await staff(people, "admin")
    assert (await unlock(people, admin, held["account"])).status_code == 200


async def test_of_many_who_unlock_at_once_one_does(people: People, support: Someone) -> None:
    await people.register()
    await fail(people, 10)
    (held,) = await locks(people, support)
    answers = await asyncio.gather(*(unlock(people, support, held["account"]) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409, 409]
    assert len(await people.audited("authn_login_unlock")) == 1


async def test_unlocking_beside_failures_gives_nobody_an_eleventh_guess(people: People, support: Someone) -> None:
    await people.register()
    await fail(people, 10)
    (held,) = await locks(people, support)
    before = len(await people.audited("authn_login_lock"))
    await asyncio.gather(*(fail(people, 1) for _ in range(8)), unlock(people, support, held["account"]))
    row = await people.api.site.pool.fetchrow("select failed_at, locked_until from access.failures")
    assert row is not None
    assert (row["locked_until"], len(row["failed_at"]) <= 8) == (None, True), "of those before it none counts twice"
    await fail(people, 10 - len(row["failed_at"]))
    assert len(await people.audited("authn_login_lock")) == before + 1
    assert (await people.log_in()).status_code == 401


async def test_locks_are_paged_in_one_order(people: People, support: Someone) -> None:
    for n in range(5):
        await fail(people, 10, f"nobody{n}@example.com")
    whole = [each["account"] for each in await locks(people, support)]
    path, found = "/api/v1/admin/locks?limit=2", list[str]()
    while True:
        told = (await people.api.get(path, headers=support.headers)).json()
        found += [each["account"] for each in told["items"]]
        if told["next_cursor"] is None:
            break
        path = f"/api/v1/admin/locks?limit=2&cursor={told['next_cursor']}"
    assert (found, len(found)) == (whole, 5)
