"""The portal's pages of purchases: begun at Steam by a form, approved there, given once on the way back."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.accounts.desks import browser, desk
from tests.accounts.people import Someone
from tests.commerce.counters import SKUS, STEAM_ADA, Counter

HERE = "/portal/purchases"


class Guest:
    """A player at a browser in the portal."""

    def __init__(self, counter: Counter, who: Someone, cookie: str) -> None:
        self.counter, self.who, self.api = counter, who, counter.people.api
        self.headers = {"cookie": f"playerbase={cookie}", "sec-fetch-site": "same-origin"}

    async def get(self, path: str = HERE, **headers: str) -> httpx.Response:
        self.api.cookies.clear()
        return await self.api.get(path, headers=self.headers | headers)

    async def begin(self, page: str, sku: str = SKUS["steam"]) -> httpx.Response:
        """Press the button of an offer."""
        form = re.search(
            rf'name="csrf" value="([^"]+)"><input type="hidden" name="once" value="([^"]+)">'
            rf'<input type="hidden" name="sku" value="{sku}"',
            page,
        )
        assert form is not None, page
        self.api.cookies.clear()
        return await self.api.post(HERE, data={"csrf": form[1], "once": form[2], "sku": sku}, headers=self.headers)


@pytest.fixture
async def ada(counter: Counter) -> Guest:
    who = await counter.player(steam=STEAM_ADA)
    return Guest(counter, who, await browser(counter.people, who.player_id))


async def orders(counter: Counter) -> list[Any]:
    return list(await counter.pool.fetch("select order_id, number, state from commerce.orders order by order_id"))


async def test_a_purchase_goes_to_steam_and_comes_back_given(ada: Guest) -> None:
    page = (await ada.get()).text
    assert "Buy with Steam" in page
    assert "Nothing bought yet" in page
    begun = await ada.begin(page)
    assert begun.status_code == 303, begun.text
    (order,) = await orders(ada.counter)
    goal = begun.headers["location"]
    assert goal == f"{HERE}/{order['order_id']}?go=true"
    shown = await ada.get(goal)
    address = shown.headers["refresh"].removeprefix("0;url=")
    assert address.startswith(f"{ada.counter.world.url}/steam/checkout/")
    async with httpx.AsyncClient() as outside:
        asked = (await outside.get(address)).text
        back = re.search('name="back" value="([^"]+)"', asked)
        assert back is not None
        decided = await outside.post(address.partition("?")[0], data={"what": "approve", "back": back[1]})
    path = decided.headers["location"].removeprefix(ada.api.site.public_url)
    assert path == f"{HERE}/back?order_id={order['order_id']}"
    # Our cookies do not come along from another site: the browser is asked to come once more.
    bounced = await ada.api.get(path, headers={"sec-fetch-site": "cross-site"})
    assert "http-equiv" in bounced.text
    assert await ada.counter.wallet(ada.who) == (0, 0)
    came = await ada.get(path)
    assert came.headers["location"] == f"{HERE}/{order['order_id']}?told=granted"
    assert await ada.counter.wallet(ada.who) == (500, 0)
    assert "It is yours" in (await ada.get(came.headers["location"])).text
    assert (await ada.get(path)).headers["location"].endswith("?told=granted")
    assert await ada.counter.wallet(ada.who) == (500, 0)


async def test_a_double_click_begins_once(ada: Guest) -> None:
    page = (await ada.get()).text
    answers = await asyncio.gather(*(ada.begin(page) for _ in range(4)))
    (order,) = await orders(ada.counter)
    assert {each.headers["location"] for each in answers} == {f"{HERE}/{order['order_id']}?go=true"}
    await ada.begin((await ada.get()).text)
    assert len(await orders(ada.counter)) == 2, "a form shown anew is another wish"


async def test_what_steam_refuses_is_said_in_plain_words(ada: Guest) -> None:
    page = (await ada.get()).text
    await ada.begin(page)
    (order,) = await orders(ada.counter)
    back = f"{HERE}/back?order_id={order['order_id']}"
    early = (await ada.get(back)).headers["location"]
    assert early.endswith("?fault=not_approved")
    assert "You have not approved it at Steam yet" in (await ada.get(early)).text
    ada.counter.happen("steam", str(order["number"]), "decline")
    late = (await ada.get(back)).headers["location"]
    assert "You were not charged" in (await ada.get(late)).text
    assert (await orders(ada.counter))[0]["state"] == "failed"
    ada.counter.world.provider("steam").refusing.append(9)
    refused = (await ada.begin((await ada.get()).text)).headers["location"]
    assert "Steam declined it" in (await ada.get(refused)).text


async def test_a_refund_and_its_debt_are_explained(ada: Guest) -> None:
    order = await ada.counter.bought(ada.who)
    await ada.counter.spend(ada.who, 300)
    ada.counter.happen("steam", order["platform_order_id"], "refund")
    await ada.counter.polled()
    for path in (HERE, f"{HERE}/{order['order_id']}"):
        page = (await ada.get(path)).text
        assert "2.00 gems taken back, 3.00 gems owed" in page, path
    assert "You owe 3.00 gems" in (await ada.get()).text
    assert "repaid little by little" in page


async def test_who_has_not_linked_steam_is_told_to(counter: Counter) -> None:
    bob = await counter.player("Bob")
    guest = Guest(counter, bob, await browser(counter.people, bob.player_id))
    page = (await guest.get()).text
    assert "Link your Steam account" in page
    assert "/portal/ways/steam/link" in page
    assert 'name="sku"' not in page
    assert "Bought in the game on your Android device" in page


async def test_a_purchase_is_its_buyers(ada: Guest) -> None:
    order = await ada.counter.bought(ada.who)
    bob = await ada.counter.player("Bob")
    guest = Guest(ada.counter, bob, await browser(ada.counter.people, bob.player_id))
    assert (await guest.get(f"{HERE}/{order['order_id']}")).status_code == 404
    assert (
        (await guest.get(f"{HERE}/back?order_id={order['order_id']}")).headers["location"].endswith("no_such_purchase")
    )
    assert order["order_id"] not in (await guest.get()).text
    assert (await ada.get(f"{HERE}?cursor=nonsense")).status_code == 400


async def test_staff_who_sees_it_finalizes_nothing(ada: Guest) -> None:
    order = await ada.counter.begin(ada.who, session="web")
    ada.counter.happen("steam", order["platform_order_id"], "approve")
    boss = await desk(ada.counter.people, "admin")
    await boss.see_as(ada.who.player_id)
    answer = await boss.get(f"{HERE}/back?order_id={order['order_id']}")
    assert answer.headers["location"] == f"{HERE}/{order['order_id']}"
    shown = await boss.get(f"{HERE}/{order['order_id']}?go=true")
    assert "refresh" not in shown.headers
    assert [each["state"] for each in await orders(ada.counter)] == ["started"]


async def test_an_order_of_nobody_leads_to_the_door(counter: Counter) -> None:
    counter.people.api.cookies.clear()
    answer = await counter.people.api.get(f"{HERE}/back?order_id={uuid4()}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(HERE)
    door = await counter.people.api.get(answer.headers["location"])
    assert door.headers["location"].startswith("/portal/sign-in")
