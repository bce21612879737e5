"""The purchases of the demo: three given, one of them refunded with a debt, one presented by somebody else too."""

from pathlib import Path

import httpx
import pytest

from playerbase import access, audit, commerce
from playerbase.commerce import actions
from playerbase.demo.purchases import Buyer, purchases
from playerbase.kit.db import reading, transaction
from tests.accounts.people import people
from tests.commerce.conftest import counter, standing, world
from tests.commerce.counters import Counter

__all__ = ["counter", "people", "standing", "world"]
MAKER = audit.Deed(actor_kind="system", actor_id="tests", action="")


@pytest.fixture
async def key(counter: Counter) -> str:
    async with transaction(counter.pool) as tx:
        made = await access.create_api_key(
            tx, name="demo", env="dev", game="demo", scopes=["ledger:write", "ledger:read"], by=MAKER
        )
    return made.secret


async def test_there_is_one_of_each_to_look_at(counter: Counter, key: str, tmp_path: Path) -> None:
    ada, bob = await counter.player(), await counter.player("Bob")
    site = counter.people.api
    async with (
        httpx.AsyncClient(transport=site._transport, base_url=f"{site.site.public_url}/api/v1") as api,
        httpx.AsyncClient(base_url=counter.world.url) as simulated,
    ):
        given = await purchases(api, simulated, key, Buyer(str(ada.player_id), dict(ada.headers)), dict(bob.headers))
    assert given == 3, tmp_path
    for push in counter.world.pushes:
        assert (await counter.pushed(push)).is_success
    await counter.people.api.drain()
    async with reading(counter.pool) as db:
        states = [each.state for each in await commerce.orders_of_player(db, ada.player_id, actions.LAST, 10)]
        tally = await commerce.open_exceptions(db)
    assert sorted(states) == ["granted", "granted", "refunded"]
    assert tally["receipt_of_another"] == 1
    assert await counter.wallet(ada) == (0, 400)
