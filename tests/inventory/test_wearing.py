"""Loadouts: what is worn where, and how it comes off."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from playerbase import inventory
from playerbase.catalog import CosmeticType
from playerbase.inventory import Revocation, actions
from playerbase.kit import clock as the_clock
from playerbase.kit.db import broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.accounts.people import People, Someone
from tests.catalog.things import draft, potion
from tests.inventory.things import Chest, events

HAT: dict[str, Any] = {"slot": "hat", "cosmetic": CosmeticType.SKIN}


async def fill(people: People, who: Someone, slot: str, **body: Any) -> Any:
    return await people.api.put(f"/api/v1/me/loadouts/{slot}", json=body, headers=who.headers)


async def wears(chest: Chest, who: Someone, query: str = "", path: str = "/me/loadouts") -> dict[str, str]:
    return {each["slot"]: each["item"] for each in await chest.seen(who.headers, query, path)}


async def character(people: People, who: Someone, **body: Any) -> str:
    made = await people.post("/profiles/me/characters", {"name": "Ash"} | body, **who.headers)
    assert made.status_code == 201, made.text
    made_id: str = made.json()["character_id"]
    return made_id


async def test_one_thing_a_slot_and_seen_at_once(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    cap, crown = await chest.sell(draft("cap", **HAT), draft("crown", **HAT))
    thing = await chest.give(ada.player_id, cap)
    await chest.give(ada.player_id, crown)
    assert await wears(chest, ada) == {}
    worn = await fill(people, ada, "hat", entitlement_id=str(thing.entitlement_id))
    assert (worn.status_code, worn.json()["worn"]["item"]) == (200, "cap")
    assert await wears(chest, ada) == {"hat": "cap"}
    assert {each["item"]: each["equipped"] for each in await chest.seen(ada.headers)} == {"cap": True, "crown": False}
    assert [each["item"] for each in await chest.seen(ada.headers, "?equipped=true")] == ["cap"]
    await fill(people, ada, "hat", item="crown")
    assert await wears(chest, ada) == {"hat": "crown"}
    assert (await fill(people, ada, "hat", item="crown")).status_code == 200
    assert await events(chest.pool, "loadout.changed") == 2, "the same again is no change"
    bare = await fill(people, ada, "hat")
    assert bare.json() == {"slot": "hat", "worn": None}
    assert await wears(chest, ada) == {}
    assert await chest.seen(ada.headers, "?equipped=true") == []


async def test_things_of_a_game_stay_in_it_and_those_of_the_platform_go_anywhere(people: People) -> None:
    operator, _ = await people.begin()
    await people.post("/admin/games", {"slug": "chess", "name": "Chess"}, **operator.headers)
    chest, ada = Chest(people), await people.register()
    for item in await chest.sell(draft("cap", game="demo", **HAT), draft("crown", **HAT)):
        await chest.give(ada.player_id, item)
    mage, pawn = await character(people, ada, game="demo"), await character(people, ada, game="chess")
    face = await character(people, ada)

    async def told(**body: Any) -> tuple[int, str]:
        answer = await fill(people, ada, "hat", **body)
        return answer.status_code, answer.json().get("code", "")

    assert await told(item="cap", character_id=mage) == (200, "")
    assert await told(item="cap", game="demo") == (200, "")
    assert await told(item="cap", character_id=pawn) == (409, "of_another_game")
    assert await told(item="cap", character_id=face) == (409, "of_another_game")
    assert await told(item="cap") == (409, "of_another_game")
    assert await told(item="cap", character_id=mage, game="chess") == (422, "invalid_input")
    assert await told(item="crown", character_id=pawn) == (200, "")
    assert await told(item="crown", character_id=face) == (200, "")
    assert await told(item="crown") == (200, "")
    assert await told(item="crown", game="nowhere") == (422, "invalid_input")
    assert await told(item="crown", character_id=str(uuid4())) == (404, "no_such_character")
    assert await wears(chest, ada, f"?character={mage}") == {"hat": "cap"}
    assert await wears(chest, ada, "?game=chess") == {"hat": "crown"}
    assert len(await chest.seen(ada.headers, path="/me/loadouts")) == 5


async def test_a_rifle_skin_is_worn_on_a_rifle_alone(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    skin = draft(
        "ember", game="demo", slot="weapon_skin", cosmetic=CosmeticType.SKIN, metadata={"fits_weapon": ["rifle"]}
    )  # fmt: skip
    await chest.give(ada.player_id, (await chest.sell(skin))[0])

    async def told(slot: str) -> tuple[int, str]:
        answer = await fill(people, ada, slot, item="ember", game="demo")
        return answer.status_code, answer.json().get("code", "")

    assert await told("weapon_skin") == (409, "does_not_fit"), "nothing is known of this slot"
    for slot, weapon in (("primary", "rifle"), ("secondary", "pistol")):
        body = {"name": slot.title(), "accepts": "weapon_skin", "game": "demo", "metadata": {"weapon": weapon}}
        answer = await people.api.put(f"/api/v1/admin/slots/{slot}", json=body, headers=operator.headers)
        assert answer.status_code == 200, answer.text
    assert await told("primary") == (200, "")
    assert await told("secondary") == (409, "does_not_fit")
    assert await told("hat") == (409, "slot_takes_other")
    assert len(await people.audited("slot_changed")) == 2
    gone = await people.api.delete("/api/v1/admin/slots/secondary?game=demo", headers=operator.headers)
    assert gone.status_code == 204
    assert await told("secondary") == (409, "slot_takes_other")


async def test_only_what_is_ones_own_is_worn(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    eve = await people.register("eve@example.com", "Evelyn")
    cap, _, drink = await chest.sell(draft("cap", **HAT), draft("crown", **HAT), potion())
    thing = await chest.give(eve.player_id, cap)
    await chest.stack(ada.player_id, drink, 5)

    async def told(**body: Any) -> tuple[int, str]:
        answer = await fill(people, ada, "hat", **body)
        return answer.status_code, answer.json().get("code", "")

    assert await told(entitlement_id=str(thing.entitlement_id)) == (404, "thing_not_yours")
    assert await told(item="crown") == (404, "thing_not_yours")
    assert await told(item="potion") == (404, "thing_not_yours"), "what is stacked is not worn"
    assert await told(item="nothing") == (404, "item_unknown")
    assert await told(item="cap", entitlement_id=str(thing.entitlement_id)) == (422, "invalid_input")
    theirs = await character(people, eve)
    await chest.give(ada.player_id, cap)
    assert await told(item="cap", character_id=theirs) == (404, "no_such_character")


async def test_cosmetics_find_their_own_slot(people: People) -> None:
    await people.begin()
    chest, ada = Chest(people), await people.register()
    cap, tool = await chest.sell(draft("cap", game="demo", **HAT), draft("tool", slot="belt"))
    await chest.give(ada.player_id, cap)
    await chest.give(ada.player_id, tool)
    worn = await people.post("/cosmetics/cap/equip", None, **ada.headers)
    assert (worn.status_code, worn.json()["worn"]["game"]) == (200, "demo"), worn.text
    mage = await character(people, ada, game="demo")
    again = await people.post(f"/cosmetics/{cap.item_id}/equip", {"character_id": mage}, **ada.headers)
    assert again.json()["worn"]["character_id"] == mage
    assert (await people.post("/cosmetics/tool/equip", {}, **ada.headers)).json()["code"] == "not_wearable"
    await fill(people, ada, "belt", item="tool")
    assert await wears(chest, ada, path="/cosmetics/equipped") == {"hat": "cap"}
    assert await wears(chest, ada) == {"hat": "cap", "belt": "tool"}
    listed = await people.api.get("/api/v1/cosmetics/skin", headers=ada.headers)
    assert listed.status_code == 200, "equipped is no type, and the types are still there"


async def test_what_is_taken_back_or_over_falls_off_by_itself(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    cap, belt = await chest.sell(draft("cap", **HAT), draft("belt", slot="belt"))
    thing = await chest.give(ada.player_id, cap)
    await chest.give(ada.player_id, belt, expires_at=the_clock.now() + timedelta(minutes=10))
    await fill(people, ada, "hat", item="cap")
    await fill(people, ada, "belt", item="belt")
    assert await wears(chest, ada) == {"hat": "cap", "belt": "belt"}
    await chest.revoke(thing)
    assert await wears(chest, ada) == {"belt": "belt"}
    await people.later(minutes=11)
    assert await wears(chest, ada) == {}, "before any job has run"
    assert await chest.seen(ada.headers) == []
    late = await fill(people, ada, "belt", item="belt")
    assert (late.status_code, late.json()["code"]) == (409, "thing_over")
    assert await actions.expire(chest.pool) == 1
    assert await chest.pool.fetchval("select count(*) from inventory.loadouts") == 0
    assert await chest.pool.fetchval("select count(*) from inventory.entitlements where state = 'expired'") == 1
    assert await events(chest.pool, "item.expired") == 1


async def test_a_deleted_character_wears_nothing(people: People) -> None:
    await people.begin()
    chest, ada = Chest(people), await people.register()
    await chest.give(ada.player_id, (await chest.sell(draft("cap", **HAT)))[0])
    mage = await character(people, ada, game="demo")
    await fill(people, ada, "hat", item="cap", character_id=mage)
    await people.api.delete(f"/api/v1/profiles/me/characters/{mage}", headers=ada.headers)
    await people.api.drain()
    assert await wears(chest, ada) == {}
    assert [each["equipped"] for each in await chest.seen(ada.headers)] == [False]


async def test_what_is_taken_back_while_it_is_put_on_is_not_worn(people: People) -> None:
    chest, ada = Chest(people), await people.register()
    (cap,) = await chest.sell(draft("cap", **HAT))
    for _ in range(5):
        thing = await chest.give(ada.player_id, cap)
        body = {"entitlement_id": str(thing.entitlement_id)}

        async def put_on(slot: str = "hat", body: dict[str, str] = body) -> int:
            status: int = (await fill(people, ada, slot, **body)).status_code
            return status

        statuses = await asyncio.gather(put_on(), put_on(), chest.revoke(thing), put_on())
        assert {status for status in statuses if status is not None} <= {200, 404}
        assert await wears(chest, ada) == {}
    async with reading(chest.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_no_more_is_worn_than_the_settings_allow(people: People) -> None:
    operator, _ = await people.begin()
    chest, ada = Chest(people), await people.register()
    for slot in ("hat", "belt", "ring"):
        await chest.give(ada.player_id, (await chest.sell(draft(slot, slot=slot)))[0])
    told = await people.api.put(
        "/api/v1/admin/inventory/settings", json={"worn_max": 2, "slots_max": 200}, headers=operator.headers
    )  # fmt: skip
    assert told.json()["worn_max"] == 2
    assert len(await people.audited("inventory_settings_changed")) == 1
    answers = await asyncio.gather(*(fill(people, ada, slot, item=slot) for slot in ("hat", "belt", "ring")))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429]
    filled = next(answer.json()["slot"] for answer in answers if answer.status_code == 200)
    assert (await fill(people, ada, filled, item=filled)).status_code == 200


async def test_two_ends_of_one_thing_leave_one_truth(people: People) -> None:
    """Its time ends, it is taken back and used up, all at the same moment: each unit goes once."""
    chest, ada = Chest(people), await people.register()
    (cap,) = await chest.sell(draft("cap", **HAT))
    thing = await chest.give(ada.player_id, cap, quantity=4, expires_at=the_clock.now() + timedelta(minutes=1))
    await people.later(minutes=2)

    async def take() -> int:
        async with transaction(chest.pool) as tx:
            await inventory.hold(tx, [ada.player_id])
            wanted = Revocation(player_id=ada.player_id, entitlement_id=thing.entitlement_id, quantity=3, reason="x")
            return sum(each.quantity for each in await inventory.revoke(tx, [wanted]))

    taken = await asyncio.gather(take(), actions.expire(chest.pool), take(), actions.expire(chest.pool))
    row = await chest.pool.fetchrow("select granted, quantity, revoked, state from inventory.entitlements")
    assert row is not None
    assert row["quantity"] + row["revoked"] == row["granted"]
    assert row["revoked"] == taken[0] + taken[2]
    async with reading(chest.pool) as db:
        assert await broken(db, INVARIANTS) == []
