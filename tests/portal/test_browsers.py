"""What browsers are told and asked: where pages may come from, what is kept, and how secrets are typed."""

import re
from collections.abc import Iterator

import pytest

from tests.accounts.people import PASSWORD, People

OURS = {"origin": "http://test", "sec-fetch-site": "same-origin"}
SIGN_UP = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Countess"}
PAGES = ("/portal/sign-in", "/portal/sign-up", "/portal/reset", "/console/sign-in")


def sources(people: People) -> Iterator[tuple[str, str]]:
    environment = people.api.site.rendering.environment
    for name in environment.list_templates():
        if name.endswith(".html"):
            assert environment.loader is not None
            yield name, environment.loader.get_source(environment, name)[0]


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_may_load_and_be_framed_by_nothing_from_elsewhere(people: People, path: str) -> None:
    answer = await people.api.get(path)
    rules = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["content-security-policy"].split(";"))
    assert rules["default-src"] == rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_every_file_of_a_page_is_ours_and_of_a_plain_kind(people: People) -> None:
    kinds = set()
    for name, source in sources(people):
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", source), name
        assert not re.search(r"<(?:iframe|object|embed|applet|base)\b", source), name
    for name in people.api.site.rendering.assets:
        answer = await people.api.get(people.api.site.rendering.address(name))
        kinds.add(answer.headers["content-type"])
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "postMessage" not in answer.text
    assert kinds == {"text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml"}


async def test_nothing_is_served_that_no_page_needs(people: People) -> None:
    for path in ("/.git/config", "/console/static/", "/console/static/..%2f..%2fsettings.py", "/pyproject.toml"):
        assert (await people.api.get(path)).status_code == 404, path
    assert (await people.api.request("TRACE", "/health")).status_code == 405


async def test_passwords_are_masked_and_may_be_pasted_and_filled_in(people: People) -> None:
    fields = 0
    for name, source in sources(people):
        assert "onpaste" not in source, name
        for field in re.findall(r'p\.field\("(?:password|current)".*?\) }}', source):
            fields += 1
            assert 'type="password"' in field, name
            assert re.search(r'autocomplete="(?:current|new)-password"', field), name
            assert "maxlength=1024" in field, name
        # The code of an item, an asset or a pool is a name.
        is_of_a_person = name.split("/")[0] in {"portal", "console"}
        for field in re.findall(r'p\.field\("(?:code|off_code)".*?\) }}', source) if is_of_a_person else ():
            assert 'autocomplete="one-time-code"' in field, name
    assert fields >= 6
    scripts = [asset.body for asset in people.api.site.rendering.assets.values() if b"script" in asset.media.encode()]
    assert scripts
    assert not any(b"paste" in script for script in scripts)


async def test_signing_out_leaves_nothing_to_go_back_to(people: People) -> None:
    await people.api.post("/portal/sign-up", data=SIGN_UP, headers=OURS)
    page = await people.api.get("/portal/security")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert 'action="/portal/sign-out"' in page.text
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    out = await people.api.post("/portal/sign-out", data={"csrf": token}, headers=OURS)
    assert out.headers["clear-site-data"] == '"cache"'
    assert "playerbase=; Path=/; Max-Age=0" in out.headers["set-cookie"]
    again = await people.api.get("/portal/security")
    assert (again.status_code, again.headers["location"]) == (303, "/portal/sign-in?next=/portal/security")


async def test_no_cookie_is_too_large_to_be_kept(people: People) -> None:
    answer = await people.api.post("/portal/sign-up", data=SIGN_UP, headers=OURS)
    for held in answer.headers.get_list("set-cookie"):
        assert len(held.partition(";")[0]) < 4_096
        assert "HttpOnly" in held
        assert "SameSite=Strict" in held


async def test_a_browser_from_elsewhere_gets_no_answer_by_cross_origin_rules(people: People) -> None:
    answer = await people.api.get("/portal/sign-in", headers={"origin": "https://evil.test"})
    assert "access-control-allow-origin" not in answer.headers
