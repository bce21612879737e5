"""Seeing the portal as a player ends: by hand, by time, and with anything it lives by."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from playerbase import access, app
from playerbase.identity import BanKind, Barring
from playerbase.kit.db import transaction
from tests.accounts.desks import LIVE, MAKER, REASON, SEEN, Desk, browser, deeds, desk
from tests.accounts.people import PASSWORD, People, Someone


async def signs_out(people: People, sam: Desk, _ada: Someone) -> None:
    out = await sam.send("POST", "/console/sign-out", signed_by=sam.own)
    assert "playerbase-as=; Path=/; Max-Age=0" in out.headers["set-cookie"], "the browser forgets both"
    assert await people.api.site.pool.fetchval(LIVE) == 1, "what it lived by is gone, whatever its row says"


async def loses_role(people: People, sam: Desk, _ada: Someone) -> None:
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, sam.player_id, ["moderator"], by=MAKER)


async def time_passes(people: People, _sam: Desk, _ada: Someone) -> None:
    await people.later(minutes=30)


async def player_is_barred(people: People, _sam: Desk, ada: Someone) -> None:
    async with transaction(people.api.site.pool) as tx:
        await access.bar(tx, ada.player_id, Barring(BanKind.SUSPENDED, "tests"), by=MAKER)


async def player_is_appointed(people: People, _sam: Desk, ada: Someone) -> None:
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, ada.player_id, ["economy"], by=MAKER)


async def factor_is_demanded(people: People, _sam: Desk, _ada: Someone) -> None:
    async with transaction(people.api.site.pool) as tx:
        await access.demand_second_factor(tx, "required", has_one=True, by=MAKER)


async def steps_up(_people: People, sam: Desk, _ada: Someone) -> None:
    answer = await sam.send("POST", "/console/prove", form={"password": PASSWORD}, signed_by=sam.own)
    assert answer.status_code == 303
    sam.own = answer.cookies["playerbase"]


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (signs_out, "not_permitted"), (loses_role, "not_permitted"), (time_passes, "time"),
        (player_is_barred, "suspended"), (player_is_appointed, "not_permitted"), (factor_is_demanded, "not_permitted"),
        (steps_up, "not_permitted"),
    ],
)  # fmt: skip
async def test_it_ends_at_once_with_anything_it_lives_by(
    people: People, happens: Callable[[People, Desk, Someone], Awaitable[None]], why: str
) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    await people.later(minutes=29, seconds=59) if happens is time_passes else None
    assert SEEN in (await sam.get("/portal")).text
    await happens(people, sam, ada)
    page = await sam.get("/portal")
    assert page.status_code == 403
    assert "impersonation_over" in page.text
    assert "Countess" not in page.text
    assert 'action="/portal/stop-seeing"' in page.text, "the way on"
    assert await deeds(people, "impersonation_ended") == []
    note = next(each.job for each in app.SCHEDULES if each.job.name == "access.note_ended_impersonations")
    for _ in range(2):
        await note.run(people.api.site.pool, note.args())
    assert await deeds(people, "impersonation_ended") == [("system", "access", ada.player_id, "done", why)]
    answer = await sam.send("POST", "/portal/stop-seeing")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert "playerbase-as=; Path=/; Max-Age=0" in answer.headers["set-cookie"]


async def test_a_barred_player_is_not_seen_however_they_came_to_be_barred(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    await people.api.site.pool.execute(
        "update identity.players set status = 'banned' where player_id = $1", ada.player_id
    )
    assert (await sam.get("/portal")).status_code == 403


async def test_it_is_never_prolonged(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    ends = "select expires_at, seen_at from access.sessions where kind = 'impersonation'"
    before = await people.api.site.pool.fetchrow(ends)
    for _ in range(3):
        await people.later(minutes=9)
        assert (await sam.get("/portal")).status_code == 200
    assert await people.api.site.pool.fetchrow(ends) == before


async def test_stopping_wants_the_token_of_its_own_page(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    for signed_by in ("", sam.own):
        refused = await sam.send("POST", "/portal/stop-seeing", signed_by=signed_by)
        assert refused.status_code == 403
        assert "not_from_here" in refused.text
    assert await people.api.site.pool.fetchval(LIVE) == 1
    foreign = await people.api.post("/portal/stop-seeing", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


async def test_of_two_that_begin_at_once_one_is_left(people: People) -> None:
    ada, bob = await people.register(), await people.register("bob@example.com", "Bob the Bob")
    sam = await desk(people)
    other = Desk(people=people, player_id=sam.player_id, own=await browser(people, sam.player_id))
    desks = [sam, other] * 4
    answers = await asyncio.gather(
        *(each.see_as((ada, bob)[at % 2].player_id) for at, each in enumerate(desks)), return_exceptions=True
    )
    assert [each.status_code for each in answers if not isinstance(each, BaseException)] == [303] * 8
    assert await people.api.site.pool.fetchval(LIVE) == 1
    ended = await deeds(people, "impersonation_ended")
    assert [row[4] for row in ended] == ["replaced"] * 7


async def test_a_colleague_ends_it(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    boss = await desk(people, "admin", "boss@example.com", "The Boss")
    await sam.see_as(ada.player_id)
    listed = await boss.get("/console/impersonations")
    assert REASON in listed.text
    assert "Seen by staff" in (await boss.get(f"/console/players/{ada.player_id}")).text
    (row,) = (await boss.get("/api/v1/admin/impersonations")).json()["items"]
    assert (row["actor_id"], row["player_id"]) == (str(sam.player_id), str(ada.player_id))
    path = f"/console/impersonations/{row['session_id']}/end"
    assert (await boss.send("POST", path, signed_by=boss.own)).headers["location"].endswith("told=ended")
    assert (await sam.get("/portal")).status_code == 403
    assert (await boss.send("POST", path, signed_by=boss.own)).status_code == 404
    ended = ("staff", str(boss.player_id), ada.player_id, "done", "ended_by_colleague")
    assert await deeds(people, "impersonation_ended") == [ended]
    assert "Nobody at this moment" in (await boss.get("/console/impersonations")).text


async def test_how_long_it_lasts_may_be_less_and_never_more(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    boss = await desk(people, "admin", "boss@example.com", "The Boss")
    path = "/api/v1/admin/impersonations/settings"
    assert (await sam.get(path)).json() == {"minutes": 30}
    assert (await sam.send("PUT", path, json={"minutes": 10}, signed_by=sam.own)).status_code == 403
    for minutes in (4, 31):
        assert (await boss.send("PUT", path, json={"minutes": minutes}, signed_by=boss.own)).status_code == 422
    assert (await boss.send("PUT", path, json={"minutes": 10}, signed_by=boss.own)).status_code == 200
    await sam.see_as(ada.player_id)
    await people.later(minutes=10)
    assert (await sam.get("/portal")).status_code == 403


async def test_the_console_decides_how_long_with_a_reason_and_a_fresh_proof(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    boss = await desk(people, "admin", "boss@example.com", "The Boss")
    path, form = "/console/impersonations/minutes", {"minutes": "10", "reason": "Too long"}
    assert (await sam.get(path)).status_code == 403
    assert path not in (await sam.get("/console/impersonations")).text
    assert path in (await boss.get("/console/impersonations")).text
    assert 'value="30"' in (await boss.get(path)).text
    for wrong in ({"minutes": "4"}, {"minutes": "31"}, {"reason": " "}):
        assert (await boss.send("POST", path, form=form | wrong, signed_by=boss.own)).status_code == 422
    done = await boss.send("POST", path, form=form, signed_by=boss.own)
    assert (done.status_code, done.headers["location"]) == (303, "/console/impersonations?told=decided")
    assert "after 10 minutes" in (await boss.get("/console/impersonations")).text
    who = ("staff", str(boss.player_id), boss.player_id)
    assert await deeds(people, "policy_changed") == [(*who, "done", "Too long")]
    await people.later(minutes=6)
    led = await boss.get(path)
    assert (led.status_code, led.headers["location"]) == (303, f"/console/prove?next={path}")
    stale = await boss.send("POST", path, form=form | {"minutes": "20"}, signed_by=boss.own)
    assert stale.status_code == 403
    assert 'action="/console/prove"' in stale.text
    assert "after 10 minutes" in (await boss.get("/console/impersonations")).text
    sam.own = await browser(people, sam.player_id)
    await sam.see_as(ada.player_id)
    await people.later(minutes=10)
    assert (await sam.get("/portal")).status_code == 403
