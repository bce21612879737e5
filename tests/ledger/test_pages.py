"""The ledger in the console and over HTTP for staff: looked through, given, taken away, undone, locked."""

import json
import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest

from playerbase.kit import clock as the_clock
from playerbase.ledger import actions
from tests.accounts.desks import Desk, desk
from tests.accounts.people import People, people
from tests.conftest import MovingClock
from tests.ledger.test_routes import Bank, bank

__all__ = ["bank", "people"]  # A fixture is known where it is imported.

STALE = "update access.sessions set authenticated_at = authenticated_at - interval '6 minutes'"


@pytest.fixture
async def economist(bank: Bank, people: People) -> Desk:
    """Somebody who may give and take, signed in to the console."""
    assert bank.people.api is people.api
    return await desk(people, "economy")


async def audited(bank: Bank, action: str) -> list[dict[str, Any]]:
    rows = await bank.people.api.site.pool.fetch(
        "select outcome, reason, before::text, after::text, player_id from audit.entries where action = $1"
        " order by at, entry_id",
        action,
    )
    return [dict(row) for row in rows]


async def account_of(bank: Bank, purpose: str = "main") -> int:
    query = (
        "select account_id from ledger.accounts join ledger.assets using (asset_id)"
        " where owner_id = $1 and purpose = $2 and code = 'coins'"
    )
    found: int = await bank.people.api.site.pool.fetchval(query, bank.player.player_id, purpose)
    return found


def operating(bank: Bank, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {**bank.operator.headers, "idempotency-key": key or str(uuid4())}
    return bank.people.post(path, body, **headers)


async def sent(desk: Desk, path: str, form: dict[str, str]) -> httpx.Response:
    """A form, from the page it stands on."""
    return await desk.send("POST", path, form=form, signed_by=desk.own)


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]+)"', page.text)
    assert found, page.text[:500]
    return found[1]


async def test_every_page_shows_what_was_posted(bank: Bank, economist: Desk) -> None:
    await bank.move("earn", 100, reason="quest of the bees", ref="quest:7")
    spent = (await bank.move("spend", 30, reason="a hat")).json()["transaction_id"]
    account = await account_of(bank)
    player = bank.player.player_id
    for path, said in (
        ("/console/ledger", "Countess"),
        (f"/console/ledger?player_id={player}&asset=coins&purpose=main", "Countess"),
        ("/console/ledger?owner=house&asset=coins", "Issuance"),
        (f"/console/ledger/accounts/{account}", "quest of the bees"),
        (f"/console/ledger/accounts/{account}?kind=spend", "a hat"),
        ("/console/ledger/transactions", "a hat"),
        (f"/console/ledger/transactions/{spent}", "from 100 to 70"),
        ("/console/ledger/blocks", "Chain "),
        ("/console/ledger/holds", "Nothing is set aside"),
        ("/console/assets", "gems"),
        ("/console/economy?asset=coins", "added up within a minute"),
        (f"/console/players/{player}", "quest of the bees"),
    ):
        answer = await economist.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        assert said in answer.text, path
    filtered = await economist.get(f"/console/ledger/accounts/{account}?kind=spend")
    assert "quest of the bees" not in filtered.text
    assert "Proved" in (await economist.get(f"/console/ledger/transactions/{spent}")).text


async def test_a_search_by_id_leads_to_what_it_names(bank: Bank, economist: Desk) -> None:
    made = (await bank.move("earn", 100)).json()["transaction_id"]
    until = the_clock.rfc3339(the_clock.now().replace(year=the_clock.now().year + 1))
    wish = {"player_id": str(bank.player.player_id), "asset": "coins", "amount": 60, "expires_at": until}
    hold = (await bank.post("/holds", wish)).json()["hold_id"]
    for sought, led_to in (
        (made, f"/console/ledger/transactions/{made}"),
        (f"{made}.0", f"/console/ledger/transactions/{made}"),
        (hold, f"/console/ledger/holds/{hold}"),
        (str(bank.player.player_id), f"/console/ledger?player_id={bank.player.player_id}"),
    ):
        answer = await economist.get(f"/console/ledger?q={sought}")
        assert (answer.status_code, answer.headers["location"]) == (303, led_to)
    assert "Nothing by that id" not in (await economist.get(f"/console/ledger?q={uuid4()}")).headers.get("location", "")
    assert "60" in (await economist.get(f"/console/ledger/holds/{hold}")).text
    assert (await economist.get(f"/console/ledger/transactions/{uuid4()}")).status_code == 404
    assert (await economist.get("/console/ledger/accounts/999999")).status_code == 404
    assert (await economist.get("/console/ledger/blocks/0/999999")).status_code == 404


async def test_lists_go_on_where_they_ended(bank: Bank) -> None:
    for number in range(5):
        await bank.move("earn", number + 1)
    account, headers = await account_of(bank), bank.operator.headers
    path = f"/admin/ledger/accounts/{account}/entries?limit=2"
    amounts, cursor = [], ""
    for _ in range(3):
        page = (await bank.get(path + cursor, **headers)).json()
        amounts += [(each["amount"], each["balance_after"]) for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert amounts == [(5, 15), (4, 10), (3, 6), (2, 3), (1, 1)]
    assert page["next_cursor"] is None
    seen = []
    page = {"next_cursor": "begin"}
    while page["next_cursor"]:
        cursor = "" if page["next_cursor"] == "begin" else f"&cursor={page['next_cursor']}"
        page = (await bank.get(f"/admin/ledger/blocks?limit=2{cursor}", **headers)).json()
        seen += [(each["chain"], each["block"]) for each in page["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert (await bank.get(path, **bank.server)).status_code == 403


async def test_staff_gives_and_takes_away_once(bank: Bank) -> None:
    player = bank.player.player_id
    body = {"asset": "coins", "amount": 50, "reason": "a lost prize", "ref": "ticket:9"}
    first = await operating(bank, f"/admin/players/{player}/grants", body, "g1")
    assert first.status_code == 201, first.text
    again = await operating(bank, f"/admin/players/{player}/grants", body, "g1")
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    other = await operating(bank, f"/admin/players/{player}/grants", {**body, "amount": 51}, "g1")
    assert other.json()["code"] == "key_reused"
    assert (await bank.coins())["balance"] == 50
    taken = await operating(bank, f"/admin/players/{player}/revocations", {**body, "amount": 20})
    assert taken.json()["balances"][0]["balance"] == 30
    given, reused = await audited(bank, "wallet_granted")
    assert (reused["outcome"], reused["reason"]) == ("refused", "key_reused: a lost prize")
    assert (given["reason"], given["outcome"], given["player_id"]) == ("a lost prize", "done", player)
    assert json.loads(given["before"]) == {"coins main": 0}
    assert json.loads(given["after"]) == {
        "coins main": 50, "transaction_id": first.json()["transaction_id"], "ref": "ticket:9",
    }  # fmt: skip
    (revoked,) = await audited(bank, "wallet_revoked")
    assert "ticket:9" in revoked["after"]


async def test_what_is_not_there_is_refused_or_owed(bank: Bank) -> None:
    await bank.move("earn", 30)
    path = f"/admin/players/{bank.player.player_id}/revocations"
    body = {"asset": "coins", "amount": 100, "reason": "cheating"}
    refused = await operating(bank, path, body, "r1")
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_funds")
    again = await operating(bank, path, body, "r1")
    assert again.headers["idempotency-replayed"] == "true"
    rows = await audited(bank, "wallet_revoked")
    assert [(each["outcome"], each["reason"]) for each in rows] == [("refused", "insufficient_funds: cheating")]
    owed = await operating(bank, path, {**body, "on_shortfall": "debt"})
    assert owed.status_code == 201
    assert ((await bank.coins())["balance"], (await bank.coins())["debt"]) == (0, 70)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": 0}, 422, "invalid_input"), ({"amount": -1}, 422, "invalid_input"),
        ({"amount": 2**53}, 422, "invalid_input"), ({"amount": 1.5}, 422, "invalid_input"),
        ({"asset": "dust"}, 422, "asset_unknown"), ({"reason": ""}, 422, "invalid_input"),
        ({"reason": " "}, 422, "invalid_input"), ({"item": "hat"}, 422, "invalid_input"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(bank: Bank, change: dict[str, Any], status: int, code: str) -> None:
    body = {"asset": "coins", "amount": 5, "reason": "why", **change}
    for verb in ("grants", "revocations"):
        answer = await operating(bank, f"/admin/players/{bank.player.player_id}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    nobody = await operating(bank, f"/admin/players/{uuid4()}/grants", {"asset": "coins", "amount": 5, "reason": "x"})
    assert nobody.status_code == 404
    unkeyed = await bank.people.post(
        f"/admin/players/{bank.player.player_id}/grants", {"asset": "coins", "amount": 5, "reason": "x"},
        **bank.operator.headers,
    )  # fmt: skip
    assert unkeyed.json()["code"] == "key_missing"


async def test_much_wants_a_fresh_proof(bank: Bank) -> None:
    await bank.people.api.site.pool.execute(STALE)
    path = f"/admin/players/{bank.player.player_id}/grants"
    body = {"asset": "coins", "amount": 10_000, "reason": "a prize"}
    assert (await operating(bank, path, body)).status_code == 201
    much = await operating(bank, path, {**body, "amount": 10_001})
    assert (much.status_code, much.json()["code"]) == (403, "reauth_required")
    earned = (await bank.move("earn", 20_000)).json()["transaction_id"]
    undone = await operating(bank, f"/admin/ledger/transactions/{earned}/reversals", {"reason": "wrong"})
    assert undone.json()["code"] == "reauth_required"
    assert (await bank.coins())["balance"] == 30_000


async def test_a_transaction_is_undone_by_staff(bank: Bank) -> None:
    earned = (await bank.move("earn", 100)).json()["transaction_id"]
    await bank.move("spend", 70)
    path = f"/admin/ledger/transactions/{earned}/reversals"
    assert (await operating(bank, path, {"reason": "wrong"})).json()["code"] == "insufficient_funds"
    undone = await operating(bank, path, {"reason": "wrong", "on_shortfall": "debt"})
    assert undone.status_code == 201, undone.text
    assert ((await bank.coins())["balance"], (await bank.coins())["debt"]) == (0, 70)
    assert (await operating(bank, path, {"reason": "wrong"})).json()["code"] == "already_reversed"
    rows = await audited(bank, "transaction_reversed")
    assert [each["outcome"] for each in rows] == ["refused", "done", "refused"]
    assert json.loads(rows[1]["after"])["coins debt"] == -70


async def test_a_locked_account_is_not_debited_until_it_is_opened(bank: Bank) -> None:
    await bank.move("earn", 100)
    account = await account_of(bank)
    lock, unlock = (f"/admin/ledger/accounts/{account}/{verb}" for verb in ("lock", "unlock"))
    told = await operating(bank, lock, {"level": "debits", "reason": "looks stolen"})
    assert told.json()["locked"] == "debits"
    assert (await bank.move("spend", 5)).status_code == 423
    assert (await bank.move("earn", 5)).status_code == 201
    await operating(bank, lock, {"level": "all", "reason": "it is stolen"})
    assert (await bank.move("earn", 5)).status_code == 423
    assert (await operating(bank, unlock, {"reason": "it was not"})).json()["locked"] == "open"
    assert (await bank.move("spend", 5)).status_code == 201
    assert (await operating(bank, unlock, {"reason": "again"})).json()["code"] == "account_not_locked"
    locked = await audited(bank, "ledger_account_locked")
    assert [each["reason"] for each in locked] == ["looks stolen", "it is stolen"]
    assert json.loads(locked[1]["before"])["locked"] == "debits"
    house = await bank.people.api.site.pool.fetchval(
        "select account_id from ledger.accounts where purpose = 'issuance' limit 1"
    )
    refused = await operating(bank, f"/admin/ledger/accounts/{house}/lock", {"level": "all", "reason": "x"})
    assert refused.json()["code"] == "not_of_a_player"


async def test_a_lock_with_an_end_is_over_by_itself(bank: Bank, clock: MovingClock) -> None:
    await bank.move("earn", 100)
    path = f"/admin/ledger/accounts/{await account_of(bank)}/lock"
    past = the_clock.rfc3339(the_clock.now())
    assert (await operating(bank, path, {"level": "all", "reason": "x", "ends_at": past})).status_code == 422
    clock.forward(minutes=-10)
    soon = past
    assert (await operating(bank, path, {"level": "all", "reason": "x", "ends_at": soon})).status_code == 200
    assert await actions.end_locks(bank.people.api.site.pool) == 0
    clock.forward(minutes=11)
    assert await actions.end_locks(bank.people.api.site.pool) == 1
    assert (await bank.move("spend", 5)).status_code == 201
    (row,) = await audited(bank, "ledger_account_unlocked")
    assert row["reason"] == "over"


async def test_a_form_that_is_sent_twice_posts_once(bank: Bank, economist: Desk) -> None:
    path = f"/console/players/{bank.player.player_id}/grant"
    form = {
        "token": token_in(await economist.get(path)), "asset": "gems", "amount": "12.50", "reason": "sorry",
        "ref": "ticket:1",
    }  # fmt: skip
    first, second = [await sent(economist, path, form) for _ in range(2)]
    assert (first.status_code, second.status_code) == (303, 303), first.text[:800]
    assert first.headers["location"] == second.headers["location"]
    items = (await bank.get("/wallet")).json()["items"]
    assert [each["display"] for each in items if each["asset"] == "gems"] == ["12.50"]
    assert len(await audited(bank, "wallet_granted")) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "1.255"}, "Gems has 2 decimals"), ({"amount": "-5"}, "Write an amount above zero"),
        ({"amount": "0"}, "above zero"), ({"amount": "much"}, "Write an amount"), ({"reason": " "}, "Say why"),
        ({"asset": "dust"}, "Choose one"), ({"amount": "9999999999999999"}, "below 2^53"),
    ],
)  # fmt: skip
async def test_a_wrong_form_says_so_beside_the_field(
    bank: Bank, economist: Desk, change: dict[str, str], said: str
) -> None:
    path = f"/console/players/{bank.player.player_id}/grant"
    form = {"token": str(uuid4()), "asset": "gems", "amount": "5", "reason": "sorry", **change}
    answer = await sent(economist, path, form)
    assert answer.status_code == 422
    assert said in answer.text
    assert token_in(answer) != form["token"]


async def test_a_form_says_how_much_there_is_to_take(bank: Bank, economist: Desk) -> None:
    await bank.move("earn", 30)
    path = f"/console/players/{bank.player.player_id}/revoke"
    form = {"token": token_in(await economist.get(path)), "asset": "coins", "amount": "31", "reason": "cheating"}
    answer = await sent(economist, path, form)
    assert answer.status_code == 422
    assert "30 is free to take" in answer.text
    form |= {"token": token_in(answer), "on_shortfall": "debt"}
    assert (await sent(economist, path, form)).status_code == 303
    assert ((await bank.coins())["balance"], (await bank.coins())["debt"]) == (0, 1)


async def test_a_proof_is_asked_for_and_what_was_typed_is_kept(bank: Bank, economist: Desk) -> None:
    await bank.people.api.site.pool.execute(STALE)
    path = f"/console/players/{bank.player.player_id}/grant"
    form = {"token": str(uuid4()), "asset": "coins", "amount": "10001", "reason": "a grand prize", "ref": "t:1"}
    answer = await sent(economist, path, form)
    assert answer.status_code == 303
    typed = {"asset": "coins", "amount": "10001", "reason": "a grand prize", "ref": "t:1", "on_shortfall": "refuse"}
    back = f"{path}?{urlencode(typed)}"
    assert answer.headers["location"] == f"/console/prove?{urlencode({'next': back})}"
    assert 'value="a grand prize"' in (await economist.get(back)).text


async def test_the_bound_is_an_operators_to_set(bank: Bank, economist: Desk) -> None:
    path = "/console/assets/coins/bound"
    assert "10000" in (await economist.get(path)).text
    done = await sent(economist, path, {"amount": "5", "reason": "a new colleague"})
    assert done.status_code == 303
    await bank.people.api.site.pool.execute(STALE)
    form = {"token": str(uuid4()), "asset": "coins", "amount": "6", "reason": "sorry"}
    answer = await sent(economist, f"/console/players/{bank.player.player_id}/grant", form)
    assert answer.headers["location"].startswith("/console/prove?")
    wrong = await sent(economist, path, {"amount": "some", "reason": "x"})
    assert wrong.status_code == 422
    (row,) = await audited(bank, "asset_bound_changed")
    assert (json.loads(row["before"]), json.loads(row["after"])) == ({"proof_above": 10_000}, {"proof_above": 5})


async def test_a_reversal_and_a_lock_from_their_pages(bank: Bank, economist: Desk) -> None:
    earned = (await bank.move("earn", 100)).json()["transaction_id"]
    here = f"/console/ledger/transactions/{earned}"
    form = {"token": token_in(await economist.get(f"{here}/reverse")), "reason": "wrong player"}
    first, second = [await sent(economist, f"{here}/reverse", form) for _ in range(2)]
    assert first.headers["location"].partition("?")[0] == second.headers["location"].partition("?")[0]
    assert (await bank.coins())["balance"] == 0
    assert "Nothing is left of this" in (await economist.get(here)).text
    refused = await sent(economist, f"{here}/reverse", {**form, "token": str(uuid4())})
    assert refused.status_code == 409
    assert "Nothing was undone" in refused.text
    account = f"/console/ledger/accounts/{await account_of(bank)}"
    await economist.get(f"{account}/lock")
    done = await sent(economist, f"{account}/lock", {"level": "all", "hours": "24", "reason": "a look"})
    assert done.status_code == 303
    assert "Nothing moves on this account" in (await economist.get(account)).text
    await sent(economist, f"{account}/unlock", {"reason": "fine"})
    assert "Nothing moves on this account" not in (await economist.get(account)).text


async def test_an_asset_is_made_on_its_page(bank: Bank, economist: Desk) -> None:
    form = {"code": "tickets", "name": "Tickets", "asset_class": "currency", "exponent": "0", "lifetime_days": "30"}
    wrong = await sent(economist, "/console/assets/new", {**form, "code": "Tickets!", "exponent": "9"})
    assert wrong.status_code == 422
    assert "Small letters" in wrong.text
    assert "A number from 0 to 8" in wrong.text
    assert (await sent(economist, "/console/assets/new", form)).status_code == 303
    assert "30 d" in (await economist.get("/console/assets")).text
    other = await sent(economist, "/console/assets/new", {**form, "lifetime_days": ""})
    assert other.status_code == 422
    assert (await bank.move("earn", 3, asset="tickets")).status_code == 201


async def test_the_economy_is_drawn_from_what_was_added_up(bank: Bank, economist: Desk) -> None:
    await bank.move("earn", 100)
    await bank.move("spend", 30)
    pool = bank.people.api.site.pool
    await actions.add_up(pool)
    await actions.count_holders(pool)
    page = await economist.get("/console/economy?asset=coins&days=90")
    assert "100 in, 30 out" in page.text
    assert page.text.count('role="img"') == 2
    assert (await economist.get("/console/economy?asset=dust")).status_code == 422
    assert (await sent(economist, "/console/economy/anew", {"reason": "to be sure"})).status_code == 303
    await pool.execute("delete from ledger.flows")
    await bank.people.api.drain()
    assert "100 in, 30 out" in (await economist.get("/console/economy?asset=coins")).text


async def test_who_may_not_read_the_ledger_sees_no_wallet(bank: Bank, people: People) -> None:
    await bank.move("earn", 100, reason="quest of the bees")
    support, moderator = await desk(people, "support", email="s@example.com"), await desk(people, "moderator")
    path = f"/console/players/{bank.player.player_id}"
    assert "quest of the bees" in (await support.get(path)).text
    assert "Give…" not in (await support.get(path)).text
    seen = await moderator.get(path)
    assert seen.status_code == 200
    assert "quest of the bees" not in seen.text
    assert "Wallet" not in seen.text
    assert (await support.get(f"{path}/grant")).status_code == 403
    assert (await moderator.get("/console/ledger")).status_code == 403
