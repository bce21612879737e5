"""Changing one's name: free once in a while, and at once for whoever holds a change."""

import asyncio

from playerbase import profiles
from playerbase.fulfilment import Kind
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone
from tests.fulfilment.lines import begun, line

ME = "/api/v1/profiles/me"


async def rename(people: People, who: Someone, name: str) -> int:
    answer = await people.api.put(ME, json={"display_name": name}, headers=who.headers)
    assert answer.status_code in {200, 409}, answer.text
    return answer.status_code


async def held(people: People, who: Someone) -> tuple[bool, int]:
    told = (await people.api.get(f"{ME}/name-changes", headers=who.headers)).json()
    return told["free_at"] is None, told["granted"]


async def test_a_name_is_changed_once_a_month(people: People) -> None:
    ada = await people.register()
    assert await held(people, ada) == (True, 0)
    assert await rename(people, ada, "Lovelace") == 200
    assert await rename(people, ada, "Lovelace") == 200  # Which it is already.
    assert await rename(people, ada, "Byron") == 409
    assert (await people.api.put(ME, json={"bio": "Notes"}, headers=ada.headers)).status_code == 200
    await people.later(days=31)
    ada = Someone(ada.player_id, ada.session_id, (await people.log_in()).json()["access_token"], "")
    assert await rename(people, ada, "Byron") == 200


async def test_a_token_is_one_more_change(people: People) -> None:
    ada = await people.register()
    assert await rename(people, ada, "Lovelace") == 200
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.FUNCTIONAL, quantity=2))
    await people.api.drain()
    query = "select state from fulfilment.deliveries where delivery_id = $1"
    assert await people.api.site.pool.fetchval(query, delivery_id) == "completed"
    assert await held(people, ada) == (False, 2)
    tried = await asyncio.gather(*[rename(people, ada, f"Name {number}") for number in range(5)])
    assert sorted(tried) == [200, 200, 409, 409, 409]
    assert await held(people, ada) == (False, 0)


async def test_a_token_that_would_be_worth_nothing_is_cancelled(people: People) -> None:
    operator, _ = await people.begin()
    settings = {"name_change_days": 0, "characters_max": 10, "level_xp": 100}
    path = "/api/v1/admin/profiles/settings"
    assert (await people.api.get(path, headers=operator.headers)).json() == settings | {"name_change_days": 30}
    assert (await people.api.put(path, json=settings, headers=operator.headers)).json() == settings
    ada = await people.register()
    for name in ("Lovelace", "Byron", "King"):
        assert await rename(people, ada, name) == 200
    (delivery_id,) = await begun(people.api.site.pool, line(ada.player_id, Kind.FUNCTIONAL))
    await people.api.drain()
    query = "select state, cancel_reason from fulfilment.deliveries where delivery_id = $1"
    row = await people.api.site.pool.fetchrow(query, delivery_id)
    assert row is not None
    assert tuple(row) == ("cancelled", profiles.NamesFree.title())


async def test_a_refused_change_takes_nothing(people: People) -> None:
    ada = await people.register()
    async with transaction(people.api.site.pool) as tx:
        await profiles.grant_name_changes(tx, ada.player_id)
    assert await rename(people, ada, "Lovelace") == 200
    answer = await people.api.put(ME, json={"display_name": "Byron", "expected_version": 1}, headers=ada.headers)
    assert answer.status_code == 409
    assert await held(people, ada) == (False, 1)
