"""Whoever sees the portal as a player looks at its pages, and reaches nothing else of the whole application."""

from uuid import UUID

import pytest

from playerbase import app
from playerbase.kit.http import ANYONE, PLAYER, Caller, NotInTheirName, Route, staff
from tests.accounts.desks import Desk, desk
from tests.accounts.people import People
from tests.journeys.test_policies import ROUTES, path_of

MAY_DO = {"POST /portal/theme", "POST /portal/stop-seeing"}
MAY_NOT_SEE = {"GET /portal/second-factor"}
# Of what is named by its id there is none here; who looks is told so in the player's own frame.
NAMES_ONE = {
    "GET /portal/shop/{item}", "GET /portal/orders/{order_id}", "GET /portal/purchases/{order_id}",
    "GET /portal/saves/{game}/{slot}", "GET /portal/saves/{game}/{slot}/download/{version}",
}  # fmt: skip
# Who is signed in is sent home, and who is not the player links nothing of theirs.
GOES_ON = {
    "GET /portal/sign-in", "GET /portal/sign-up", "GET /portal/ways/{provider}/link", "GET /portal/purchases/back",
}  # fmt: skip


def is_portal(route: Route) -> bool:
    return route.path == "/portal" or route.path.startswith("/portal/")


@pytest.fixture
async def seer(people: People) -> Desk:
    """An admin, who may do everything as themselves, seeing the portal as a player."""
    ada, boss = await people.register(), await desk(people, "admin")
    await boss.see_as(ada.player_id)
    return boss


def test_what_is_declared_for_it_is_what_was_decided() -> None:
    assert {route.template for route in app.ROUTES if route.policy.on_behalf is True} == MAY_DO
    assert {route.template for route in app.ROUTES if route.policy.on_behalf is False} == MAY_NOT_SEE


@pytest.mark.parametrize("has_own", [True, False])
async def test_no_door_of_the_portal_that_changes_something_opens(seer: Desk, has_own: bool) -> None:  # noqa: FBT001
    own = seer.own
    seer.own = own if has_own else ""
    wrong, tried = [], 0
    for route in ROUTES:
        if not is_portal(route) or route.method == "GET" or route.template in MAY_DO:
            continue
        for signed_by in (seer.borrowed, own):
            answer = await seer.send(route.method, path_of(route), form={"x": "1"}, signed_by=signed_by)
            tried += 1
            if answer.status_code != 403 or "not_in_their_name" not in answer.text:
                wrong.append((route.template, answer.status_code))
    assert wrong == []
    assert tried > 20
    live = "select count(*) from access.sessions where kind = 'impersonation' and revoked_at is null"
    assert await seer.people.api.site.pool.fetchval(live) == 1


async def test_its_cookie_is_nobody_outside_the_portal(seer: Desk) -> None:
    seer.own = ""
    wrong, tried = [], 0
    for route in ROUTES:
        if is_portal(route) or route.policy.anyone or route.path.endswith("/stream"):
            continue
        answer = await seer.send(route.method, path_of(route), json={"x": 1}, signed_by=seer.borrowed)
        tried += 1
        if answer.status_code not in {401, 303} or "sign-in" not in answer.headers.get("location", "sign-in"):
            wrong.append((route.template, answer.status_code))
    assert wrong == []
    assert tried > 60


async def test_it_looks_at_every_page_of_the_portal_but_those_with_secrets(seer: Desk) -> None:
    wrong = []
    for route in ROUTES:
        if not is_portal(route) or route.method != "GET":
            continue
        named = path_of(route)
        if route.template not in NAMES_ONE:
            named = named.replace("00000000-0000-0000-0000-000000000001", "steam")
        answer = await seer.get(named)
        expected = (
            403
            if route.template in MAY_NOT_SEE
            else 303
            if route.template in GOES_ON
            else 404
            if route.template in NAMES_ONE
            else 200
        )
        if answer.status_code != expected or (
            answer.status_code != 303 and "You are seeing this as" not in answer.text
        ):
            wrong.append((route.template, answer.status_code))
    assert wrong == []


def test_a_policy_lends_nothing_by_itself() -> None:
    lent = Caller("player", "x", actor_id=UUID(int=1))
    for policy in (ANYONE, PLAYER, PLAYER | staff("players.read"), PLAYER.or_on_behalf() | ANYONE):
        policy.check(lent, is_looking=True)
        with pytest.raises(NotInTheirName):
            policy.check(lent)
    PLAYER.or_on_behalf().check(lent)
    with pytest.raises(NotInTheirName):
        PLAYER.never_on_behalf().check(lent, is_looking=True)
    PLAYER.never_on_behalf().check(Caller("player", "x"))
