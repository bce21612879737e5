"""Friends on pages: the portal's own, and what staff sees."""

from tests.accounts.desks import Desk, browser, desk
from tests.accounts.people import People


async def at_home(people: People, email: str, name: str) -> Desk:
    someone = await people.register(email, name)
    return Desk(people=people, player_id=someone.player_id, own=await browser(people, someone.player_id))


async def do(who: Desk, act: str, whom: object) -> str:
    form = {"act": act, "who": str(whom)}
    answer = await who.send("POST", "/portal/friends", form=form, signed_by=who.own)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/portal/friends?")


async def test_two_ask_answer_part_and_block_on_their_pages(people: People) -> None:
    ada, bob = await at_home(people, "a@example.com", "Adalbert"), await at_home(people, "b@example.com", "Bobby")
    assert "No friends here yet" in (await ada.get("/portal/friends")).text
    assert await do(ada, "ask", "nobody") == "fault=code"
    assert await do(ada, "ask", ada.player_id) == "fault=only_with_others"
    assert "Nobody is their own friend" in (await ada.get("/portal/friends?fault=only_with_others")).text
    assert await do(ada, "ask", bob.player_id) == "told=ask"
    request = await people.api.site.pool.fetchval("select request_id from friends.pairs")
    assert "They ask you" in (await bob.get("/portal/friends")).text
    assert "You asked" in (await ada.get("/portal/friends")).text
    assert await do(bob, "accept", request) == "told=accept"
    assert "Adalbert" in (await bob.get("/portal/friends")).text
    staff = await desk(people, "support")
    assert "Bobby" in (await staff.get(f"/console/players/{ada.player_id}/friends")).text
    assert "Friends" in (await staff.get(f"/console/players/{ada.player_id}")).text
    assert await do(bob, "block", ada.player_id) == "told=block"
    assert await do(ada, "ask", bob.player_id) == "fault=requests_not_accepted"
    assert "You block" in (await bob.get("/portal/friends")).text
    assert "Adalbert" not in (await ada.get("/portal/friends")).text
    assert await do(bob, "unblock", ada.player_id) == "told=unblock"
    assert await do(bob, "remove", ada.player_id) == "told=remove"
