"""The ledger's proofs over HTTP, in the console and on the command line."""

import json

from playerbase.kit.db import transaction
from playerbase.ledger import actions
from playerbase.ledger.actions.proof import told, told_as_json
from tests.conftest import Api
from tests.ledger.test_routes import Bank, bank

__all__ = ["bank"]

OFF = "update ledger.balances set posted = posted + 1, credited = credited + 1 where credited > 0"


async def breaks(api: Api) -> None:
    async with transaction(api.site.pool) as tx:
        await tx.execute("set local session_replication_role = replica")
        await tx.execute(OFF)


async def test_staff_asks_for_a_proof_and_looks_how_far_it_is(bank: Bank) -> None:
    staff = bank.operator.headers
    assert (await bank.get("/admin/ledger/verify", **staff)).json() == {"proof": None, "findings_open": 0}
    await bank.move("earn", 50)
    asked = await bank.people.post("/admin/ledger/verify", {}, **staff)
    assert asked.status_code == 202, asked.text
    assert asked.json()["look_at"] == "/api/v1/admin/ledger/verify"
    again = await bank.people.post("/admin/ledger/verify", {}, **staff)
    assert again.json()["proof_id"] is None, "one is on its way"
    assert (await bank.get("/admin/ledger/verify", **staff)).json()["proof"]["ended_at"] is None
    await bank.people.api.drain()
    proof = (await bank.get("/admin/ledger/verify", **staff)).json()["proof"]
    assert proof["proof_id"] == asked.json()["proof_id"]
    assert proof["verdict"]["holds"]
    assert proof["verdict"]["checked"]["entries"] == 2


async def test_what_does_not_hold_is_listed_until_a_proof_no_longer_finds_it(bank: Bank) -> None:
    staff, api = bank.operator.headers, bank.people.api
    await bank.move("earn", 50)
    await breaks(api)
    await bank.people.post("/admin/ledger/verify", {}, **staff)
    await api.drain()
    listed = (await bank.get("/admin/ledger/findings?limit=1", **staff)).json()
    assert len(listed["items"]) == 1
    rest = (await bank.get(f"/admin/ledger/findings?cursor={listed['next_cursor']}", **staff)).json()["items"]
    flaws = {each["flaw"] for each in [*listed["items"], *rest]}
    assert flaws == {"balance", "tally", "asset"}
    assert (await bank.move("spend", 1)).json()["code"] == "account_locked"
    async with transaction(api.site.pool) as tx:
        await tx.execute(OFF.replace("+ 1", "- 1"))
    await bank.people.post("/admin/ledger/verify", {}, **staff)
    await api.drain()
    assert (await bank.get("/admin/ledger/findings?state=open", **staff)).json()["items"] == []
    settled = (await bank.get("/admin/ledger/findings?state=settled", **staff)).json()["items"]
    assert {each["flaw"] for each in settled} == flaws


async def test_players_and_servers_see_nothing_of_it(bank: Bank) -> None:
    for headers in (bank.player.headers, bank.server):
        for path in ("/admin/ledger/findings", "/admin/ledger/verify"):
            assert (await bank.get(path, **headers)).status_code == 403
        assert (await bank.people.post("/admin/ledger/verify", {}, **headers)).status_code == 403


async def test_the_report_names_everything(bank: Bank) -> None:
    await bank.move("earn", 50)
    pool = bank.people.api.site.pool
    whole = await actions.prove(pool)
    assert "The ledger is what was posted." in told(whole)
    assert "NOT proved: there are no anchors" in told(whole)
    await breaks(bank.people.api)
    broken = await actions.prove(pool)
    assert "BALANCE (I5)" in told(broken)
    assert "The ledger is NOT what was posted." in told(broken)
    report = json.loads(told_as_json(broken))
    assert (report["holds"], report["found"]) == (False, len(report["findings"]))
    assert {each["invariant"] for each in report["findings"]} == {"I2", "I5", "I18"}
