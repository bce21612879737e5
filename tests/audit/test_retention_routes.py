"""The policy of retention over HTTP and in the console."""

import json

import pytest

from playerbase import access, audit
from playerbase.audit.actions import prune, watch
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone
from tests.audit.conftest import CHAIN, Superuser, fill
from tests.conftest import Api

PATH = "/api/v1/admin/audit/retention"
PAGE = "/console/audit/retention"


async def put(
    api: Api, who: Someone, days: object, reason: str = "as the lawyers say"
) -> tuple[int, dict[str, object]]:
    answer = await api.put(PATH, json={"days": days, "reason": reason}, headers=who.headers)
    return answer.status_code, answer.json()


async def test_it_keeps_everything_until_it_is_told_otherwise(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    told = (await api.get(PATH, headers=operator.headers)).json()
    assert told == {
        "days": None, "days_min": 90, "set_by": "", "set_at": None, "rows_removed": 0, "removed_until": None,
        "is_ours": True,
    }  # fmt: skip


async def test_a_change_is_told_and_written_down_with_before_and_after(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    status, told = await put(api, operator, 365)
    assert (status, told["days"], told["set_by"]) == (200, 365, str(operator.player_id))
    assert (await api.get(PATH, headers=operator.headers)).json() == told
    assert (await put(api, operator, None, "as they say now"))[1]["days"] is None

    rows = await api.site.pool.fetch(
        "select actor_id, before, after, reason from audit.entries where action = 'audit_retention_changed'"
        " order by entry_id"
    )
    assert [(json.loads(row["before"]), json.loads(row["after"]), row["reason"]) for row in rows] == [
        ({"days": None}, {"days": 365}, "as the lawyers say"),
        ({"days": 365}, {"days": None}, "as they say now"),
    ]
    assert {row["actor_id"] for row in rows} == {str(operator.player_id)}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 89, "reason": "x"}, "days"),
        ({"days": 36_501, "reason": "x"}, "days"),
        ({"days": "365", "reason": "x"}, "days"),
        ({"reason": "x"}, "days"),
        ({"days": 365}, "reason"),
        ({"days": 365, "reason": " "}, "reason"),
        ({"days": 365, "reason": "x", "chain": 3}, "chain"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    api: Api, people: People, body: dict[str, object], field: str
) -> None:
    operator, _ = await people.begin()
    answer = await api.put(PATH, json=body, headers=operator.headers)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert (await api.get(PATH, headers=operator.headers)).json()["days"] is None


async def with_role(api: Api, people: People, role: str) -> Someone:
    someone = await people.register(f"{role}@example.com", f"Some {role}")
    by = audit.Deed(actor_kind="system", actor_id="test", action="")
    async with transaction(api.site.pool) as tx:
        await access.set_roles(tx, someone.player_id, [role], by=by)
    return someone


async def test_who_reads_the_log_sees_it_and_an_admin_alone_changes_it(api: Api, people: People) -> None:
    await people.begin()
    support, moderator = await with_role(api, people, "support"), await with_role(api, people, "moderator")
    assert (await api.get(PATH, headers=support.headers)).status_code == 200
    assert (await api.get(PATH, headers=moderator.headers)).status_code == 403
    assert (await api.get(PATH)).status_code == 401
    assert (await put(api, support, 90))[0] == 403
    assert (await api.get(PAGE, headers=support.headers)).status_code == 403
    assert (await api.post(PAGE, data={"days": "90", "reason": "x"}, headers=support.headers)).status_code == 403
    assert "Change…" not in (await api.get("/console/audit", headers=support.headers)).text
    assert len(await people.audited("audit_set_retention")) == 2


async def test_the_console_shows_it_and_changes_it(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    page = (await api.get("/console/audit", headers=operator.headers)).text
    assert "Entries are kept for good." in page
    assert f'href="{PAGE}"' in page

    asked = (await api.get(PAGE, headers=operator.headers)).text
    assert 'min="90"' in asked
    answer = await api.post(PAGE, data={"days": "400", "reason": "enough"}, headers=operator.headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/audit?told=retention")
    page = (await api.get("/console/audit?told=retention", headers=operator.headers)).text
    assert "Entries are kept 400 days." in page
    assert "Changed. It is applied once a day." in page
    assert 'value="400"' in (await api.get(PAGE, headers=operator.headers)).text

    await api.post(PAGE, data={"days": "", "reason": "more"}, headers=operator.headers)
    assert "Entries are kept for good." in (await api.get("/console/audit", headers=operator.headers)).text
    assert (await api.post(PAGE, data={"days": "89", "reason": "x"}, headers=operator.headers)).status_code == 422


async def test_the_console_shows_what_was_removed(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    await put(api, operator, 90)
    await people.later(days=91)
    admin = await with_role(api, people, "admin")
    removed = await prune(api.site.pool)

    told = (await api.get(PATH, headers=admin.headers)).json()
    assert told["rows_removed"] == removed > 0
    last = await api.site.pool.fetchval("select max(removed_until) from audit.starts")
    assert told["removed_until"] == clock.rfc3339(last)
    page = (await api.get("/console/audit", headers=admin.headers)).text
    assert f"; {removed} were removed by policy, the last of " in page


async def test_the_first_entry_that_is_left_is_shown_as_whole(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    await put(api, operator, 90)
    await fill(api.site.pool, 3)
    await people.later(days=91)
    admin = await with_role(api, people, "admin")
    await fill(api.site.pool, 2)
    await prune(api.site.pool)
    start = await api.site.pool.fetchval("select seq from audit.starts where chain = $1", CHAIN)

    async def shown(seq: int) -> str:
        return (await api.get(f"/console/audit/{CHAIN}/{seq}", headers=admin.headers)).text

    first, second = await shown(start + 1), await shown(start + 2)
    assert ("Hash fits" in first, "Hash fits" in second) == (True, True)
    assert ("Row before" in first, "Row before" in second) == (False, True)
    async with api.site.pool.acquire() as connection:
        await Superuser(connection).does("update audit.starts set mac = '' where chain = {chain}")
    assert "Hash does not fit" in await shown(start + 1)
    assert "Hash fits" in await shown(start + 2)
    await watch(api.site.pool)
    page = (await api.get("/console/audit", headers=admin.headers)).text
    assert "Start forged" in page


async def test_a_policy_changed_by_hand_is_shown_as_such(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    async with api.site.pool.acquire() as connection:
        await Superuser(connection).does("update audit.retention set days = 90")
    assert (await api.get(PATH, headers=operator.headers)).json()["is_ours"] is False
    await watch(api.site.pool)
    page = (await api.get("/console/audit", headers=operator.headers)).text
    assert "Changed past Playerbase" in page
    assert "Policy forged</b>, retention: No key of this installation signed the policy." in page
    assert "Retention: No key of this installation" in (await api.get("/console", headers=operator.headers)).text
