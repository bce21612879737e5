"""Using things up: never below zero, once under a key, with a log."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from playerbase.catalog import ItemType
from playerbase.kit import clock as the_clock
from playerbase.kit.db import broken, reading
from playerbase.schema import INVARIANTS
from tests.accounts.people import People, Someone
from tests.catalog.things import draft, potion
from tests.inventory.things import Chest, events


async def use(people: People, who: Someone, item: str = "potion", key: str | None = None, **body: Any) -> Any:
    sent = {"transaction_id": key or str(uuid4())} | body
    return await people.post(f"/inventory/{item}/consume", sent, **who.headers)


async def test_a_stack_is_drunk_once_under_its_key(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    (drink,) = await chest.sell(potion(metadata={"effect": "heal"}))
    await chest.stack(ada.player_id, drink, 5)
    first = await use(people, ada, key="sip-1", quantity=2)
    assert (first.status_code, first.json()["remaining"], first.json()["effect"]) == (200, 3, "heal")
    again = await use(people, ada, key="sip-1", quantity=2)
    assert again.json() == first.json()
    other = await use(people, ada, key="sip-1", quantity=1)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert [each["quantity"] for each in await chest.seen(ada.headers)] == [3]
    (line,) = (await people.api.get("/api/v1/me/inventory/consumptions", headers=ada.headers)).json()["items"]
    assert (line["item"], line["quantity"], line["remaining"], line["effect"]) == ("potion", 2, 3, "heal")
    assert await events(chest.pool, "item.consumed") == 1


async def test_a_hundred_drink_at_once_and_none_is_drunk_that_is_not_there(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    drink, ration = await chest.sell(potion(), draft("ration", type=ItemType.CONSUMABLE))
    await chest.stack(ada.player_id, drink, 30)
    await chest.give(ada.player_id, ration, quantity=10)
    await chest.give(ada.player_id, ration, quantity=20)
    for code in ("potion", "ration"):
        answers = await asyncio.gather(*(use(people, ada, code) for _ in range(100)))
        assert sorted(answer.status_code for answer in answers) == [200] * 30 + [409] * 70
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"not_that_many"}
        assert sorted(answer.json()["remaining"] for answer in answers if answer.status_code == 200) == list(range(30))
    assert await chest.seen(ada.headers) == []
    assert await events(chest.pool, "item.consumed") == 60
    async with reading(chest.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_many_send_the_same_key_and_it_is_used_up_once(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    drink, ration = await chest.sell(potion(), draft("ration", type=ItemType.CONSUMABLE))
    await chest.stack(ada.player_id, drink, 5)
    await chest.give(ada.player_id, ration, quantity=5)
    for code in ("potion", "ration"):
        answers = await asyncio.gather(*(use(people, ada, code, key=f"{code}-1") for _ in range(20)))
        done = {answer.json().get("consumption_id") for answer in answers if answer.status_code == 200}
        assert len(done) == 1
        assert {answer.status_code for answer in answers} <= {200, 409}, "a running one is told to ask again"
    assert await events(chest.pool, "item.consumed") == 2


async def test_a_key_is_known_after_its_answer_was_forgotten(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    drink, ration = await chest.sell(potion(), draft("ration", type=ItemType.CONSUMABLE))
    await chest.stack(ada.player_id, drink, 5)
    await chest.give(ada.player_id, ration, quantity=5)
    for code in ("potion", "ration"):
        first = await use(people, ada, code, key=f"{code}-1")
        await chest.pool.execute("delete from kit.idempotency")
        assert (await use(people, ada, code, key=f"{code}-1")).json() == first.json()


async def test_what_expires_first_is_used_first_and_what_has_expired_never(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    (ration,) = await chest.sell(draft("ration", type=ItemType.CONSUMABLE))
    stays = await chest.give(ada.player_id, ration, quantity=2)
    ends = await chest.give(
        ada.player_id, ration, quantity=2, expires_at=the_clock.now() + timedelta(minutes=5)
    )  # fmt: skip
    assert (await use(people, ada, "ration")).json()["remaining"] == 3
    left = {each["entitlement_id"]: each["quantity"] for each in await chest.seen(ada.headers)}
    assert left == {str(stays.entitlement_id): 2, str(ends.entitlement_id): 1}
    await people.later(minutes=6)
    refused = await use(people, ada, "ration", quantity=3)
    assert (refused.status_code, refused.json()["available"]) == (409, 2)
    assert (await use(people, ada, "ration", quantity=2)).json()["remaining"] == 0


async def test_who_may_use_what(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    drink, _blade, wine = await chest.sell(
        potion(), draft(), potion("wine", game="demo", metadata={"consumed_by": "server"})
    )
    await chest.stack(ada.player_id, drink, 5)
    await chest.stack(ada.player_id, wine, 5)

    async def told(**given: Any) -> tuple[int, str]:
        answer = await use(people, ada, **given)
        return answer.status_code, answer.json().get("code", "")

    assert await told(item="ember_blade") == (409, "not_consumable")
    assert await told(item="wine") == (409, "consumed_by_game_only")
    assert await told(item="nothing") == (404, "item_unknown")
    assert await told(quantity=0) == (422, "invalid_input")
    assert await told(quantity=6) == (409, "not_that_many")
    assert await told(player_id=str(operator.player_id)) == (422, "invalid_input")
    nameless = await people.post("/inventory/potion/consume", {}, **ada.headers)
    assert (nameless.status_code, nameless.json()["code"]) == (400, "transaction_id_missing")
    headed = await people.post("/inventory/potion/consume", {}, **ada.headers, **{"idempotency-key": "sip"})
    assert headed.status_code == 200

    async def key(game: str | None) -> dict[str, str]:
        wanted = {"name": "Arena", "scopes": ["inventory:write", "inventory:read"], "game": game}
        made = (await people.post("/admin/api-keys", wanted, **operator.headers)).json()
        return {"authorization": f"Bearer {made['secret']}"}

    await people.post("/admin/games", {"slug": "chess", "name": "Chess"}, **operator.headers)
    own, other = await key("demo"), await key("chess")
    body = {"transaction_id": "match-1", "player_id": str(ada.player_id)}
    assert (await people.post("/inventory/wine/consume", body, **own)).json()["remaining"] == 4
    assert (await people.post("/inventory/wine/consume", body, **other)).json()["code"] == "of_another_game"
    assert (await people.post("/inventory/wine/consume", {"transaction_id": "m"}, **own)).status_code == 422
    assert {each["item"] for each in await chest.seen(own, path=f"/players/{ada.player_id}/inventory")} == {
        "potion",
        "wine",
    }


async def test_a_server_that_names_nobody_is_told_so(people: People) -> None:
    chest = Chest(people)
    await chest.sell(potion())
    _, server = await people.begin()
    sent = {"transaction_id": "one", "player_id": str(uuid4())}
    answer = await people.post("/inventory/potion/consume", sent, **server)
    assert (answer.status_code, answer.json()["code"]) == (404, "player_gone")
