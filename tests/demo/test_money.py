"""The demo's money: the same at each start, and nobody spends what they have not."""

from collections import Counter
from uuid import uuid4

import httpx

from playerbase.demo.money import money, postings
from tests.homes import quick_home
from tests.journeys.installation import started


def test_it_is_the_same_at_each_start() -> None:
    player = str(uuid4())
    assert list(postings(player)) == list(postings(player))
    assert len({each["key"] for each in postings(player)}) == len(list(postings(player))) == 12


def test_nobody_spends_what_they_have_not() -> None:
    for _ in range(200):
        left: Counter[str] = Counter()
        for each in postings(str(uuid4())):
            left[each["asset"]] += each["amount"] if each["kind"] == "earn" else -each["amount"]
            assert left[each["asset"]] >= 0
            assert each["amount"] > 0


async def test_a_second_start_adds_nothing() -> None:
    with quick_home() as home:
        async with started(home) as there:
            count = await money(there.url, there.key)
            assert await money(there.url, there.key) == count == 12 * 40
            async with httpx.AsyncClient(headers={"authorization": f"Bearer {there.key}"}) as api:
                body = {"external_id": "Brazil"}
                known = (await api.post(f"{there.url}/api/v1/auth/server/login", json=body)).json()
                wallet = (await api.get(f"{there.url}/api/v1/players/{known['player_id']}/wallet")).json()
    expected: Counter[str] = Counter()
    for each in postings(known["player_id"]):
        expected[each["asset"]] += each["amount"] if each["kind"] == "earn" else -each["amount"]
    assert {each["asset"]: each["balance"] for each in wallet["items"]} == expected
