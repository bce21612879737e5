"""A player's own wallet in the portal: what there is, what is owed and why, and how it came to be."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from playerbase import ledger
from playerbase.kit.db import transaction
from playerbase.ledger import HOUSE, Leg, Posting, Purpose
from tests.accounts.desks import browser, desk
from tests.accounts.people import People, Someone


class Purse:
    """A player at a browser, and what happens to their money."""

    def __init__(self, people: People, owner: Someone, cookie: str) -> None:
        self.people, self.owner, self.cookie = people, owner, cookie

    async def get(self, path: str = "/portal/wallet") -> httpx.Response:
        self.people.api.cookies.clear()
        return await self.people.api.get(path, headers={"cookie": f"playerbase={self.cookie}"})

    async def put(self, kind: str, amount: int, asset: str = "coins", **more: Any) -> None:
        opposite = Purpose.ISSUANCE if amount > 0 else Purpose.CLAWBACK
        legs = (
            Leg(self.owner.player_id, asset, amount, up_to="debt" if amount < 0 else None),
            Leg(HOUSE, asset, -amount, opposite),
        )
        async with transaction(self.people.api.site.pool) as tx:
            posting = Posting(scope="tests", key=str(uuid4()), kind=kind, legs=legs, **more)
            assert isinstance((await ledger.post(tx, [posting]))[0], ledger.Posted)


@pytest.fixture
async def purse(people: People) -> Purse:
    owner = await people.register()
    return Purse(people, owner, await browser(people, owner.player_id))


async def test_an_empty_wallet_says_what_to_do_next(purse: Purse) -> None:
    page = await purse.get()
    assert page.status_code == 200
    assert "Nothing here yet" in page.text
    assert "0.00" in page.text
    assert 'data-stream="/api/v1/events/stream"' in page.text


async def test_what_came_and_went_is_listed_with_its_reason(purse: Purse) -> None:
    await purse.put("earn", 150, reason="Quest of the bees")
    await purse.put("spend", -40)
    await purse.put("earn", 1_250, "gems", reason="<b>A prize</b>")
    page = (await purse.get()).text
    for said in ("Quest of the bees", "Spent", "&lt;b&gt;A prize", "+12.50", "\N{MINUS SIGN}40", "110"):
        assert said in page, said
    assert "<b>A prize" not in page
    gems = (await purse.get("/portal/wallet?asset=gems")).text
    assert "Quest of the bees" not in gems
    assert "Quest of the bees" in (await purse.get("/portal/wallet?kind=earn&asset=coins")).text
    assert "Nothing of this kind" in (await purse.get("/portal/wallet?kind=expire")).text
    assert (await purse.get("/portal/wallet?asset=nonsense")).status_code == 200


async def test_a_debt_is_explained(purse: Purse) -> None:
    await purse.put("earn", 30)
    await purse.put("clawback", -100)
    page = (await purse.get()).text
    assert "You owe 70 coins." in page
    assert "50 % of what you earn" in page
    await purse.put("earn", 1_000)
    assert "You owe" not in (await purse.get()).text


async def test_a_long_history_goes_on(purse: Purse) -> None:
    for number in range(30):
        await purse.put("earn", 1, reason=f"quest number {number:02}")
    first = (await purse.get()).text
    assert "quest number 29" in first
    assert "quest number 04" not in first
    path = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = (await purse.get(path)).text
    assert "quest number 04" in rest
    assert "quest number 29" not in rest
    assert (await purse.get("/portal/wallet?cursor=nonsense")).status_code == 400


async def test_a_wallet_is_its_owners(purse: Purse, people: People) -> None:
    await purse.put("earn", 777, reason="A secret quest")
    other = await people.register("bob@example.com", "Bob")
    theirs = Purse(people, other, await browser(people, other.player_id))
    assert "A secret quest" not in (await theirs.get()).text
    people.api.cookies.clear()
    assert (await people.api.get("/portal/wallet")).status_code == 303


async def test_staff_who_sees_it_hears_nothing_of_the_whole_house(purse: Purse, people: People) -> None:
    await purse.put("earn", 777, reason="A quest")
    boss = await desk(people, "admin")
    await boss.see_as(UUID(str(purse.owner.player_id)))
    page = (await boss.get("/portal/wallet")).text
    assert "A quest" in page
    assert "data-stream" not in page
