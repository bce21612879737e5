"""Asking, accepting, declining, removing and blocking, over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from playerbase import friends
from playerbase.kit.db import reading
from tests.accounts.people import People, Someone


class Circle:
    """Three who know how to ask."""

    def __init__(self, people: People, ada: Someone, bob: Someone, eve: Someone) -> None:
        self.people, self.ada, self.bob, self.eve = people, ada, bob, eve

    async def send(self, method: str, path: str, who: Someone, json: Any = None) -> httpx.Response:
        return await self.people.api.request(method, f"/api/v1/friends{path}", json=json, headers=who.headers)

    async def ask(self, who: Someone, whom: Someone) -> httpx.Response:
        return await self.send("POST", "/requests", who, {"player_id": str(whom.player_id)})

    async def asked(self, who: Someone, whom: Someone) -> str:
        answer = await self.ask(who, whom)
        assert answer.status_code == 201, answer.text
        name: str = answer.json()["request_id"]
        return name

    async def befriend(self, who: Someone, whom: Someone) -> None:
        assert (await self.send("POST", f"/requests/{await self.asked(who, whom)}/accept", whom)).status_code == 200

    async def names(self, who: Someone, path: str = "") -> list[str]:
        return [each["display_name"] for each in (await self.send("GET", path, who)).json()["items"]]

    async def block(self, who: Someone, whom: Someone) -> httpx.Response:
        return await self.send("POST", "/blocks", who, {"player_id": str(whom.player_id)})

    async def bound(self, **settings: int) -> None:
        boss, _ = await self.people.begin()
        answer = await self.people.api.put("/api/v1/admin/friends/settings", json=settings, headers=boss.headers)
        assert answer.status_code == 200, answer.text

    async def topics(self) -> list[str]:
        query = "select topic from kit.events where topic like 'friend.%' or topic = 'player.blocked' order by id"
        return [row["topic"] for row in await self.people.api.site.pool.fetch(query)]


@pytest.fixture
async def circle(people: People) -> Circle:
    ada = await people.register()
    return Circle(
        people,
        ada,
        await people.register("bob@example.com", "Bobby"),
        await people.register("eve@example.com", "Evelyn"),
    )


async def test_who_is_asked_and_accepts_is_a_friend(circle: Circle) -> None:
    ada, bob = circle.ada, circle.bob
    request = await circle.asked(ada, bob)
    assert await circle.asked(ada, bob) == request  # Asked again, it is the same request.
    assert await circle.names(bob, "/requests") == ["Countess"]
    assert await circle.names(ada, "/requests?direction=outgoing") == ["Bobby"]
    assert (await circle.send("POST", f"/requests/{request}/accept", ada)).status_code == 404  # Not by who asked.
    assert (await circle.send("POST", f"/requests/{request}/accept", circle.eve)).status_code == 404
    for _ in range(2):
        accepted = await circle.send("POST", f"/requests/{request}/accept", bob)
        assert (accepted.status_code, accepted.json()["state"]) == (200, "friends")
    assert (await circle.names(ada), await circle.names(bob), await circle.names(circle.eve)) == (
        ["Bobby"],
        ["Countess"],
        [],
    )
    assert await circle.names(bob, "/requests") == []
    async with reading(circle.people.api.site.pool) as db:
        assert await friends.of(db, ada.player_id) == [bob.player_id]
        assert await friends.are(db, bob.player_id, ada.player_id)
        assert not await friends.are(db, bob.player_id, circle.eve.player_id)
    for _ in range(2):
        assert (await circle.send("DELETE", f"/{ada.player_id}", bob)).status_code == 204
    assert await circle.names(ada) == []
    assert await circle.topics() == ["friend.requested", "friend.made", "friend.removed"]


async def test_who_asks_whom_they_were_asked_by_is_a_friend_at_once(circle: Circle) -> None:
    await circle.asked(circle.ada, circle.bob)
    assert (await circle.ask(circle.bob, circle.ada)).json()["state"] == "friends"


async def test_no_is_no_for_a_day(circle: Circle) -> None:
    request = await circle.asked(circle.ada, circle.bob)
    for _ in range(2):
        assert (await circle.send("POST", f"/requests/{request}/decline", circle.bob)).status_code == 200
    again = await circle.ask(circle.ada, circle.bob)
    assert (again.status_code, again.json()["code"]) == (409, "declined_lately")
    await circle.people.api.site.pool.execute("update friends.pairs set declined_at = declined_at - interval '1 day'")
    request = await circle.asked(circle.ada, circle.bob)
    await circle.send("POST", f"/requests/{request}/decline", circle.bob)
    assert (await circle.ask(circle.bob, circle.ada)).json()["state"] == "asked"  # Who declined may change their mind.
    assert (await circle.send("POST", f"/requests/{request}/accept", circle.bob)).status_code == 404


async def test_a_request_is_taken_back_and_ends_by_itself(circle: Circle) -> None:
    request = await circle.asked(circle.ada, circle.bob)
    assert (await circle.send("DELETE", f"/requests/{request}", circle.bob)).status_code == 404
    for _ in range(2):
        assert (await circle.send("DELETE", f"/requests/{request}", circle.ada)).status_code == 204
    assert (await circle.send("POST", f"/requests/{request}/accept", circle.bob)).status_code == 404
    request = await circle.asked(circle.ada, circle.bob)
    await circle.people.api.site.pool.execute("update friends.pairs set asked_at = asked_at - interval '31 days'")
    assert await circle.names(circle.bob, "/requests") == []
    assert (await circle.send("POST", f"/requests/{request}/accept", circle.bob)).status_code == 404
    assert (await circle.ask(circle.bob, circle.ada)).json()["state"] == "asked"  # What ended makes no friends.


async def test_a_block_ends_everything_and_does_not_show(circle: Circle) -> None:
    ada, bob = circle.ada, circle.bob
    await circle.befriend(ada, bob)
    first, again = await circle.block(ada, bob), await circle.block(ada, bob)
    assert (first.status_code, first.json()) == (200, again.json())
    assert (await circle.names(ada), await circle.names(bob)) == ([], [])
    assert (await circle.names(ada, "/blocks"), await circle.names(bob, "/blocks")) == (["Bobby"], [])
    refused = await circle.ask(bob, ada)
    await circle.people.api.put(
        "/api/v1/profiles/me", json={"accept_friend_requests": False}, headers=circle.eve.headers
    )
    private = await circle.ask(bob, circle.eve)
    alike = [{name: told[name] for name in ("status", "code", "detail")} for told in (refused.json(), private.json())]
    assert alike[0] == alike[1]
    assert alike[0]["code"] == "requests_not_accepted"
    assert (await circle.ask(ada, bob)).json()["code"] == "you_block_them"
    async with reading(circle.people.api.site.pool) as db:
        assert await friends.blocked(db, bob.player_id, ada.player_id)
    assert (await circle.send("DELETE", f"/blocks/{bob.player_id}", ada)).status_code == 204
    assert (await circle.send("DELETE", f"/blocks?player_id={bob.player_id}", ada)).status_code == 204
    assert await circle.names(ada) == []
    assert (await circle.ask(bob, ada)).status_code == 201


async def test_who_takes_no_requests_may_still_ask_and_be_answered(circle: Circle) -> None:
    await circle.people.api.put(
        "/api/v1/profiles/me", json={"accept_friend_requests": False}, headers=circle.ada.headers
    )
    await circle.asked(circle.ada, circle.bob)
    assert (await circle.ask(circle.bob, circle.ada)).json()["state"] == "friends"


async def test_limits_are_what_was_decided(circle: Circle) -> None:
    ada, bob, eve = circle.ada, circle.bob, circle.eve
    await circle.bound(friends_max=1, requests_max=1, blocks_max=1)
    request = await circle.asked(ada, bob)
    assert (await circle.ask(ada, eve)).json()["code"] == "too_many_requests_open"
    await circle.befriend(eve, bob)
    assert (await circle.send("POST", f"/requests/{request}/accept", bob)).json()["code"] == "too_many_friends"
    assert (await circle.ask(eve, ada)).json()["code"] == "too_many_friends"
    await circle.send("DELETE", f"/requests/{request}", ada)
    assert (await circle.ask(ada, eve)).json()["code"] == "they_have_too_many_friends"
    assert (await circle.block(ada, bob)).status_code == 200
    assert (await circle.block(ada, eve)).json()["code"] == "too_many_blocks"
    assert len(await circle.people.audited("friends_settings_changed")) == 1


@pytest.mark.parametrize("path", ["/requests", "/blocks"])
async def test_nobody_is_their_own_friend_and_nobody_is_one_who_is_not_there(circle: Circle, path: str) -> None:
    ada = circle.ada
    own = await circle.send("POST", path, ada, {"player_id": str(ada.player_id)})
    assert (own.status_code, own.json()["code"]) == (422, "only_with_others")
    assert (await circle.send("POST", path, ada, {"player_id": str(uuid4())})).status_code == 404
    assert (await circle.send("POST", f"/requests/{UUID(int=1)}/accept", ada)).status_code == 404


async def test_lists_are_paged_to_their_end(circle: Circle) -> None:
    await circle.befriend(circle.ada, circle.bob)
    await circle.befriend(circle.eve, circle.ada)
    seen, cursor = [], ""
    for _ in range(2):
        page = (await circle.send("GET", f"?limit=1{cursor}", circle.ada)).json()
        seen += [each["display_name"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (["Evelyn", "Bobby"], None)
