"""Orders of a platform, given back where orders of the store are."""

from uuid import uuid4

from tests.commerce.counters import SKUS, STEAM_ADA, Counter


async def test_staff_gives_a_purchase_back_by_the_path_of_all_orders(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada, SKUS["steam"])
    path, headers = f"/admin/orders/{order['order_id']}/refund", operator.headers | {"idempotency-key": "ticket"}
    part = await counter.people.post(path, {"reason": "x", "lines": [{"line": 1}]}, **headers)
    assert (part.status_code, part.json()["code"]) == (422, "whole_only")
    answer = await counter.people.post(path, {"reason": "A ticket."}, **headers)
    assert (answer.status_code, answer.json()["display"]) == (200, "4.99 EUR"), answer.text
    assert await counter.wallet(ada) == (0, 0)
    again = await counter.people.post(path, {"reason": "A ticket."}, **headers)
    assert (again.status_code, again.json()["code"]) == (409, "nothing_left")
    nobody = await counter.people.post(f"/admin/orders/{uuid4()}/refund", {"reason": "x"}, **headers)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no_such_order")
