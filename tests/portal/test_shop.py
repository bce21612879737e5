"""The shop in the portal without a browser: what is shown, what a form buys, once, and what is said of a refusal."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from playerbase.catalog import CosmeticType, Delivery, Item, NewItem, Price, Rarity, Status, StockDraft
from playerbase.catalog.model import Media
from playerbase.kit.db import transaction
from tests.accounts.desks import browser
from tests.accounts.people import People, Someone
from tests.catalog.things import bundle, draft, potion
from tests.fulfilment.lines import stock
from tests.orders.shop import Shop


class Visit:
    """A player at a browser, in the shop."""

    def __init__(self, shop: Shop, who: Someone, cookie: str) -> None:
        self.shop, self.who, self.cookie = shop, who, cookie

    async def get(self, path: str = "/portal/shop") -> httpx.Response:
        self.shop.people.api.cookies.clear()
        return await self.shop.people.api.get(path, headers={"cookie": f"playerbase={self.cookie}"})

    async def form(self, item: str) -> dict[str, str]:
        """The hidden fields of an item's form."""
        page = (await self.get(f"/portal/shop/{item}")).text
        inside = page.partition(f'action="/portal/shop/{item}/buy"')[2].partition("</form>")[0]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', inside))

    async def send(self, item: str, form: dict[str, str], **more: str) -> httpx.Response:
        self.shop.people.api.cookies.clear()
        headers = {"cookie": f"playerbase={self.cookie}", "sec-fetch-site": "same-origin"}
        return await self.shop.people.api.post(f"/portal/shop/{item}/buy", data=form | more, headers=headers)

    async def buy(self, item: str, **more: str) -> httpx.Response:
        return await self.send(item, await self.form(item), **more)


@pytest.fixture
def shop(people: People) -> Shop:
    return Shop(people)


async def visit(shop: Shop, amount: int = 10_000, email: str = "ada@example.com") -> Visit:
    who = await shop.buyer(amount, email)
    return Visit(shop, who, await browser(shop.people, who.player_id))


def names(page: str) -> list[str]:
    return re.findall(r'<h2><a href="/portal/shop/([a-z_]+)">', page)


async def sell(shop: Shop, *drafts: NewItem) -> list[Item]:
    return await shop.sell(*drafts)


async def test_an_empty_shop_says_what_to_do_next(shop: Shop) -> None:
    ada = await visit(shop, 0)
    page = await ada.get()
    assert page.status_code == 200
    assert "The shop is empty today" in page.text
    assert "You have bought nothing yet" in (await ada.get("/portal/orders")).text


async def test_what_is_for_sale_is_found_filtered_and_sorted(shop: Shop) -> None:
    await sell(
        shop, draft("blade", rarity=Rarity.EPIC, cosmetic=CosmeticType.SKIN, slot="blade", prices=[Price("gems", 900)]),
        potion(prices=[Price("coins", 20), Price("gems", 150)], description="Tastes of tin & rain"),
        draft("crown", status=Status.COMING_SOON), draft("secret", status=Status.INACTIVE),
    )  # fmt: skip
    ada = await visit(shop, 2_000)
    page = (await ada.get()).text
    assert set(names(page)) == {"blade", "potion", "crown"}
    assert "Coming soon" in page
    assert "20.00" in page, "what there is to spend"
    for query, expected in (
        ("q=rain", ["potion"]), ("type=durable", ["blade", "crown"]), ("rarity=epic", ["blade"]),
        ("currency=coins", ["potion"]), ("sort=price&currency=gems", ["potion", "blade", "crown"]),
        ("price_max=2", ["potion"]), ("price_min=2.5&price_max=10", ["blade"]),
        ("sort=name", ["blade", "crown", "potion"]), ("q=nothing", []),
        ("price_min=lots", ["blade", "crown", "potion"]),
        ("game=nowhere&type=&rarity=nonsense", ["blade", "crown", "potion"]),
    ):  # fmt: skip
        found = names((await ada.get(f"/portal/shop?{query}")).text)
        assert (found if "sort" in query else sorted(found)) == expected, query
    assert "Nothing like that" in (await ada.get("/portal/shop?q=nothing")).text
    assert (await ada.get("/portal/shop/secret")).status_code == 404
    assert (await ada.get("/portal/shop?cursor=nonsense")).status_code == 400


async def test_a_long_list_goes_on(shop: Shop) -> None:
    await sell(shop, *(draft(f"item_{chr(97 + at // 26)}{chr(97 + at % 26)}") for at in range(30)))
    ada = await visit(shop, 0)
    first = (await ada.get("/portal/shop?sort=name")).text
    path = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = (await ada.get(path)).text
    assert (len(names(first)), len(names(rest))) == (24, 6)
    assert len({*names(first), *names(rest)}) == 30


async def test_a_form_buys_once_however_often_it_is_sent(shop: Shop) -> None:
    await sell(shop, potion(prices=[Price("gems", 150)]))
    ada = await visit(shop)
    form = await ada.form("potion")
    assert form["once"] != (await ada.form("potion"))["once"], "each page brings its own"
    answers = await asyncio.gather(*(ada.send("potion", form, quantity="3") for _ in range(5)))
    paths = {answer.headers["location"].partition("?")[0] for answer in answers}
    assert [answer.status_code for answer in answers] == [303] * 5
    assert len(paths) == 1
    page = await ada.get(answers[0].headers["location"])
    assert page.status_code == 200
    assert "4.50" in page.text
    again = await ada.send("potion", form, quantity="3")
    assert again.headers["location"].endswith("?told=again")
    assert await shop.balance(ada.who) == (9_550, 9_550, 0)
    assert await shop.things(ada.who) == {"potion": 3}
    other = await ada.send("potion", form, quantity="4")
    assert other.status_code == 422
    assert "sent before with something else" in other.text
    await shop.holds()


async def test_what_is_refused_is_said_in_plain_words_and_may_be_tried_anew(shop: Shop) -> None:
    await sell(
        shop, potion(prices=[Price("gems", 6_000)]), draft("crown", max_per_player=1, prices=[Price("gems", 10)]),
        draft("cup", stock=StockDraft(1), is_limited=True, prices=[Price("gems", 10)]),
    )  # fmt: skip
    ada = await visit(shop)
    poor = await ada.buy("potion", quantity="2")
    assert poor.status_code == 409
    assert "You do not have enough of this currency." in poor.text
    assert 'href="/portal/wallet"' in poor.text
    anew = re.findall(r'name="once" value="([^"]+)"', poor.text)
    assert anew
    assert (await ada.buy("potion", quantity="1", once=anew[0])).status_code == 303
    for wrong in ("0", "-1", "1.5", "x", "99999999"):
        answer = await ada.buy("potion", quantity=wrong)
        assert (answer.status_code, "whole number" in answer.text) == (422, True), wrong
    cup, crown = await ada.form("cup"), await ada.form("crown")
    ben = await visit(shop, 100, "ben@example.com")
    assert (await ben.buy("cup")).status_code == 303
    late = await ada.send("cup", cup)
    assert late.status_code == 409
    assert "Somebody else was faster" in late.text
    assert (await ada.send("crown", crown)).status_code == 303
    assert "You have it." in (await ada.get("/portal/shop/crown")).text
    more = await ada.send("crown", crown | {"once": "01900000-0000-7000-8000-000000000000"})
    assert "more of this than one player may" in more.text
    assert (await ada.send("nothing", crown)).status_code == 404
    assert (await ada.send("crown", crown | {"csrf": "x"})).status_code == 403
    assert (await ada.send("crown", crown | {"once": "not-a-name"})).status_code == 422


async def test_an_order_that_waits_is_explained(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await sell(shop, potion(prices=[Price("gems", 100)]))
    ada = await visit(shop, 1_000)
    for _ in range(5):
        assert (await ada.buy("potion")).status_code == 303
    held = await ada.buy("potion")
    path, _, told = held.headers["location"].partition("?")
    assert told == "told=waits"
    page = (await ada.get(path)).text
    assert "Somebody of ours looks at this order first." in page
    assert "1.00" in page
    order_id = path.rpartition("/")[2]
    await shop.act(f"{order_id}/reject", {"reason": "It looked like <b>a farm</b>."}, operator)
    page = (await ada.get(path)).text
    assert "This was not sold.</b> It looked like &lt;b&gt;a farm" in page
    listed = (await ada.get("/portal/orders")).text
    assert listed.count('href="/portal/orders/') == 6
    assert "Not sold" in listed


async def test_deliveries_and_refunds_are_told(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    async with transaction(shop.pool) as tx:
        await stock(tx, 3)
    letter = draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "steam-10"}, prices=[Price("gems", 300)])
    await sell(
        shop, letter, potion(prices=[Price("gems", 100)]), bundle("chest", ("potion", 4), prices=[Price("gems", 90)])
    )
    ada = await visit(shop, 2_000)
    inside = (await ada.get("/portal/shop/chest")).text
    assert "What is in it" in inside
    assert "\N{MULTIPLICATION SIGN} 4" in inside
    path = (await ada.buy("letter")).headers["location"].partition("?")[0]
    await shop.people.api.drain()
    page = (await ada.get(path)).text
    assert "It goes to an address you have confirmed." in page
    (delivery,) = await shop.pool.fetch("select delivery_id from fulfilment.deliveries")
    await shop.people.post(
        f"/admin/fulfilments/{delivery['delivery_id']}/cancel", {"reason": "No codes."}, **operator.headers
    )
    await shop.people.api.drain()
    page = (await ada.get(path)).text
    for said in ("Not delivered", "No codes.", "+3.00", "given back"):
        assert said in page, said
    assert await shop.balance(ada.who) == (2_000, 2_000, 0)


async def test_an_order_is_its_owners(shop: Shop) -> None:
    await sell(shop, potion(prices=[Price("gems", 100)]))
    ada, ben = await visit(shop), await visit(shop, 100, "ben@example.com")
    path = (await ada.buy("potion")).headers["location"].partition("?")[0]
    assert (await ada.get(path)).status_code == 200
    assert (await ben.get(path)).status_code == 404
    assert path not in (await ben.get("/portal/orders")).text
    shop.people.api.cookies.clear()
    for closed in (path, "/portal/orders", "/portal/shop", "/portal/shop/potion"):
        assert (await shop.people.api.get(closed)).status_code == 303
    home = (await ada.get("/portal")).text
    assert "99.00" in home, "what there is to spend stands on the front page"


async def test_pictures_come_from_the_hosts_of_what_is_shown_and_from_no_others(shop: Shop) -> None:
    def pictured(code: str, url: str) -> Any:
        return draft(code, media=[Media(url)])

    await sell(
        shop, pictured("blade", "https://cdn.example/a.png"), pictured("cup", "https://x;script-src.example/b.png")
    )
    ada = await visit(shop)
    for path, hosts in (("/portal/shop", " https://cdn.example"), ("/portal/shop/blade", " https://cdn.example"),
                        ("/portal/shop/cup", ""), ("/portal/orders", "")):  # fmt: skip
        policies = (await ada.get(path)).headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert f"img-src 'self' data:{hosts};" in policies[0], path
        assert "script-src 'self';" in policies[0]
    assert '<img src="https://cdn.example/a.png" alt=""' in (await ada.get("/portal/shop/blade")).text
