"""Staff gives and takes: once under a key, with a reason, and never what is not there."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from playerbase.access.rules import roles
from playerbase.catalog import ItemType, Part
from playerbase.kit import clock as the_clock
from playerbase.kit.db import broken, reading
from playerbase.schema import INVARIANTS
from tests.accounts.people import People, Someone
from tests.catalog.things import bundle, draft, potion
from tests.inventory.things import Chest


async def tell(
    people: People, operator: Someone, player: Someone, what: str, key: str | None = None, **body: Any
) -> Any:
    headers = operator.headers | {"idempotency-key": key or str(uuid4())}
    return await people.post(f"/admin/players/{player.player_id}/{what}", {"reason": "ticket"} | body, **headers)


async def test_an_item_is_given_once_under_its_key(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    await chest.sell(draft("cap"), potion())
    for item in ("cap", "potion"):
        answers = await asyncio.gather(
            *(tell(people, operator, ada, "grants", key=f"grant-{item}", item=item, quantity=3) for _ in range(8))
        )  # fmt: skip
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert {each["item"]: each["quantity"] for each in await chest.seen(ada.headers)} == {"potion": 3, "cap": 3}
    told = await people.audited("item_granted")
    assert [(row["player_id"], row["reason"]) for row in told] == [(ada.player_id, "ticket")] * 2
    keyless = await people.post(
        f"/admin/players/{ada.player_id}/grants", {"item": "cap", "reason": "x"}, **operator.headers
    )  # fmt: skip
    assert (keyless.status_code, keyless.json()["code"]) == (400, "key_missing")


async def test_a_bundle_is_opened_down_to_its_currency(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    await chest.sell(draft("cap"), potion())
    pack = bundle("pack", "cap", ("potion", 4))
    await chest.sell(
        pack.__class__(
            code="pack", name="Pack", type=ItemType.BUNDLE, parts=[*pack.parts, Part(quantity=250, asset="gems")]
        )
    )
    answer = await tell(people, operator, ada, "grants", item="pack", quantity=2)
    assert answer.status_code == 201, answer.text
    assert {each["item"]: each["quantity"] for each in await chest.seen(ada.headers)} == {"potion": 8, "cap": 2}
    wallet = (await people.api.get("/api/v1/wallet", headers=ada.headers)).json()["items"]
    assert {each["asset"]: each["balance"] for each in wallet}["gems"] == 500


async def test_what_is_taken_back_is_there(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    cap, drink = await chest.sell(draft("cap"), potion())
    await chest.give(ada.player_id, cap, quantity=2)
    late = await chest.give(ada.player_id, cap, quantity=2)
    await chest.stack(ada.player_id, drink, 5)

    async def told(**body: Any) -> tuple[int, Any]:
        answer = await tell(people, operator, ada, "revocations", **body)
        return answer.status_code, answer.json().get("code", answer.json().get("quantity"))

    assert await told(item="cap", quantity=5) == (409, "not_that_many")
    assert await told(item="cap", quantity=1) == (201, 1)
    assert await told(entitlement_id=str(late.entitlement_id)) == (201, 1)
    assert await told(entitlement_id=str(late.entitlement_id)) == (404, "thing_not_yours")
    assert await told(item="cap") == (201, 2)
    assert await told(item="cap") == (404, "thing_not_yours")
    assert await told(item="potion", quantity=6) == (409, "not_that_many")
    assert await told(item="potion", quantity=2) == (201, 2)
    assert await told(item="potion") == (201, 3)
    assert await told(item="potion") == (404, "thing_not_yours")
    assert await told() == (422, "invalid_input")
    assert await chest.seen(ada.headers) == []
    assert len(await people.audited("item_revoked")) == 5
    async with reading(chest.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_many_take_the_same_at_once_and_it_goes_once(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    cap, drink = await chest.sell(draft("cap"), potion())
    await chest.give(ada.player_id, cap, quantity=3)
    await chest.stack(ada.player_id, drink, 3)
    for item in ("cap", "potion"):
        answers = await asyncio.gather(
            *(tell(people, operator, ada, "revocations", item=item, quantity=1) for _ in range(8))
        )  # fmt: skip
        assert sorted(answer.status_code == 201 for answer in answers) == [False] * 5 + [True] * 3


async def test_what_cannot_be_given_is_said(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    await chest.sell(draft("cap"), potion())
    past = the_clock.rfc3339(the_clock.now() - timedelta(hours=1))
    for body, status in (
        ({"item": "nothing"}, 404), ({"item": "cap", "quantity": 0}, 422), ({"item": "cap", "expires_at": past}, 422),
        ({"item": "potion", "expires_at": the_clock.rfc3339(the_clock.now() + timedelta(days=1))}, 422),
        ({"item": "cap", "reason": "  "}, 422), ({"item": "cap", "quantity": 2**53}, 422),
    ):  # fmt: skip
        assert (await tell(people, operator, ada, "grants", **body)).status_code == status, body
    nobody = Someone(uuid4(), ada.session_id, "", "")
    assert (await tell(people, operator, nobody, "grants", item="cap")).status_code == 404
    assert (await tell(people, ada, ada, "grants", item="cap")).status_code == 403
    assert await chest.seen(ada.headers) == []


async def test_who_may_give_things_gives_no_money_by_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    await chest.sell(draft("cap"))
    money: dict[str, Any] = {"asset": "coins", "amount": 5}
    assert (await tell(people, operator, ada, "grants", **money)).status_code == 201
    both = await tell(people, operator, ada, "grants", item="cap", **money)
    assert [each["field"] for each in both.json()["errors"]] == ["asset", "amount"]
    neither = await tell(people, operator, ada, "grants")
    assert (neither.status_code, neither.json()["errors"][0]["field"]) == (422, "item")
    monkeypatch.setitem(roles.ROLES, "admin", roles.PERMISSIONS - {"ledger.write"})
    roles.permissions.cache_clear()
    for what in ("grants", "revocations"):
        refused = await tell(people, operator, ada, what, **money)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await tell(people, operator, ada, "grants", item="cap")).status_code == 201
    roles.permissions.cache_clear()
