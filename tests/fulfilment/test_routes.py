"""Fulfilment over HTTP: staff, players, and the shop."""

from typing import Any

import pytest

from playerbase.fulfilment import Kind
from playerbase.kit import ids
from playerbase.kit.db import transaction
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import People, Someone
from tests.fulfilment.lines import HOME, begun, line, stock
from tests.fulfilment.shops import Counter, signature, word

WHY = {"reason": "The player asked"}


class Desk:
    """The operator's calls."""

    def __init__(self, people: People, who: Someone) -> None:
        self.people, self.headers = people, who.headers

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.people.api.get(f"/api/v1/admin{path}", headers=self.headers, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: object, status: int = 200) -> Any:
        answer = await self.people.api.post(f"/api/v1/admin{path}", headers=self.headers, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
async def desk(people: People) -> Desk:
    operator, _ = await people.begin()
    return Desk(people, operator)


async def confirmed(people: People, letterbox: Letterbox) -> Someone:
    """A player who has shown their address to be theirs."""
    ada = await people.register()
    token = (await letterbox.comes()).token
    assert (await people.post("/auth/email/verify", {"token": token})).status_code < 300
    await letterbox.come()
    return ada


async def test_a_pool_is_made_filled_and_emptied(desk: Desk, people: People, letterbox: Letterbox) -> None:
    ada = await confirmed(people, letterbox)
    wanted = {"code": "steam-10", "name": "Steam, 10 €", "instructions": "Redeem it in your library.", "low_at": 1}
    pool = await desk.post("/voucher-pools", wanted, 201)
    assert (await desk.post("/voucher-pools", wanted, 409))["code"] == "pool_code_taken"
    path = f"/voucher-pools/{pool['pool_id']}/codes"
    codes = {"codes": "AAAA-1111-2222\n\n BBBB-1111-2222 \r\nCCCC-1111-2222\n"}
    assert await desk.post(path, codes | {"dry_run": True}) == {"count": 3, "is_added": False}
    assert (await desk.get("/voucher-pools"))["items"][0]["added"] == 0
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.EMAIL))
    assert await letterbox.come() == []
    assert (await desk.get("/voucher-pools"))["items"][0]["waiting"] == 1
    assert await desk.post(path, codes) == {"count": 3, "is_added": True}
    letter = await letterbox.comes()
    assert (letter.to, "AAAA-1111-2222" in letter.text) == ("ada@example.com", True)
    (shown,) = (await desk.get("/voucher-pools"))["items"]
    assert (shown["added"], shown["free"], shown["waiting"]) == (3, 2, 0)
    (given,) = (await desk.get(path))["items"]
    assert (given["masked"], given["delivery_id"]) == ("••••2222", str(delivery_id))
    assert "AAAA" not in str(await desk.get(f"/fulfilments/{delivery_id}"))
    told = await desk.post(f"/voucher-codes/{given['code_id']}/reveal", WHY)
    assert told["code"] == "AAAA-1111-2222"
    (audited,) = await people.audited("voucher_code_revealed")
    assert audited["player_id"] == ada.player_id


async def test_every_fault_of_an_upload_is_named_and_nothing_is_added(desk: Desk, people: People) -> None:
    async with transaction(people.api.site.pool) as tx:
        await stock(tx, 1)
        await stock(tx, 1, "other", named="OTHER")
    (pool,) = [each for each in (await desk.get("/voucher-pools"))["items"] if each["code"] == "steam-10"]
    text = "\n".join(["NEW-0001", "CODE-0000", "OTHER-0000", "two words", "x" * 101, "NEW-0001", "Grüße"])
    told = await desk.post(f"/voucher-pools/{pool['pool_id']}/codes", {"codes": text}, 422)
    faults = {each["field"]: each["code"] for each in told["errors"]}
    assert faults == {
        "codes.2": "known", "codes.3": "known", "codes.4": "invalid", "codes.5": "too_long", "codes.6": "duplicate",
        "codes.7": "invalid",
    }  # fmt: skip
    assert "the pool other" in str(told)
    assert "CODE-0000" not in str(told)
    assert await people.api.site.pool.fetchval("select count(*) from fulfilment.codes") == 2
    assert (await desk.post(f"/voucher-pools/{ids.uuid7()}/codes", {"codes": "A"}, 404))["code"] == "no_such_pool"
    assert (await desk.post(f"/voucher-pools/{pool['pool_id']}/codes", {"codes": "\n \n"}, 422))["errors"]


async def test_a_letter_is_sent_once_more_with_the_same_code(desk: Desk, people: People, letterbox: Letterbox) -> None:
    ada = await confirmed(people, letterbox)
    async with transaction(people.api.site.pool) as tx:
        await stock(tx, 5)
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.EMAIL))
    first = await letterbox.comes()
    assert (await desk.post(f"/fulfilments/{delivery_id}/retry", WHY))["is_resent"] is True
    second = await letterbox.comes()
    assert first.text == second.text
    assert first.message_id != second.message_id
    whole = await desk.get(f"/fulfilments/{delivery_id}")
    assert [(each["what"], each["outcome"]) for each in whole["attempts"]] == [
        ("resend", "succeeded"), ("deliver", "succeeded"),
    ]  # fmt: skip
    assert (await desk.post(f"/fulfilments/{delivery_id}/cancel", WHY, 409))["code"] == "delivery_too_late"
    assert len(await people.audited("delivery_resent")) == 1


async def test_an_address_that_is_confirmed_later_is_written_to(
    people: People, letterbox: Letterbox, desk: Desk
) -> None:
    ada = await people.register()
    token = (await letterbox.comes()).token
    async with transaction(people.api.site.pool) as tx:
        await stock(tx, 1)
    await begun(people.api.site.pool, line(ada.player_id, Kind.EMAIL))
    assert await letterbox.come() == []
    own = await people.api.get("/api/v1/me/deliveries", headers=ada.headers)
    assert [each["waits_for"] for each in own.json()["items"]] == ["address"]
    await people.post("/auth/email/verify", {"token": token})
    assert ["CODE-0000" in each.text for each in await letterbox.come()] == [True]
    (listed,) = (await desk.get("/fulfilments", state="completed", kind="email"))["items"]
    assert listed["player_id"] == str(ada.player_id)


async def test_a_dead_delivery_is_tried_anew_and_given_up(desk: Desk, people: People, counter: Counter) -> None:
    ada = await people.register()
    counter.fails = ["refuse", "refuse"]
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.SHOPIFY))
    await people.api.drain()
    assert (await desk.get("/fulfilments", state="failed"))["items"][0]["delivery_id"] == str(delivery_id)
    await desk.post(f"/fulfilments/{delivery_id}/retry", WHY)
    await people.api.drain()
    assert len((await desk.get(f"/fulfilments/{delivery_id}"))["attempts"]) == 2
    assert await desk.post(f"/fulfilments/{delivery_id}/cancel", WHY) == {"outcome": "stopped"}
    assert (await desk.post(f"/fulfilments/{delivery_id}/retry", WHY, 409))["code"] == "delivery_ended"
    assert [each["reason"] for each in await people.audited("delivery_cancelled")] == [WHY["reason"]]


async def test_lists_go_on_and_belong_to_who_asked(desk: Desk, people: People) -> None:
    ada, bob = await people.register(), await people.register("bob@example.com", "Robert")
    made = await begun(people.api.site.pool, *[line(ada.player_id, Kind.FUNCTIONAL) for _ in range(5)])
    await begun(people.api.site.pool, line(bob.player_id, Kind.FUNCTIONAL))
    found: list[str] = []
    cursor = ""
    while True:
        query = {"limit": 2, "player_id": str(ada.player_id)} | ({"cursor": cursor} if cursor else {})
        page = await desk.get("/fulfilments", **query)
        found += [each["delivery_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert found == [str(each) for each in sorted(made, reverse=True)]
    own = await people.api.get("/api/v1/me/deliveries", headers=bob.headers)
    assert len(own.json()["items"]) == 1
    assert "fault" not in own.text


async def test_a_player_says_where_a_parcel_goes(people: People, counter: Counter) -> None:
    ada, bob = await people.register(), await people.register("bob@example.com", "Robert")
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.SHOPIFY, address=None))
    await people.api.drain()
    assert counter.asked == []
    path = f"/api/v1/me/deliveries/{delivery_id}/address"
    home = {name: getattr(HOME, name) for name in HOME.__struct_fields__}
    assert (await people.api.put(path, headers=bob.headers, json=home)).status_code == 404
    assert (await people.api.put(path, headers=ada.headers, json=home)).status_code == 200
    await people.api.drain()
    assert counter.made[0].address == HOME
    assert (await people.api.put(path, headers=ada.headers, json=home)).json()["code"] == "delivery_too_late"


async def test_attempts_are_as_an_operator_decides(desk: Desk, people: People, counter: Counter) -> None:
    assert (await desk.get("/fulfilments/settings"))["attempts_max"] == 3
    answer = await people.api.put(
        "/api/v1/admin/fulfilments/settings", headers=desk.headers, json={"attempts_max": 1, "pause_seconds": 5}
    )
    assert answer.json()["pause_factor"] == 15
    ada = await people.register()
    counter.fails = ["before"]
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.SHOPIFY))
    await people.api.drain()
    assert (await desk.get(f"/fulfilments/{delivery_id}"))["delivery"]["state"] == "failed"
    assert len(await people.audited("fulfilment_settings_changed")) == 1


async def hook(people: People, topic: str, body: bytes, name: str = "w1", signed: str = "") -> int:
    headers = {"x-shopify-webhook-id": name, "x-shopify-hmac-sha256": signed or signature(body)}
    answer = await people.api.post(f"/webhooks/shopify/order/{topic}", content=body, headers=headers)
    return answer.status_code


async def test_the_shop_is_heard_over_the_bytes_it_signed(people: People, counter: Counter) -> None:
    ada = await people.register()
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.SHOPIFY))
    await people.api.drain()
    (order,) = counter.orders.values()
    body = word(order, is_fulfilled=True, tracking_number="RM1", tracking_url="https://post.example/RM1")
    assert await hook(people, "fulfilled", body.replace(b"RM1", b"RM2"), signed=signature(body)) == 401
    assert await hook(people, "fulfilled", body, signed="nonsense") == 401
    assert await hook(people, "fulfilled", body, name="") == 422
    assert await hook(people, "refunded", body) == 422
    for _ in range(2):
        assert await hook(people, "fulfilled", body) == 204
    assert await hook(people, "fulfilled", body, name="another") == 409
    own = (await people.api.get("/api/v1/me/deliveries", headers=ada.headers)).json()["items"][0]
    assert (own["delivery_id"], own["state"], own["tracking_number"]) == (str(delivery_id), "completed", "RM1")
    reasons = {each["reason"] for each in await people.audited("webhook_refused")}
    assert reasons == {"webhook_forged", "webhook_replayed", "webhook_unreadable"}


async def test_without_a_shop_nobody_is_heard(people: People) -> None:
    assert await hook(people, "paid", b"{}") == 503
