"""Wallets over HTTP: servers post, players look, and a key has one answer for good."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from playerbase.kit import clock as the_clock
from playerbase.ledger import actions
from tests.accounts.people import People, Someone
from tests.conftest import Api, MovingClock


class Bank:
    """A game server with a key, and somebody who plays there."""

    def __init__(self, people: People, player: Someone, server: dict[str, str], operator: Someone) -> None:
        self.people, self.player, self.server, self.operator = people, player, server, operator

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        return await self.people.post(path, body, **self.server, **{"idempotency-key": key or str(uuid4())})

    async def move(self, kind: str, amount: int, key: str | None = None, **more: Any) -> httpx.Response:
        body = {"kind": kind, "player_id": str(self.player.player_id), "asset": "coins", "amount": amount, **more}
        return await self.post("/ledger/transactions", body, key)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.people.api.get(f"/api/v1{path}", headers=headers or self.player.headers)

    async def coins(self) -> dict[str, Any]:
        items = (await self.get("/wallet")).json()["items"]
        (found,) = [item for item in items if item["asset"] == "coins"]
        assert isinstance(found, dict)
        return found


@pytest.fixture
async def bank(api: Api) -> Bank:
    people = People(api)
    operator, server = await people.begin()
    return Bank(people, await people.register(), server, operator)


async def test_what_a_server_posts_is_in_the_wallet(bank: Bank) -> None:
    made = await bank.move("earn", 150, reason="quest", ref="quest:7")
    assert made.status_code == 201, made.text
    standing = {"asset": "coins", "balance": 150, "held": 0, "available": 150, "purpose": "main"}
    assert made.json()["balances"] == [{"player_id": str(bank.player.player_id), **standing}]
    await bank.move("spend", 50)
    assert await bank.coins() == {
        "asset": "coins", "balance": 100, "held": 0, "available": 100, "debt": 0, "total_earned": 150,
        "total_spent": 50, "display": "100",
    }  # fmt: skip


async def test_a_wallet_shows_what_was_never_had(bank: Bank) -> None:
    items = (await bank.get("/wallet")).json()["items"]
    assert [(item["asset"], item["display"]) for item in items] == [("gems", "0.00"), ("coins", "0"), ("points", "0")]


async def test_the_same_key_has_the_same_answer(bank: Bank) -> None:
    first = await bank.move("earn", 5, "key-1")
    again = await bank.move("earn", 5, "key-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert [each.headers["idempotency-replayed"] for each in (first, again)] == ["false", "true"]
    other = await bank.move("earn", 6, "key-1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await bank.coins())["balance"] == 5


async def test_a_refusal_is_an_answer_too(bank: Bank) -> None:
    first = await bank.move("spend", 5, "key-1")
    assert (first.status_code, first.json()["code"], first.json()["required"]) == (409, "insufficient_funds", 5)
    await bank.move("earn", 50)
    again = await bank.move("spend", 5, "key-1")
    assert again.status_code == 409
    assert again.headers["idempotency-replayed"] == "true"
    assert {**again.json(), "request_id": ""} == {**first.json(), "request_id": ""}
    assert (await bank.coins())["balance"] == 50


async def test_no_value_moves_without_a_key(bank: Bank) -> None:
    body = {"kind": "earn", "player_id": str(bank.player.player_id), "asset": "coins", "amount": 5}
    answer = await bank.people.post("/ledger/transactions", body, **bank.server)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
    assert (await bank.coins())["balance"] == 0


@pytest.mark.parametrize("amount", [0, -1, 1.5, "5", 2**53, 2**63, None, True])
async def test_an_amount_is_a_whole_number_above_zero(bank: Bank, amount: Any) -> None:
    answer = await bank.move("earn", amount)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].endswith("amount")
    assert (await bank.coins())["balance"] == 0


async def test_legs_move_between_anybody(bank: Bank) -> None:
    other = await bank.people.register("bob@example.com", "Bob")
    await bank.move("earn", 30)
    legs = [
        {"player_id": str(bank.player.player_id), "asset": "coins", "amount": -20},
        {"player_id": str(other.player_id), "asset": "coins", "amount": 18},
        {"system": "burn", "asset": "coins", "amount": 2},
    ]
    made = await bank.post("/ledger/transactions", {"kind": "adjust", "reason": "duel", "legs": legs})
    assert made.status_code == 201, made.text
    assert [each["balance"] for each in made.json()["balances"]] == [10, 18]
    uneven = await bank.post("/ledger/transactions", {"kind": "adjust", "reason": "duel", "legs": legs[:2]})
    assert (uneven.status_code, uneven.json()["code"], uneven.json()["assets"]) == (422, "unbalanced", ["coins"])
    both = await bank.post("/ledger/transactions", {"kind": "adjust", "asset": "coins", "legs": legs})
    assert both.status_code == 422


async def test_a_batch_answers_for_each(bank: Bank) -> None:
    player = str(bank.player.player_id)
    rows = [
        {"key": "1", "kind": "earn", "player_id": player, "asset": "coins", "amount": 10},
        {"key": "2", "kind": "spend", "player_id": player, "asset": "coins", "amount": 11},
        {"key": "1", "kind": "earn", "player_id": player, "asset": "coins", "amount": 10},
        {"key": "1", "kind": "earn", "player_id": player, "asset": "coins", "amount": 12},
        {"key": "3", "kind": "earn", "player_id": player, "asset": "dust", "amount": 1},
        {"key": "4", "kind": "earn", "amount": 1},
    ]
    told = (await bank.post("/ledger/transactions:batch", {"transactions": rows})).json()["results"]
    assert [(each["key"], each["status"], each.get("code")) for each in told] == [
        ("1", "posted", None), ("2", "refused", "insufficient_funds"), ("1", "replayed", None),
        ("1", "refused", "key_reused"), ("3", "refused", "asset_unknown"), ("4", "refused", "invalid_input"),
    ]  # fmt: skip
    assert told[0]["transaction_id"] == told[2]["transaction_id"]
    again = (await bank.post("/ledger/transactions:batch", {"transactions": rows[:2]})).json()["results"]
    assert [each["status"] for each in again] == ["replayed", "refused"]


async def test_a_thousand_at_once(bank: Bank) -> None:
    player = str(bank.player.player_id)
    rows = [
        {"key": str(n), "kind": "earn", "player_id": player, "asset": "coins", "amount": n + 1} for n in range(1_000)
    ]
    told = (await bank.post("/ledger/transactions:batch", {"transactions": rows})).json()["results"]
    assert {each["status"] for each in told} == {"posted"}
    assert told[-1]["balances"][0]["balance"] == (await bank.coins())["balance"] == 500_500
    more = await bank.post("/ledger/transactions:batch", {"transactions": [*rows, rows[0]]})
    assert more.status_code == 422


async def test_what_was_posted_is_undone_no_more_than_once(bank: Bank) -> None:
    await bank.move("earn", 100)
    spent = (await bank.move("spend", 60)).json()["transaction_id"]
    path = f"/ledger/transactions/{spent}/reversals"
    assert (await bank.post(path, {"reason": "sorry", "amount": 20}, "r1")).json()["balances"][0]["balance"] == 60
    again = await bank.post(path, {"reason": "sorry", "amount": 20}, "r1")
    assert again.headers["idempotency-replayed"] == "true", "though less is left of it now"
    assert (await bank.post(path, {"reason": "more", "amount": 41})).json()["code"] == "already_reversed"
    assert (await bank.post(path, {"reason": "rest"})).json()["balances"][0]["balance"] == 100
    assert (await bank.post(path, {"reason": "rest"})).json()["code"] == "already_reversed"
    assert (await bank.coins())["total_spent"] == 0
    unknown = await bank.post(f"/ledger/transactions/{uuid4()}/reversals", {"reason": "none"})
    assert unknown.status_code == 404


async def test_what_was_spent_is_owed_if_the_server_says_so(bank: Bank) -> None:
    earned = (await bank.move("earn", 100)).json()["transaction_id"]
    await bank.move("spend", 70)
    path = f"/ledger/transactions/{earned}/reversals"
    assert (await bank.post(path, {"reason": "cheating"})).json()["code"] == "insufficient_funds"
    undone = await bank.post(path, {"reason": "cheating", "on_shortfall": "debt"})
    assert {(each["purpose"], each["balance"]) for each in undone.json()["balances"]} == {("main", 0), ("debt", -70)}
    assert ((await bank.coins())["balance"], (await bank.coins())["debt"]) == (0, 70)


async def test_a_hold_is_taken_in_parts_and_let_go(bank: Bank) -> None:
    await bank.move("earn", 100)
    until = the_clock.rfc3339(the_clock.now() + timedelta(hours=1))
    wish = {"player_id": str(bank.player.player_id), "asset": "coins", "amount": 60, "expires_at": until}
    made = await bank.post("/holds", wish, "h1")
    assert made.status_code == 201, made.text
    assert (await bank.post("/holds", wish, "h1")).json() == made.json()
    hold = made.json()["hold_id"]
    assert ((await bank.coins())["held"], (await bank.coins())["available"]) == (60, 40)
    assert (await bank.move("spend", 41)).json()["code"] == "insufficient_funds"
    assert (await bank.post(f"/holds/{hold}/capture", {"amount": 25})).status_code == 200
    assert (await bank.post(f"/holds/{hold}/capture", {"amount": 36})).json()["code"] == "hold_too_small"
    assert (await bank.post(f"/holds/{hold}/void", {})).status_code == 200
    seen = (await bank.get(f"/holds/{hold}", **bank.server)).json()
    assert (seen["state"], seen["captured"], seen["released"]) == ("voided", 25, 35)
    assert ((await bank.coins())["balance"], (await bank.coins())["held"]) == (75, 0)
    assert (await bank.post(f"/holds/{hold}/capture", {})).json()["code"] == "hold_ended"
    assert (await bank.post(f"/holds/{uuid4()}/void", {})).status_code == 404


async def test_a_hold_that_is_over_lets_go_by_itself(bank: Bank, clock: MovingClock) -> None:
    await bank.move("earn", 10)
    until = the_clock.rfc3339(the_clock.now() + timedelta(minutes=5))
    wish = {"player_id": str(bank.player.player_id), "asset": "coins", "amount": 10, "expires_at": until}
    hold = (await bank.post("/holds", wish)).json()["hold_id"]
    clock.forward(minutes=6)
    assert (await bank.post(f"/holds/{hold}/capture", {})).json()["code"] == "hold_expired"
    assert await actions.end_holds(bank.people.api.site.pool) == 1
    assert (await bank.coins())["available"] == 10
    assert await actions.end_holds(bank.people.api.site.pool) == 0


async def test_the_history_says_what_each_change_was(bank: Bank) -> None:
    for number in range(5):
        await bank.move("earn", number + 1, reason=f"quest {number}", ref=f"quest:{number}")
    await bank.move("spend", 3)
    gems = {"kind": "earn", "player_id": str(bank.player.player_id), "asset": "gems", "amount": 125}
    await bank.post("/ledger/transactions", gems)
    page = (await bank.get("/wallet/entries?limit=4")).json()
    assert [(each["kind"], each["amount"], each["balance_after"]) for each in page["items"]] == [
        ("earn", 125, 125), ("spend", -3, 12), ("earn", 5, 15), ("earn", 4, 10),
    ]  # fmt: skip
    assert page["items"][0]["display"] == "1.25"
    rest = (await bank.get(f"/wallet/entries?limit=4&cursor={page['next_cursor']}")).json()
    assert [each["balance_after"] for each in rest["items"]] == [6, 3, 1]
    assert rest["next_cursor"] is None
    found = (await bank.get("/wallet/entries?asset=coins&kind=earn&ref=quest:2")).json()["items"]
    assert [(each["reason"], each["amount"]) for each in found] == [("quest 2", 3)]


async def test_nobody_sees_or_moves_what_is_not_theirs(bank: Bank) -> None:
    other = await bank.people.register("bob@example.com", "Bob")
    path = f"/players/{bank.player.player_id}/wallet"
    assert (await bank.get(path, **other.headers)).status_code == 403
    assert (await bank.get(path, **bank.server)).status_code == 200
    body = {"kind": "earn", "player_id": str(other.player_id), "asset": "coins", "amount": 5}
    mine = await bank.people.post("/ledger/transactions", body, **other.headers)
    assert mine.status_code == 403
    cursor = (await bank.get("/wallet/entries?limit=1")).json()["next_cursor"]
    assert cursor is None


async def test_an_operator_makes_an_asset(bank: Bank) -> None:
    headers = bank.operator.headers
    body = {"code": "tickets", "name": "Tickets", "class": "currency", "exponent": 0}
    made = await bank.people.post("/admin/assets", body, **headers)
    assert made.status_code == 201, made.text
    assert (await bank.people.post("/admin/assets", body, **headers)).status_code == 201
    other = await bank.people.post("/admin/assets", {**body, "exponent": 2}, **headers)
    assert (other.status_code, other.json()["code"]) == (409, "asset_exists")
    assert (await bank.move("earn", 3, asset="tickets")).status_code == 201
    assert {row["target_id"] for row in await bank.people.audited("asset_created")} == {"tickets"}


async def test_more_end_their_holds_at_once_than_there_are_connections(bank: Bank) -> None:
    await bank.move("earn", 100)
    ends = (the_clock.now() + timedelta(minutes=5)).isoformat()
    wish = {"player_id": str(bank.player.player_id), "asset": "coins", "amount": 1, "expires_at": ends}
    holds = [(await bank.post("/holds", wish)).json()["hold_id"] for _ in range(30)]
    assert len(holds) > bank.people.api.site.pool.get_max_size()
    ended = asyncio.gather(*(bank.post(f"/holds/{hold}/capture", {}) for hold in holds))
    # Who waits for the lane with a connection in hand waits for ever.
    answers = await asyncio.wait_for(ended, timeout=120)
    assert [answer.status_code for answer in answers] == [200] * 30
    assert (await bank.coins())["balance"] == 70
