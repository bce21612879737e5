"""The console over HTTP: what scripts do with it, and what it refuses."""

from uuid import UUID, uuid4

import pytest

from playerbase import accounts, matches
from playerbase.kit.db import transaction
from tests.conftest import Api
from tests.console.house import break_job, break_letters, furnish, report_of

HANDLER = "ladder.follow_matches"
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
async def staff(api: Api) -> dict[str, str]:
    """The operator's header."""
    async with transaction(api.site.pool) as tx:
        made = await accounts.bootstrap(tx, api.site.keys)
    assert made is not None
    answer = await api.post("/api/v1/auth/login", json={"email": made.email, "password": made.password})
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def test_letters_are_listed_replayed_and_discarded(api: Api) -> None:
    made = await furnish(api.site.pool, api.site.keys, "http://test")
    await api.drain()
    dead, held, retry = await break_letters(api.site.pool, HANDLER)
    answer = await api.post("/api/v1/auth/login", json={"email": made.email, "password": made.password})
    who = {"authorization": f"Bearer {answer.json()['access_token']}"}
    first = (await api.get("/api/v1/admin/letters?limit=2", headers=who)).json()
    assert [each["event"] for each in first["items"]] == [dead, held]
    assert first["items"][0]["body"]["game"] == "demo"
    rest = (await api.get(f"/api/v1/admin/letters?limit=2&cursor={first['next_cursor']}", headers=who)).json()
    assert [each["event"] for each in rest["items"]] == [retry]
    assert rest["next_cursor"] is None
    path = f"/api/v1/admin/letters/{HANDLER}"
    assert (await api.post(f"{path}/{held}/replay", json={"reason": "x"}, headers=who)).status_code == 409
    assert (await api.post(f"{path}/{dead}/replay", json={"reason": " "}, headers=who)).status_code == 422
    assert (await api.post(f"{path}/{dead}/replay", json={"reason": "mended"}, headers=who)).status_code == 200
    assert (await api.post(f"{path}/{retry}/discard", json={"reason": "void"}, headers=who)).status_code == 200
    assert (await api.post(f"{path}/{retry}/discard", json={"reason": "void"}, headers=who)).status_code == 404


async def test_jobs_are_listed_and_run_again(api: Api, staff: dict[str, str]) -> None:
    job_id = await break_job(api.site.pool)
    found = (await api.get("/api/v1/admin/jobs?state=dead", headers=staff)).json()["items"]
    assert [UUID(each["job_id"]) for each in found] == [job_id]
    assert found[0]["args"] == {"chain": 3}
    path = f"/api/v1/admin/jobs/{job_id}"
    assert (await api.post(f"{path}/rerun", json={"reason": "mended"}, headers=staff)).status_code == 200
    assert (await api.post(f"{path}/rerun", json={"reason": "mended"}, headers=staff)).status_code == 404
    assert (await api.post(f"{path}/discard", json={"reason": "no"}, headers=staff)).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/admin/letters", "/api/v1/admin/jobs"])
async def test_only_staff_looks_at_the_machinery(api: Api, path: str) -> None:
    assert (await api.get(path)).status_code == 401
    told = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
    answer = await api.post("/api/v1/auth/register", json=told)
    who = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await api.get(path, headers=who)).status_code == 403


async def test_assets_are_a_fixed_list_and_kept_for_ever(api: Api) -> None:
    page = (await api.get("/console/sign-in")).text
    (sheet,) = [part for part in page.split('"') if "playerbase.css" in part]
    answer = await api.get(sheet)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    for name in ("..%2f__init__.py", "%2e%2e%2f%2e%2e%2fmodel.py", "shell.html", "nothing.css"):
        assert (await api.get(f"/console/static/{name}")).status_code in {400, 404}, name


async def test_pages_hold_nothing_inline(api: Api) -> None:
    page = await api.get("/console/sign-in")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    root = api.site.rendering.environment
    for name in root.list_templates():
        if name.endswith(".html"):
            source, *_ = root.loader.get_source(root, name)
            assert " style=" not in source, name
            assert " on" not in {part[:3] for part in source.split("<") if part.startswith(" on")}, name
            assert "<script>" not in source, name


async def test_a_form_from_elsewhere_is_refused(api: Api) -> None:
    made = await furnish(api.site.pool, api.site.keys, "http://test")
    form = {"email": made.email, "password": made.password}
    cross = await api.post("/console/sign-in", data=form, headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403
    entered = await api.post("/console/sign-in", data=form, headers=OURS)
    assert entered.status_code == 303
    assert entered.headers["location"] == "/console"
    # The cookie alone is not enough: the page's own proof is missing.
    bare = await api.post("/console/limits/upload/reset", data={"reason": "x"}, headers=OURS)
    assert bare.status_code == 403
    page = (await api.get("/console/limits/upload/change")).text
    proof = page.partition('name="csrf" value="')[2].partition('"')[0]
    told = {"csrf": proof, "count": "12", "window_seconds": "60", "reason": "A test"}
    assert (await api.post("/console/limits/upload/change", data=told, headers=OURS)).status_code == 303
    foreign = OURS | {"sec-fetch-site": "same-site"}
    assert (await api.post("/console/limits/upload/change", data=told, headers=foreign)).status_code == 403


async def test_a_timeline_goes_on_without_gaps_or_repeats(api: Api) -> None:
    made = await furnish(api.site.pool, api.site.keys, "http://test")
    one, other = made.players[0], made.players[1]
    async with transaction(api.site.pool) as tx:
        await matches.report(tx, [report_of(one, other, minutes_ago=400 + each) for each in range(90)])
    await api.post("/console/sign-in", data={"email": made.email, "password": made.password}, headers=OURS)
    path: str | None = f"/console/players/{one}?kind=Matches"
    seen: list[str] = []
    for _ in range(10):
        page = (await api.get(path or "")).text
        lines = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
        seen += [part.partition('"')[0] for part in lines.split('href="/console/matches/')[1:]]
        onward = (
            page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0] if 'rel="next"' in page else ""
        )
        path = onward.replace("&amp;", "&")
        if not path:
            break
    played = await api.site.pool.fetch("select match_id from matches.appearances where player_id = $1", one)
    assert len(seen) == len(set(seen))
    assert {UUID(each) for each in seen} == {row["match_id"] for row in played}


async def test_what_is_not_there_is_said_in_words(api: Api) -> None:
    made = await furnish(api.site.pool, api.site.keys, "http://test")
    await api.post("/console/sign-in", data={"email": made.email, "password": made.password}, headers=OURS)
    for path in (
        f"/console/players/{uuid4()}",
        f"/console/matches/{uuid4()}",
        "/console/letters/x/1",
        "/console/jobs/1",
    ):
        page = await api.get(path)
        assert page.status_code in {404, 422}, path
        assert page.text.count("<h1") == 1
        assert page.headers["x-request-id"] in page.text
