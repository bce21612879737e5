import asyncio
from typing import Any

from playerbase.kit.db import broken, reading
from playerbase.schema import INVARIANTS
from tests.accounts.people import People

AXE = {"code": "axe", "name": "Axe", "type": "durable", "prices": [{"asset": "gems", "amount": 300}]}


async def test_an_item_is_made_changed_and_its_course_told(people: People) -> None:
    editor, _ = await people.begin()
    made = (await people.post("/admin/items", AXE, **editor.headers)).json()
    assert (made["version"], made["status"], made["delivery"]) == (1, "active", "in_game")
    change = {name: value for name, value in AXE.items() if name != "code"} | {"name": "Great axe"}

    async def put(body: dict[str, Any], **headers: str) -> Any:
        return await people.api.put("/api/v1/admin/items/axe", json=body, headers=editor.headers | headers)

    missing = await put(change)
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (422, "missing")
    changed = await put(change, **{"if-match": '"1"'})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    late = await put(change | {"name": "Axe again", "expected_version": 1})
    assert (late.status_code, late.json()["code"], late.json()["current_version"]) == (409, "version_conflict", 2)
    course = (await people.api.get("/api/v1/admin/items/axe/versions", headers=editor.headers)).json()["items"]
    assert [(each["version"], each["content"]["name"]) for each in course] == [(2, "Great axe"), (1, "Axe")]
    assert course[0]["changed"] == ["name"]
    assert [each["target_id"] for each in await people.audited("item_created")] == ["axe"]
    assert len(await people.audited("item_changed")) == 1


async def test_a_stackable_item_is_counted_by_the_ledger_from_the_start(people: People) -> None:
    editor, _ = await people.begin()
    potion = {
        "code": "potion", "name": "Potion", "type": "consumable", "is_stackable": True,
        "prices": [{"asset": "item:axe", "amount": 1}],
    }  # fmt: skip
    refused = await people.post("/admin/items", potion, **editor.headers)
    assert refused.json()["errors"][0]["field"] == "prices.0.asset"
    pool = people.api.site.pool
    assert await pool.fetchval("select count(*) from ledger.assets where code = 'item:potion'") == 0
    made = await people.post("/admin/items", potion | {"prices": []}, **editor.headers)
    assert made.status_code == 201
    assert await pool.fetchval("select class from ledger.assets where code = 'item:potion'") == "item"


async def test_categories_and_games_are_made_and_changed(people: People) -> None:
    editor, _ = await people.begin()
    made = await people.post("/admin/categories", {"code": "blades", "name": "Blades"}, **editor.headers)
    assert made.status_code == 201
    answer = await people.api.put(
        "/api/v1/admin/categories/blades", json={"name": "Edges", "expected_version": 1}, headers=editor.headers
    )
    assert (answer.json()["name"], answer.json()["version"]) == ("Edges", 2)
    game = await people.post("/admin/games", {"slug": "chess", "name": "Chess"}, **editor.headers)
    assert (game.status_code, game.json()["status"]) == (201, "active")
    retired = await people.api.put(
        "/api/v1/admin/games/chess", json={"name": "Chess", "status": "retired"}, headers=editor.headers
    )
    assert retired.json()["status"] == "retired"
    nowhere = await people.api.put("/api/v1/admin/games/go", json={"name": "Go"}, headers=editor.headers)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no_such_game")
    listed = await people.api.get("/api/v1/admin/games", headers=editor.headers)
    assert [each["slug"] for each in listed.json()["items"]] == ["chess", "demo"]
    for action in ("category_created", "category_changed", "game_created", "game_changed"):
        assert len(await people.audited(action)) == 1, action


async def test_the_bounds_are_settings(people: People) -> None:
    editor, _ = await people.begin()
    settings = (await people.api.get("/api/v1/admin/catalog/settings", headers=editor.headers)).json()
    answer = await people.api.put(
        "/api/v1/admin/catalog/settings", json=settings | {"items_max": 1}, headers=editor.headers
    )
    assert answer.json()["items_max"] == 1
    await people.post("/admin/items", AXE, **editor.headers)
    full = await people.post("/admin/items", AXE | {"code": "bow"}, **editor.headers)
    assert (full.status_code, full.json()["code"]) == (429, "catalog_full")


async def test_many_make_the_same_item_at_once_and_it_is_made_once(people: People) -> None:
    editor, _ = await people.begin()
    answers = await asyncio.gather(*(people.post("/admin/items", AXE, **editor.headers) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    async with reading(people.api.site.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_every_item_is_listed_for_staff(people: People) -> None:
    editor, _ = await people.begin()
    for code, status in (("axe", "active"), ("bow", "inactive"), ("cap", "coming_soon")):
        await people.post("/admin/items", AXE | {"code": code, "status": status}, **editor.headers)

    async def codes(query: str) -> list[str]:
        answer = await people.api.get(f"/api/v1/admin/items?{query}", headers=editor.headers)
        return [each["code"] for each in answer.json()["items"]]

    assert await codes("") == ["axe", "bow", "cap"]
    assert await codes("status=inactive") == ["bow"]
    assert await codes("q=CAP") == ["cap"]
    first = (await people.api.get("/api/v1/admin/items?limit=2", headers=editor.headers)).json()
    assert await codes(f"cursor={first['next_cursor']}") == ["cap"]
