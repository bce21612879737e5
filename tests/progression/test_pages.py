"""Saves on pages: staff compares, restores and lets stand; rules are edited; players restore and take copies home."""

from uuid import UUID

import pytest

from playerbase.progression import FieldRule
from playerbase.progression.pages.writing import read, written
from tests.accounts.desks import Desk, browser, desk
from tests.accounts.people import People
from tests.progression.shelf import Shelf


@pytest.fixture
async def boss(people: People) -> Desk:
    await people.begin()
    return await desk(people, "admin")


async def post(who: Desk, path: str, **form: str) -> tuple[int, str]:
    answer = await who.send("POST", path, form=form, signed_by=who.own)
    return answer.status_code, answer.headers.get("location", answer.text)


RULES = {
    "version": "0", "slots_max": "5", "bytes_max": "4096", "versions_max": "9", "history_days": "9",
    "saves_per_minute": "90", "players_restore": "on", "reason": "A test",
    "fields": "gold integer sum max=100 review\nbest.laps min per_hour=2.5 never_decreasing",
}  # fmt: skip


async def test_staff_edits_rules_compares_restores_and_lets_stand(boss: Desk, people: People) -> None:
    page = "/console/saves/games/demo"
    assert "defaults" in (await boss.get("/console/saves")).text
    status, text = await post(boss, page, **(RULES | {"fields": "gold integer\nbest wurst", "slots_max": "many"}))
    assert (status, "Line 2: nobody knows what wurst means" in text, "A whole number" in text) == (422, True, True)
    status, text = await post(boss, page, **(RULES | {"slots_max": "5000"}))
    assert (status, "`int` &lt;= 100" in text) == (422, True)
    status, text = await post(boss, page, **(RULES | {"fields": "gold text sum"}))
    assert (status, "Numbers are compared" in text) == (422, True)
    assert await post(boss, page, **RULES) == (303, "/console/saves?told=saved")
    assert (await post(boss, page, **(RULES | {"fields": ""})))[0] == 422  # It was changed meanwhile.
    assert "best.laps min per_hour=2.5 never_decreasing" in (await boss.get(page)).text

    ada = Shelf(people, await people.register("ada2@example.com", "Lovelace"))
    player = ada.someone.player_id
    await ada.saved({"gold": 7, "name": "<b>x"}, device="Phone")
    await ada.saved({"gold": 700, "map": "forest"}, 1)
    assert "gold" in (await boss.get("/console/saves")).text
    here = f"/console/players/{player}/saves"
    assert "Expected at most 100" in (await boss.get(here)).text
    slot = (await boss.get(f"{here}/demo/default")).text
    assert "<del>7</del>" in slot
    assert "<ins>700</ins>" in slot
    assert "&lt;b&gt;x" in slot
    assert "Restore version 1 for Lovelace?" in (await boss.get(f"{here}/demo/default/restore/1")).text
    restore = f"{here}/demo/default/restore/1"
    assert (await post(boss, restore, reason="Bug", expected="1"))[0] == 409  # They saved since it was shown.
    assert await post(boss, restore, reason="Bug", expected="2") == (303, f"{here}/demo/default?told=restored")
    assert await ada.data() == {"gold": 7, "name": "<b>x"}
    pool = people.api.site.pool
    assert await pool.fetchval("select decision from progression.flags") == "restored"
    await ada.saved({"gold": 701}, 3)
    flag = await pool.fetchval("select flag_id from progression.flags where decision is null")
    assert "Let this save stand?" in (await boss.get(f"/console/saves/flags/{flag}/stand")).text
    assert (await post(boss, f"/console/saves/flags/{flag}/stand", reason="A gift"))[0] == 303
    assert "Nothing was flagged" in (await boss.get("/console/saves")).text
    assert "Saves" in (await boss.get(f"/console/players/{player}")).text
    assert len(await people.audited("progression_flag_decided")) == 1


async def test_players_look_restore_and_take_a_copy_home(boss: Desk, people: People) -> None:
    someone = await people.register("ada2@example.com", "Lovelace")
    ada = Shelf(people, someone)
    own = Desk(people=people, player_id=someone.player_id, own=await browser(people, someone.player_id))
    assert "Nothing is saved yet" in (await own.get("/portal/saves")).text
    for version in range(2):
        await ada.saved({"v": version}, version, slot="main-1")
    assert "Main-1" in (await own.get("/portal/saves")).text
    here = "/portal/saves/demo/main-1"
    assert "Version 2" in (await own.get(here)).text
    file = await own.get(f"{here}/download/1")
    assert (file.json(), file.headers["content-disposition"]) == ({"v": 0}, 'attachment; filename="demo-main-1-1.json"')
    assert await post(own, f"{here}/restore", version="1", expected="1") == (303, f"{here}?fault=version_conflict")
    assert "changed meanwhile" in (await own.get(f"{here}?fault=version_conflict")).text
    assert await post(own, f"{here}/restore", version="1", expected="2") == (303, f"{here}?told=restored")
    assert await ada.data(slot="main-1") == {"v": 0}
    other = await boss.get(here)
    assert other.status_code == 404
    assert (await own.get(f"/console/players/{UUID(int=1)}/saves")).status_code == 403


@pytest.mark.parametrize(
    "rule",
    [
        FieldRule(path="a.b", type="integer", merge="sum", min=0, max=9.5, never_decreasing=True, on_violation="flag"),
        FieldRule(path="x", type="flag", required=True),
        FieldRule(path="y", merge="union", per_hour_max=2.5),
    ],
)
def test_a_rule_is_read_as_it_is_written(rule: FieldRule) -> None:
    assert read(f"\n{written(rule)}\n") == ([rule], "")


def test_a_path_that_is_none_is_named_by_its_line() -> None:
    assert read("a\n.b")[1].startswith("Line 2: ")
    assert read("a min=x")[1].startswith("Line 1: ")
