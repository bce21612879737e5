"""What is sold at simulated platforms: by a person's click, and by a test's call."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from playerbase import payments, simulators
from playerbase.payments import PaymentUnknownOutcome, ShopLine, SteamLine, Tills
from playerbase.simulators.world import World

PLATFORMS = ["steam", "epic", "apple", "google", "shopify"]
ADA = {"epic": "9626f441055349ce8cb7d7d5a483eaa2", "apple": "apple-1", "google": "google-1"}
STEAM_ADA = "76561197960287930"


@pytest.fixture
async def person(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=world.url, follow_redirects=True) as client:
        yield client


@pytest.fixture
async def tills(world: World) -> AsyncIterator[Tills]:
    tills = Tills(payments.configured(simulators.surroundings(world.url, {}), in_production=False), seconds=5.0)
    yield tills
    await tills.close()


class Listener:
    """Playerbase's end of it: hears what it is told, and answers with a status."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = next(int(value) for name, value in headers.items() if name.lower() == "content-length")
        self.heard.append((first.split()[1], headers, await reader.readexactly(length)))
        writer.write(f"HTTP/1.1 {self.status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def home(world: World) -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.answer, "127.0.0.1", 0)
    world.home = listener.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield listener
    server.close()
    await server.wait_closed()


async def begun(tills: Tills, order_id: int = 7) -> None:
    lines = [SteamLine(item_id=1, qty=1, amount=499, description="A bag of gems")]
    await tills.steam.init(order_id, STEAM_ADA, language="en", currency="EUR", lines=lines)


@pytest.mark.parametrize("path", [f"/{name}" for name in PLATFORMS] + [f"/{name}/sales" for name in PLATFORMS])
async def test_every_page_is_there_and_brings_nothing_from_elsewhere(path: str, person: httpx.AsyncClient) -> None:
    shown = await person.get(path)
    assert (shown.status_code, len(re.findall("<h1>", shown.text))) == (200, 1)
    assert not re.search(r"<script|<style|style=|https?://", shown.text)


@pytest.mark.parametrize("name", ADA)
async def test_somebody_buys_takes_a_receipt_and_gets_the_money_back(
    name: str, world: World, person: httpx.AsyncClient
) -> None:
    shown = await person.post(f"/{name}/sales", data={"person": ADA[name], "product": "gems_<b>"})
    assert "gems_&lt;b&gt;" in shown.text
    (sale,) = world.provider(name).sales.values()
    handed = await person.post(f"/{name}/sales/{sale.id}/hand")
    assert "<textarea" in handed.text
    for what in ("Refund", "Chargeback"):
        assert f">{what}</button>" in shown.text
    back = await person.post(f"/{name}/sales/{sale.id}/happen", data={"what": "chargeback"})
    assert "Taken back" in back.text


async def test_an_order_at_steam_is_approved_by_one_click(
    world: World, person: httpx.AsyncClient, tills: Tills
) -> None:
    await begun(tills)
    shown = await person.get("/steam/sales")
    assert "Approval page" in shown.text
    for what in ("Approve", "Decline"):
        assert f">{what}</button>" in shown.text
    await person.post("/steam/sales/7/happen", data={"what": "approve"})
    await tills.steam.finalize(7)
    sold = await person.get("/steam/sales")
    for what in ("Refund", "Chargeback", "Refund the first line"):
        assert f">{what}</button>" in sold.text
    await person.post("/steam/sales/7/happen", data={"what": "chargeback"})
    assert (await tills.steam.query(order_id=7)).reversed_lines
    wrong = await person.post("/steam/sales/7/happen", data={"what": "approve"})
    assert (wrong.status_code, next(iter(world.provider("steam").sales.values())).state) == (422, "Chargedback")


async def test_who_comes_to_the_page_says_no_and_is_led_to_the_sales(person: httpx.AsyncClient, tills: Tills) -> None:
    await begun(tills)
    trans_id = (await tills.steam.query(order_id=7)).trans_id
    shown = await person.get(f"/steam/checkout/{trans_id}")
    assert "4.99 EUR" in shown.text
    led = await person.post(f"/steam/checkout/{trans_id}", data={"what": "decline", "back": "javascript:alert(1)"})
    assert (led.url.path, led.status_code) == ("/steam/sales", 200)
    assert "has been decided" in (await person.get(f"/steam/checkout/{trans_id}")).text


async def test_the_answer_is_lost_by_one_click(world: World, person: httpx.AsyncClient, tills: Tills) -> None:
    world.slow_seconds = 60.0
    await begun(tills)
    await person.post("/steam/sales/7/happen", data={"what": "approve"})
    shown = await person.post("/steam/sales/timeout")
    assert "The next 1 answers" in shown.text
    assert (await tills.steam.query(order_id=7)).state == "Approved", "a question is answered all the same"
    with pytest.raises(PaymentUnknownOutcome):
        await tills.steam.finalize(7)
    assert (await tills.steam.query(order_id=7)).state == "Succeeded"


async def test_playerbase_is_told_again_and_altered(
    world: World, home: Listener, person: httpx.AsyncClient, tills: Tills
) -> None:
    await person.post("/apple/sales", data={"person": "apple-1", "product": "gems_100"})
    (sale,) = world.provider("apple").sales.values()
    shown = await person.post(f"/apple/sales/{sale.id}/happen", data={"what": "refund"})
    (path, _, body), (push,) = home.heard[0], world.pushes
    assert (path, push.status, push.tries) == ("/webhooks/apple", 200, 1)
    assert tills.apple.notification(body).id == push.id
    assert "Send altered" in shown.text
    home.status = 401
    await person.post(f"/apple/sales/pushes/{push.id}", data={"what": "again"})
    await person.post(f"/apple/sales/pushes/{push.id}", data={"what": "altered"})
    assert [heard[2] == body for heard in home.heard] == [True, True, False]
    assert [each.status for each in world.pushes] == [401, 401]
    assert ">401<" in (await person.get("/apple/sales")).text


async def test_a_shop_tells_what_became_of_an_order(
    world: World, home: Listener, person: httpx.AsyncClient, tills: Tills
) -> None:
    await tills.shopify.create("our-1", [ShopLine(1, 1)])
    (order,) = world.provider("shopify").sales.values()
    for what in ("pay", "fulfil", "cancel"):
        await person.post(f"/shopify/sales/{order.id}/happen", data={"what": what})
    paths = [heard[0] for heard in home.heard]
    assert paths == [f"/webhooks/shopify/order/{topic}" for topic in ("paid", "fulfilled", "cancelled")]
    for _, headers, body in home.heard:
        told = tills.shopify.webhook(headers, body).order
        assert told
        assert told.our_id == "our-1"


async def test_nobody_hears_while_playerbase_is_away(world: World, person: httpx.AsyncClient) -> None:
    world.home = "http://127.0.0.1:9"
    await person.post("/google/sales", data={"person": "google-1", "product": "gems_100", "is_pending": "1"})
    (sale,) = world.provider("google").sales.values()
    assert sale.state == "Pending"
    shown = await person.post(f"/google/sales/{sale.id}/happen", data={"what": "approve"})
    assert (shown.status_code, world.pushes[0].status, world.pushes[0].tries) == (200, None, 1)


async def test_tests_have_a_way_of_their_own(world: World, person: httpx.AsyncClient, home: Listener) -> None:
    async def control(path: str, **sent: Any) -> Any:
        answer = await person.post(f"/control/{path}", json=sent)
        assert answer.status_code < 300, answer.text
        return answer.json()

    bought = await control("apple/sales", person="apple-1", product="gems_100", quantity=3)
    assert (bought["what"], bought["state"], bought["receipt"].count(".")) == ("3 x gems_100", "Paid", 2)
    told = await control(f"apple/sales/{bought['id']}/happen", what="refund")
    assert (told["state"], told["push"]["title"]) == ("Taken back", "REFUND")
    assert json.loads(home.heard[0][2]) == json.loads(told["push"]["body"])
    (pushed,) = (await person.get("/control/apple/pushes")).json()
    assert pushed["status"] == 200
    await control(f"apple/pushes/{pushed['id']}", altered=True)
    assert len(home.heard) == 2
    assert (await person.get(f"/control/apple/sales/{bought['id']}/receipt")).json()["receipt"]
    assert [each["id"] for each in (await person.get("/control/apple/sales")).json()] == [bought["id"]]
    await control("steam/sales/any/happen", what="timeout")
    await control("steam/refuse", code=100)
    assert (list(world.provider("steam").faults), list(world.provider("steam").refusing)) == (["lost"], [100])
    await control("home", url="")
    await control(f"apple/sales/{bought['id']}/happen", what="reverse")
    assert (len(home.heard), world.pushes[-1].tries) == (2, 0)
    for path, sent in (
        ("steam/sales", {"person": STEAM_ADA, "product": "x"}),
        ("apple/sales/1/happen", {"what": "refund"}),
    ):
        assert (await person.post(f"/control/{path}", json=sent)).status_code == 422


async def test_no_page_elsewhere_can_let_something_happen(person: httpx.AsyncClient) -> None:
    headers = {"origin": "https://evil.example"}
    for path in ("/apple/sales", "/steam/sales/timeout", "/control/home", "/steam/checkout/1"):
        assert (await person.post(path, data={}, headers=headers)).status_code == 403
