"""Saving, loading, conflicts and what is done about them, over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase.progression import actions
from tests.accounts.people import People, Someone
from tests.conftest import MovingClock
from tests.progression.shelf import SAVES, Shelf, declare


class House:
    """The operator, the game's server, and one player with two devices."""

    def __init__(self, people: People, boss: Someone, server: dict[str, str], ada: Someone, other: Someone) -> None:
        self.people, self.boss, self.server = people, boss, server
        self.phone, self.deck = Shelf(people, ada), Shelf(people, other)


@pytest.fixture
async def house(people: People) -> House:
    boss, server = await people.begin()
    ada = await people.register()
    answer = (await people.log_in()).json()
    other = Someone(ada.player_id, UUID(answer["session_id"]), answer["access_token"], answer["refresh_token"])
    return House(people, boss, server, ada, other)


async def test_a_save_comes_back_as_it_was_with_its_version_as_etag(house: House) -> None:
    data = {"level": 7, "at": "2026-11-20T18:00:00Z", "bag": [{"id": "sword", "n": 1}], "ratio": 0.5, "none": None}
    answer = await house.phone.put(data, device="Phone")
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (200, '"1"', 1)
    loaded = await house.deck.get()
    assert loaded.headers["etag"] == '"1"'
    assert loaded.json()["data"] == data  # Moments in it are the game's own text, and stay as they came.
    assert loaded.json() | {"saved_at": "", "data": ""} == {
        "game": "demo", "slot": "default", "version": 1, "base_version": 0, "kind": "save",
        "bytes": len(answer.request.content) and loaded.json()["bytes"], "device": "Phone", "saved_by": "player",
        "saved_at": "", "data": "",
    }  # fmt: skip


async def test_nothing_is_loaded_from_an_empty_slot_and_nobody_sees_anothers(house: House) -> None:
    await house.phone.saved({"a": 1})
    assert (await house.phone.get(slot="other")).status_code == 404
    bob = Shelf(house.people, await house.people.register("bob@example.com", "Bobby"))
    assert (await bob.get()).json()["code"] == "no_such_save"
    assert (await bob.get("/slots")).json()["items"] == []


async def test_a_stale_save_is_refused_with_both_sides_and_the_ways_out(house: House) -> None:
    await house.phone.saved({"gold": 1, "name": "x"})
    await house.phone.saved({"gold": 2, "name": "x"}, 1)
    refused = await house.deck.put({"gold": 5, "name": "x"}, 1)
    told = refused.json()
    assert (refused.status_code, told["code"], told["current_version"]) == (409, "version_conflict", 2)
    assert (told["theirs"]["version"], told["theirs"]["data"]) == (2, {"gold": 2, "name": "x"})
    assert told["mine"] == {"base_version": 1, "data": {"gold": 5, "name": "x"}}
    assert told["differing"] == ["gold"]
    assert set(told["resolve"]) == {"post", "keep_mine", "keep_theirs", "merge"}
    assert await house.phone.data() == {"gold": 2, "name": "x"}


@pytest.mark.parametrize("expected", [1, 7])
async def test_an_empty_slot_has_no_version_to_build_on(house: House, expected: int) -> None:
    refused = (await house.phone.put({"a": 1}, expected)).json()
    assert (refused["code"], refused["current_version"], refused["theirs"]) == ("version_conflict", 0, None)


async def test_the_same_save_sent_again_is_answered_as_before(house: House) -> None:
    first = await house.phone.put({"gold": 110})
    await house.phone.saved({"gold": 120}, 1)
    again = await house.phone.put({"gold": 110})
    assert (again.status_code, again.json()) == (200, first.json())
    # From another device the same content is another save: its ten were not these ten.
    assert (await house.deck.put({"gold": 110})).status_code == 409
    assert await house.phone.versions() == [2, 1]


async def test_a_version_must_be_named_once(house: House) -> None:
    api, headers = house.people.api, house.phone.headers
    body = {"game": "demo", "data": {}}
    unnamed = await api.put(SAVES, json=body, headers=headers)
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "seen_version_missing")
    for given, status in (('"0"', 200), ("nonsense", 400), ("*", 400)):
        assert (await api.put(SAVES, json=body, headers=headers | {"if-match": given})).status_code == status
    both = await api.put(SAVES, json=body | {"expected_version": 1}, headers=headers | {"if-match": '"2"'})
    assert both.json()["errors"][0]["code"] == "conflicting"


@pytest.mark.parametrize(
    "wrong",
    [{"data": []}, {"data": None}, {"slot": "A B"}, {"game": "nosuch"}, {"expected_version": -1}, {"device": "x" * 65}],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(house: House, wrong: dict[str, Any]) -> None:
    body = {"game": "demo", "data": {}, "expected_version": 0} | wrong
    answer = await house.people.api.put(SAVES, json=body, headers=house.phone.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in {*wrong, "data"}


async def test_two_sides_are_settled_by_keeping_one_or_merging_both(house: House) -> None:
    fields = [
        {"path": "gold", "merge": "sum"},
        {"path": "best", "merge": "max"},
        {"path": "unlocked", "merge": "union"},
    ]
    assert (await declare(house.people, house.boss, fields=fields, undeclared="ask")).status_code == 200
    start = {"gold": 100, "best": 5, "unlocked": ["a"], "name": "Ada"}
    await house.phone.saved(start)
    await house.phone.saved(start | {"gold": 130, "unlocked": ["a", "b"]}, 1)
    mine = start | {"gold": 90, "best": 9, "unlocked": ["a", "c"]}
    merged = await house.deck.post("resolve", strategy="merge", base_version=1, data=mine)
    assert merged.json()["data"] == {"gold": 120, "best": 9, "unlocked": ["a", "b", "c"], "name": "Ada"}
    assert (merged.json()["version"], merged.json()["kind"]) == (3, "merge")
    # Sent again it is the same merge: nothing is added twice.
    again = await house.deck.post("resolve", strategy="merge", base_version=1, data=mine)
    assert again.json() == merged.json()
    unsettled = await house.deck.post("resolve", strategy="merge", base_version=0, data=mine | {"name": "Eve"})
    assert (unsettled.status_code, unsettled.json()["code"]) == (409, "cannot_merge")
    assert unsettled.json()["fields"] == ["name"]

    kept = await house.deck.post("resolve", strategy="keep_theirs")
    assert (kept.json()["version"], kept.json()["data"]["gold"]) == (3, 120)
    stale = await house.deck.post("resolve", strategy="keep_mine", data=mine, expected_version=2)
    assert (stale.status_code, stale.json()["current_version"]) == (409, 3)
    assert (await house.deck.post("resolve", strategy="keep_mine", data=mine, expected_version=3)).status_code == 200
    assert await house.phone.data() == mine
    assert (await house.phone.get("/history/3")).json()["data"]["gold"] == 120  # What was given up is still there.


@pytest.mark.parametrize(
    ("body", "field"),
    [({"strategy": "merge", "data": {}}, "base_version"), ({"strategy": "merge", "base_version": 0}, "data"),
     ({"strategy": "keep_mine", "data": {}}, "expected_version")],
)  # fmt: skip
async def test_a_strategy_says_what_it_lacks(house: House, body: dict[str, Any], field: str) -> None:
    assert (await house.phone.post("resolve", **body)).json()["errors"][0]["field"] == field


async def test_a_version_is_restored_as_the_next_one_once(house: House) -> None:
    for version in range(3):
        await house.phone.saved({"level": version}, version)
    restored = await house.phone.post("restore", version=1, expected_version=3, key="r1")
    assert (restored.json()["version"], restored.json()["data"]) == (4, {"level": 0})
    for key in ("r1", "r2", ""):
        again = await house.phone.post("restore", version=1, expected_version=3, key=key)
        assert again.json() == restored.json()
    assert (await house.deck.post("restore", version=2, expected_version=3)).status_code == 409
    assert (await house.phone.post("restore", version=9, expected_version=4)).json()["code"] == "no_such_version"
    assert await house.phone.versions() == [4, 3, 2, 1]
    await house.people.api.drain()
    told = await house.people.api.site.pool.fetch("select topic from kit.events where topic like 'progression.%'")
    assert sorted(row["topic"] for row in told) == ["progression.restored", *["progression.saved"] * 3]


async def test_where_the_game_says_so_only_staff_restores(house: House) -> None:
    await declare(house.people, house.boss, players_restore=False)
    await house.phone.saved({"a": 1})
    await house.phone.saved({"a": 2}, 1)
    refused = await house.phone.post("restore", version=1, expected_version=2)
    assert (refused.status_code, refused.json()["code"]) == (403, "restoring_not_allowed")
    path = f"/api/v1/admin/players/{house.phone.someone.player_id}/progression/restore"
    body = {"game": "demo", "version": 1, "expected_version": 2, "reason": "lost by a bug"}
    done = await house.people.api.post(path, json=body, headers=house.boss.headers)
    assert (done.status_code, done.json()["version"]) == (200, 3)
    assert [row["reason"] for row in await house.people.audited("progression_restored")] == ["lost by a bug"]


async def test_quotas_are_what_the_game_declares(house: House, clock: MovingClock) -> None:
    quotas = {"slots_max": 2, "bytes_max": 256, "saves_per_minute": 3, "versions_max": 2, "history_days": 1}
    await declare(house.people, house.boss, quotas=quotas)
    large = await house.phone.put({"x": "y" * 300})
    assert (large.status_code, large.json()["limit"]) == (413, 256)
    for version in range(3):
        await house.phone.saved({"v": version}, version)
    often = await house.phone.put({"v": 9}, 3)
    assert (often.status_code, often.json()["code"]) == (429, "saving_too_often")
    assert int(often.headers["retry-after"]) in range(1, 61)
    await house.phone.saved({}, slot="second")
    third = await house.phone.put({}, slot="third")
    assert (third.status_code, third.json()["slots_max"]) == (409, 2)
    clock.forward(minutes=1)
    await house.phone.saved({"v": 3}, 3)
    assert await actions.sweep(house.people.api.site.pool) == 2
    assert await house.phone.versions() == [4, 3]
    clock.forward(days=2)
    assert await actions.sweep(house.people.api.site.pool) == 1
    left = await house.people.api.site.pool.fetchval(
        "select max(version) from progression.versions where slot <> 'second'"
    )
    assert left == 4  # The latest stays, however old.
    assert await actions.sweep(house.people.api.site.pool) == 0


async def test_a_busy_slot_removes_its_old_versions_by_itself(house: House) -> None:
    await declare(house.people, house.boss, quotas={"versions_max": 4, "saves_per_minute": 100})
    for version in range(33):
        await house.phone.saved({"v": version}, version)
    assert await house.phone.versions() == [33, 32, 31, 30, 29]


async def test_what_breaks_a_rule_is_refused_or_flagged_as_the_game_says(house: House) -> None:
    fields = [
        {"path": "level", "type": "integer", "min": 1, "never_decreasing": True},
        {"path": "gold", "type": "integer", "per_hour_max": 100, "on_violation": "flag"},
    ]
    await declare(house.people, house.boss, fields=fields)
    wrong = await house.phone.put({"level": 0, "gold": 1})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "save_implausible")
    assert [(each["field"], each["code"]) for each in wrong.json()["errors"]] == [("data.level", "below_minimum")]
    await house.phone.saved({"level": 2, "gold": 1})
    assert (await house.phone.put({"level": 1, "gold": 1}, 1)).json()["errors"][0]["code"] == "decreased"
    for version in (1, 2):
        flagged = await house.phone.put({"level": 2, "gold": 5_000 * version}, version)
        assert (flagged.status_code, flagged.json()["flagged"]) == (200, ["gold"])
    api, boss = house.people.api, house.boss.headers
    (flag,) = (await api.get("/api/v1/admin/progression/flags", headers=boss)).json()[
        "items"
    ]  # Once, while it is open.
    assert (flag["field"], flag["rule"], flag["version"]) == ("gold", "too_fast", 2)
    path = f"/api/v1/admin/progression/flags/{flag['flag_id']}/stand"
    for _ in range(2):
        assert (await api.post(path, json={"reason": "a gift"}, headers=boss)).json()["decision"] == "stands"
    assert (await api.get("/api/v1/admin/progression/flags", headers=boss)).json()["items"] == []
    count = await api.site.pool.fetchval("select count(*) from kit.events where topic = 'progression.flagged'")
    assert count == 1


async def test_rules_are_declared_by_version_and_only_if_they_can_hold(house: House) -> None:
    people, boss = house.people, house.boss
    fields = [{"path": "gold", "merge": "sum"}]
    assert (await declare(people, boss, fields=fields)).json()["version"] == 1
    assert (await declare(people, boss, fields=fields)).json()["version"] == 1  # Sent again.
    assert (await declare(people, boss, fields=[])).status_code == 409
    assert (await declare(people, boss, 1, fields=[])).json()["version"] == 2
    for wrong in (
        [{"path": "a"}, {"path": "a"}], [{"path": "a", "type": "text", "merge": "sum"}],
        [{"path": "a", "min": 2, "max": 1}], [{"path": "a", "type": "flag", "min": 1}], [{"path": "a..b"}],
        [{"path": "a", "type": "list", "per_hour_max": 1}], [{"path": "a", "type": "text", "never_decreasing": True}],
    ):  # fmt: skip
        assert (await declare(people, boss, 2, fields=wrong)).status_code == 422, wrong
    past = (await people.api.get("/api/v1/admin/progression/demo/history", headers=boss.headers)).json()["items"]
    assert [each["version"] for each in past] == [2, 1]
    assert len(await people.audited("progression_rules_changed")) == 2


async def test_a_games_server_saves_for_its_own_game_and_players_there_are(house: House) -> None:
    api, player = house.people.api, house.phone.someone.player_id
    path = f"/api/v1/players/{player}/progression"
    body = {"game": "demo", "data": {"by": "server"}, "expected_version": 0}
    assert (await api.put(path, json=body, headers=house.server)).json()["version"] == 1
    assert (await house.phone.get()).json()["saved_by"].startswith("server:")
    loaded = await api.get(path, params={"game": "demo"}, headers=house.server)
    assert loaded.json()["data"] == {"by": "server"}
    other = await api.put(path, json=body | {"game": "else"}, headers=house.server)
    assert (other.status_code, other.json()["code"]) == (403, "other_game")
    nobody = await api.put(f"/api/v1/players/{uuid4()}/progression", json=body, headers=house.server)
    assert nobody.status_code in {404, 410, 422}
    assert (await api.put(path, json=body, headers=house.phone.headers)).status_code == 403


async def test_lists_are_paged_to_their_end(house: House) -> None:
    for name in ("a", "b", "c"):
        await house.phone.saved({}, slot=name)
    seen, cursor = [], None
    for _ in range(3):
        page = (await house.phone.get("/slots", limit=1, **({"cursor": cursor} if cursor else {}))).json()
        seen += [each["slot"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (["a", "b", "c"], None)
