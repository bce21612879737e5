"""Why a balance is what it is: from the request to what was undone of it, and the block that proves it."""

from uuid import uuid4

from tests.ledger.test_routes import Bank, bank

__all__ = ["bank"]  # A fixture is known where it is imported.


async def explained(bank: Bank, entry_id: str) -> dict[str, object]:
    answer = await bank.get(f"/admin/ledger/explain/{entry_id}", **bank.operator.headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert isinstance(told, dict)
    return told


async def test_an_entry_is_explained_from_the_request_to_the_balance(bank: Bank) -> None:
    await bank.move("earn", 100, reason="quest", ref="quest:7")
    spent = await bank.move("spend", 30, reason="a hat", ref="hat:1")
    entry = (await bank.get("/wallet/entries?limit=1")).json()["items"][0]
    told = await explained(bank, entry["entry_id"])
    assert (told["amount"], told["asset"], told["display"]) == (-30, "coins", "-30")
    assert told["request"]["request_id"] == spent.headers["x-request-id"]  # type: ignore[index]  # A dict of JSON.
    assert told["request"]["actor"].startswith("key:")  # type: ignore[index]  # As above.
    assert told["decision"] == {
        "rule": "spend", "is_operator": False, "kind": "spend", "reason": "a hat", "ref": "hat:1",
    }  # fmt: skip
    assert [(each["purpose"], each["amount"]) for each in told["posting"]] == [  # type: ignore[attr-defined]  # A list.
        ("main", -30), ("revenue", 30),
    ]  # fmt: skip
    result = told["result"]
    assert (result["balance_before"], result["balance_after"], result["seq"]) == (100, 70, 2)  # type: ignore[index]  # As above.
    assert told["proof"]["holds"] is True  # type: ignore[index]  # As above.
    assert told["reversed_by"] == []
    assert "from 100 to 70" in str(told["words"])


async def test_what_was_undone_of_it_is_told_in_parts(bank: Bank) -> None:
    await bank.move("earn", 100)
    spent = (await bank.move("spend", 60)).json()["transaction_id"]
    for part, why in ((20, "half of it"), (10, "some more")):
        path = f"/ledger/transactions/{spent}/reversals"
        assert (await bank.post(path, {"reason": why, "amount": part})).status_code == 201
    told = await explained(bank, f"{spent}.0")
    assert [(each["amount"], each["reason"]) for each in told["reversed_by"]] == [  # type: ignore[attr-defined]  # A list.
        (20, "half of it"), (10, "some more"),
    ]  # fmt: skip
    undoing = told["reversed_by"][0]["transaction_id"]  # type: ignore[index]  # As above.
    assert (await explained(bank, f"{undoing}.0"))["reverses"] == spent


async def test_an_operator_is_named_as_what_decided(bank: Bank) -> None:
    body = {"asset": "coins", "amount": 5, "reason": "a lost prize", "ref": "ticket:9"}
    path = f"/admin/players/{bank.player.player_id}/grants"
    headers = {**bank.operator.headers, "idempotency-key": "g1"}
    made = await bank.people.post(path, body, **headers)
    told = await explained(bank, f"{made.json()['transaction_id']}.0")
    assert told["decision"]["is_operator"] is True  # type: ignore[index]  # A dict of JSON.
    assert told["request"]["actor"] == f"staff:{bank.operator.player_id}"  # type: ignore[index]  # As above.
    assert told["decision"]["ref"] == "ticket:9"  # type: ignore[index]  # As above.


async def test_a_changed_amount_is_no_longer_proved(bank: Bank) -> None:
    made = (await bank.move("earn", 100)).json()["transaction_id"]
    assert (await explained(bank, f"{made}.0"))["proof"]["holds"] is True  # type: ignore[index]  # A dict of JSON.
    async with bank.people.api.site.pool.acquire() as connection:
        await connection.execute("alter table ledger.entries disable trigger append_only")
        await connection.execute("set session_replication_role = replica")
        await connection.execute("update ledger.entries set amount = 101 where transaction_id = $1 and leg = 0", made)
        await connection.execute("set session_replication_role = origin")
    assert (await explained(bank, f"{made}.0"))["proof"]["holds"] is False  # type: ignore[index]  # As above.


async def test_what_is_not_there_is_not_explained(bank: Bank) -> None:
    made = (await bank.move("earn", 100)).json()["transaction_id"]
    for entry_id in (f"{made}.7", f"{uuid4()}.0"):
        answer = await bank.get(f"/admin/ledger/explain/{entry_id}", **bank.operator.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_ledger_entry")
    assert (await bank.get("/admin/ledger/explain/7", **bank.operator.headers)).status_code == 422
    assert (await bank.get(f"/admin/ledger/explain/{made}.0")).status_code == 403
