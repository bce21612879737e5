"""Players who are kept out: at once, where it was decided, for as long as it was, and told why."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from playerbase import identity
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.access.test_keys_and_staff import make
from tests.accounts.people import People, Someone, someone

WAITING = """
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""
WHY = {"kind": "suspended", "reason": "Two accounts"}


async def bar(people: People, operator: Someone, who: Someone, **change: object) -> Any:
    answer = await people.post(f"/admin/players/{who.player_id}/bans", WHY | change, **operator.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def lift(
    people: People, operator: Someone, who: Someone, ban_id: str, reason: str = "A mistake"
) -> httpx.Response:
    path = f"/admin/players/{who.player_id}/bans/{ban_id}/lift"
    return await people.post(path, {"reason": reason}, **operator.headers)


async def vouch(people: People, server: dict[str, str], external_id: str = "ada-1") -> httpx.Response:
    return await people.post("/auth/server/login", {"external_id": external_id}, **server)


async def test_who_is_barred_is_out_at_once_and_told_why_and_until_when(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    until = (clock.now() + timedelta(days=7)).isoformat()
    ban = await bar(people, operator, ada, until=until, note="The third time")
    assert await people.validate(ada) == 401
    assert (await people.refresh(ada.refresh_token)).status_code == 401
    wrong = await people.log_in(password="Wrong1!horse")
    assert (wrong.status_code, "reason" in wrong.json()) == (401, False), "only who knows the password is told"
    refused = (await people.log_in()).json()
    assert (refused["code"], refused["reason"], refused["kind"]) == ("player_barred", "Two accounts", "suspended")
    assert (refused["until"], refused["scope"]) == (ban["until"], None)
    assert "third" not in str(refused)
    listed = await people.api.get(f"/api/v1/admin/players/{ada.player_id}/bans", headers=operator.headers)
    assert listed.json()["items"] == [ban]
    assert (ban["note"], ban["by"]) == ("The third time", str(operator.player_id))

    assert (await lift(people, operator, ada, ban["ban_id"])).json()["lifted_why"] == "A mistake"
    someone(await people.log_in())
    assert await people.validate(ada) == 401, "what was ended stays ended"
    again = await lift(people, operator, ada, ban["ban_id"])
    assert (again.status_code, again.json()["code"]) == (409, "ban_over")
    changes = await people.audited("player_status_changed")
    assert [(row["player_id"], row["reason"]) for row in changes] == [
        (ada.player_id, "Two accounts"), (ada.player_id, "A mistake"),
    ]  # fmt: skip


async def test_a_suspension_with_an_end_is_over_at_the_next_sign_in_or_by_the_job(people: People) -> None:
    operator, server = await people.begin()
    ada, vouched = await people.register(), someone(await vouch(people, server))
    guest = {"device_id": "a-device-of-somebody"}
    device = someone(await people.post("/auth/device/login", guest))
    until = (clock.now() + timedelta(hours=1)).isoformat()
    for who in (ada, vouched, device):
        await bar(people, operator, who, until=until)
    answers = [await people.log_in(), await vouch(people, server), await people.post("/auth/device/login", guest)]
    assert [(each.status_code, each.json()["reason"]) for each in answers] == [(403, "Two accounts")] * 3
    await people.later(hours=1, seconds=1)
    for answer in (await people.log_in(), await vouch(people, server), await people.post("/auth/device/login", guest)):
        someone(answer)
    statuses = "select count(*) from identity.players where status <> 'active'"
    assert await people.api.site.pool.fetchval(statuses) == 0


async def test_a_ban_in_one_game_keeps_out_of_that_game_alone(people: People) -> None:
    operator, server = await people.begin()
    await people.api.site.pool.execute("insert into games.games values ('other', 'Other', now())")
    _, other = await make(people, operator, game="other")
    ada = someone(await vouch(people, server))
    # The same person by another game's server is another player, so the ban is tried on one who plays both.
    there = someone(await vouch(people, other))
    move = "update identity.identities set player_id = $1 where player_id = $2"
    await people.api.site.pool.execute(move, ada.player_id, there.player_id)
    elsewhere = someone(await vouch(people, other))
    assert elsewhere.player_id == ada.player_id

    ban = await bar(people, operator, ada, kind="banned", scope="demo", reason="Aimbot")
    assert await people.validate(ada) == 401, "what that game's server opened has ended"
    assert await people.validate(elsewhere) == 200
    name = {"display_name": "Somebody else"}
    put = [await people.api.put("/api/v1/profiles/me", json=name, headers=who.headers) for who in (ada, elsewhere)]
    assert [each.status_code for each in put] == [401, 200]
    refused = await vouch(people, server)
    assert (refused.status_code, refused.json()["code"]) == (403, "player_barred")
    assert (refused.json()["scope"], refused.json()["reason"]) == ("demo", "Aimbot")
    someone(await vouch(people, other))
    await lift(people, operator, ada, ban["ban_id"])
    someone(await vouch(people, server))


async def test_who_signs_in_by_a_server_while_being_banned_is_not_left_inside(people: People) -> None:
    operator, server = await people.begin()
    ada = someone(await vouch(people, server))
    answers = await asyncio.gather(
        *(vouch(people, server) for _ in range(10)), bar(people, operator, ada, scope="demo"),
        *(vouch(people, server) for _ in range(10)),
    )  # fmt: skip
    let_in = [each for each in answers if isinstance(each, httpx.Response) and each.status_code == 200]
    assert [await people.validate(someone(each)) for each in let_in] == [401] * len(let_in)


async def test_what_is_wrong_with_a_decision_is_said(people: People) -> None:
    operator, server = await people.begin()
    ada = await people.register()
    path = f"/admin/players/{ada.player_id}/bans"
    past = (clock.now() - timedelta(seconds=1)).isoformat()
    for change, field in (
        ({"reason": " "}, "reason"), ({"kind": "active"}, "kind"), ({"scope": "no-such"}, "scope"),
        ({"until": past}, "until"), ({"by": "me"}, "by"),
    ):  # fmt: skip
        answer = await people.post(path, WHY | change, **operator.headers)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])
    assert (await people.post(path, WHY, **ada.headers)).status_code == 403
    assert (await people.post(path, WHY, **server)).status_code == 403
    colleague = await people.post(f"/admin/players/{operator.player_id}/bans", WHY, **operator.headers)
    assert (colleague.status_code, colleague.json()["code"]) == (409, "works_here")


async def test_a_ban_waits_for_whoever_is_coming_in_at_this_moment(people: People) -> None:
    """And then ends what they came in with: a session that is not committed yet is none it could see."""
    operator, server = await people.begin()
    ada = someone(await vouch(people, server))
    pool = people.api.site.pool
    subject = await pool.fetchval("select subject from identity.identities where player_id = $1", ada.player_id)
    async with transaction(pool) as tx:
        await identity.arrive(tx, "server", [subject])
        barring = asyncio.create_task(bar(people, operator, ada))
        while not barring.done() and not await pool.fetchval(WAITING):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0)
        assert not barring.done()
    await barring
    assert await people.validate(ada) == 401
