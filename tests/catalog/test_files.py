import json
from typing import Any

import pytest

from playerbase import catalog
from playerbase.catalog import NewCategory, Platform, Sku, StockDraft
from playerbase.catalog.actions.files import Format, bring_in, export
from playerbase.catalog.model import ImportFaulty, ImportReport
from playerbase.kit.db import Tx
from tests.accounts.people import People
from tests.catalog.things import BY, bundle, draft, potion, put

GOOD = """{"categories": [
{"code": "food", "name": "Food"},
{"code": "drinks", "name": "Drinks", "parent": "food"}],
"items": [
{"code": "chest", "name": "Chest", "type": "bundle", "parts": [{"item": "potion", "quantity": 2}]},
{"code": "potion", "name": "Potion", "type": "consumable", "is_stackable": true, "category": "drinks",
 "prices": [{"asset": "gems", "amount": 50}]}
]}"""
TABLE = """record,code,name,parent,type,is_stackable,category,prices,parts
category,food,Food,,,,,,
category,drinks,Drinks,food,,,,,
item,chest,Chest,,bundle,,,,potion=2
item,potion,Potion,,consumable,true,drinks,gems=50,
"""


async def take(tx: Tx, text: str, form: Format = "json", *, is_dry: bool = False) -> ImportReport:
    return await bring_in(tx, text, form, BY, is_dry=is_dry)


async def faults(tx: Tx, text: str, form: Format = "json") -> list[tuple[int, str, str]]:
    before = await catalog.version(tx)
    with pytest.raises(ImportFaulty) as refused:
        await take(tx, text, form)
    assert await catalog.version(tx) == before
    assert await tx.fetchval("select count(*) from catalog.items") == 0
    errors: Any = refused.value.members["errors"]
    return [(each["line"], each["field"], each["code"]) for each in errors]


@pytest.mark.parametrize(("text", "form"), [(GOOD, "json"), (TABLE, "csv")])
async def test_a_file_is_brought_in_once(tx: Tx, text: str, form: Format) -> None:
    version = await catalog.version(tx)
    dry = await take(tx, text, form, is_dry=True)
    assert (dry.is_applied, dry.rows, len(dry.created)) == (False, 4, 4)
    assert await catalog.version(tx) == version

    done = await take(tx, text, form)
    assert [(each.record, each.code) for each in done.created] == [
        ("category", "food"), ("category", "drinks"), ("item", "chest"), ("item", "potion"),
    ]  # fmt: skip
    chest = await catalog.item(tx, "chest")
    assert chest.parts[0].item == "potion"
    version = await catalog.version(tx)
    again = await take(tx, text, form)
    assert (again.created, again.changed, again.unchanged) == ([], [], 4)
    assert await catalog.version(tx) == version


async def test_a_report_says_what_would_change(tx: Tx) -> None:
    await take(tx, GOOD)
    report = await take(tx, GOOD.replace('"amount": 50', '"amount": 60').replace("Chest", "Coffer"), is_dry=True)
    assert [(each.code, each.line, each.fields) for each in report.changed] == [
        ("chest", 5, ["name"]), ("potion", 6, ["prices"]),
    ]  # fmt: skip
    assert (report.created, report.unchanged) == ([], 2)


async def test_every_fault_of_a_file_is_named_with_its_line(tx: Tx) -> None:
    text = """{"categories": [
{"code": "a1", "name": "A", "parent": "b1"},
{"code": "b1", "name": "B", "parent": "a1"},
{"code": "c1", "name": "C", "parent": "nowhere"},
{"code": "c1", "name": "C"}],
"items": [
{"code": "one", "name": "One", "type": "bundle", "parts": [{"item": "two", "quantity": 1}]},
{"code": "two", "name": "Two", "type": "bundle", "parts": [{"item": "one", "quantity": 1}]},
{"code": "self", "name": "Self", "type": "bundle", "parts": [{"item": "self", "quantity": 1}]},
{"code": "axe", "name": "Axe", "type": "durable", "category": "none", "prices": [{"asset": "gold", "amount": 1}]},
{"code": "axe", "name": "Axe", "type": "durable"},
{"code": "bow", "name": "", "type": "weapon", "colour": "red"},
{"code": "Cap!", "name": "Cap", "type": "durable", "name": "Cap"},
{"code": "box", "name": "Box", "type": "bundle", "parts": [{"item": "bow", "quantity": 1}]},
{"code": "nul", "name": "Nul", "type": "durable", "description": "\\u0000"}
]}"""
    assert await faults(tx, text) == [
        (2, "parent", "cycle"), (3, "parent", "cycle"), (4, "parent", "unknown"), (5, "code", "duplicate"),
        (7, "parts", "cycle"), (8, "parts", "cycle"), (9, "parts", "cycle"), (10, "category", "unknown"),
        (10, "prices.0.asset", "unknown"), (11, "code", "duplicate"), (12, "colour", "unknown"),
        (12, "name", "invalid"), (12, "type", "invalid"), (13, "code", "invalid"),
        (13, "name (given twice)", "unknown"), (15, "row", "invalid"),
    ]  # fmt: skip


async def test_every_fault_of_a_table_is_named_with_its_line(tx: Tx) -> None:
    text = (
        "record,code,name,type,description,prices,max_per_player,version\n"
        'item,axe,Axe,durable,"two\nlines",gems=1,,\n'
        "item,bow,Bow,durable,,gems,,\n"
        "thing,cap,Cap,durable,,,,\n"
        "item,dust,Dust,durable,,,many,\n"
        "item,elk,Elk,durable\n"
        "item,fan,Fan,consumable,,gold=3,,\n"
    )
    assert await faults(tx, text, "csv") == [
        (4, "prices.0.amount", "invalid"), (4, "prices.0.asset", "invalid"), (5, "record", "unknown"),
        (6, "max_per_player", "invalid"), (7, "file", "invalid"), (8, "prices.0.asset", "unknown"),
    ]  # fmt: skip
    assert await faults(tx, "code,colour,code\n", "csv") == [
        (1, "colour", "unknown"), (1, "file", "duplicate"), (1, "record", "missing"),
    ]  # fmt: skip


async def test_a_file_has_so_many_rows(tx: Tx) -> None:
    await tx.execute("update catalog.settings set import_rows_max = 3")
    assert await faults(tx, GOOD) == [(6, "file", "too_many")]


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_what_goes_out_comes_in_unchanged(tx: Tx, form: Format) -> None:
    await catalog.create_category(tx, NewCategory(code="food", name="=Food"), BY)
    await put(
        tx, potion(category="food", description='Say "aah",\nthen drink.', metadata={"heals": 5, "kinds": ["a", "b"]}),
        bundle("chest", ("potion", 3), skus=[Sku(Platform.STEAM, "1001", 499, "USD")], stock=StockDraft(5)),
        draft(max_per_player=1),
    )  # fmt: skip
    report = await take(tx, (await export(tx, form)).decode(), form)
    assert (report.created, report.changed, report.unchanged) == ([], [], 4)


async def test_a_file_does_not_undo_what_was_edited_since(tx: Tx) -> None:
    await put(tx, draft(), potion())
    out = json.loads(await export(tx, "json"))
    await catalog.update_item(tx, "potion", potion(name="Better potion"), 1, BY)
    assert await faults_in(tx, json.dumps(out)) == [("version", "version_conflict")]
    out["items"][1]["name"] = "Better potion"  # Who says the same as is there undoes nothing.
    report = await take(tx, json.dumps(out))
    assert report.unchanged == 2


async def faults_in(tx: Tx, text: str) -> list[tuple[str, str]]:
    with pytest.raises(ImportFaulty) as refused:
        await take(tx, text)
    errors: Any = refused.value.members["errors"]
    return [(each["field"], each["code"]) for each in errors]


async def test_over_http_nothing_is_done_unless_it_is_meant(people: People) -> None:
    editor, _ = await people.begin()

    async def send(query: str, body: bytes) -> Any:
        path = f"/api/v1/admin/catalog/import{query}"
        return await people.api.post(path, content=body, headers=editor.headers | {"content-type": "text/csv"})

    dry = await send("?format=csv", TABLE.encode())
    assert (dry.status_code, dry.json()["is_applied"], len(dry.json()["created"])) == (200, False, 4)
    assert (await people.api.get("/api/v1/store/items", headers=editor.headers)).json()["items"] == []
    done = await send("?format=csv&dry_run=false", TABLE.encode())
    assert done.json()["is_applied"] is True
    assert len((await people.api.get("/api/v1/store/items", headers=editor.headers)).json()["items"]) == 1
    assert len(await people.audited("catalog_imported")) == 1
    await send("?format=csv&dry_run=false", TABLE.encode())
    assert len(await people.audited("catalog_imported")) == 1
    wrong = await send("", b'{"items": [\n{"code": "x"}]}')
    assert wrong.status_code == 422
    assert {(each["line"], each["field"]) for each in wrong.json()["errors"]} == {(2, "name"), (2, "type"), (2, "code")}
    assert (await send("", b"\xff")).status_code == 400
    out = await people.api.get("/api/v1/admin/catalog/export?format=csv", headers=editor.headers)
    assert out.headers["content-type"] == "text/csv; charset=utf-8"
    assert (await send("?format=csv", out.content)).json()["unchanged"] == 4
