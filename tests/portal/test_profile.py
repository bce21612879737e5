"""The profile in the portal, without scripts: what is wrong stands beside its field, and privacy is two clicks."""

import re

import httpx

from tests.accounts.desks import browser
from tests.accounts.people import People
from tests.files.sending import profile, shown


class Visit:
    """A player at a browser."""

    def __init__(self, people: People, cookie: str) -> None:
        self.api, self.headers = people.api, {"cookie": f"playerbase={cookie}", "sec-fetch-site": "same-origin"}

    async def get(self, path: str) -> httpx.Response:
        self.api.cookies.clear()
        return await self.api.get(path, headers=self.headers)

    async def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.get("/portal/profile")).text)
        assert found is not None
        return await self.api.post(path, data=form | {"csrf": found[1]}, headers=self.headers)


async def test_a_profile_is_read_written_and_hidden(people: People) -> None:
    ada = await people.register()
    customer = Visit(people, await browser(people, ada.player_id))
    page = await customer.get("/portal/profile")
    assert page.status_code == 200
    assert "No avatar yet" in page.text
    written = {"display_name": "Ada", "bio": "Notes", "country": "gb", "title": "Rookie", "colour": "#3F7D58"}
    assert (await customer.post("/portal/profile", written)).headers["location"] == "/portal/profile?told=saved"
    now = await profile(people, ada)
    assert (now["bio"], now["country"], now["colour"]) == ("Notes", "GB", "#3f7d58")
    for name, value, said in (
        ("twitch", "https://evil.test/x", "https address"), ("country", "GBR", "two letters"),
        ("colour", "red", "six hexadecimal digits"), ("title", "Emperor", "not earned"), ("bio", "x" * 201, "200"),
        ("display_name", "A", "3 to 50"),
    ):  # fmt: skip
        told = await customer.post("/portal/profile", written | {name: value})
        assert (told.status_code, said in told.text) == (422, True), name
        assert name == "title" or value in told.text, "what was typed stays"
    assert (await profile(people, ada))["version"] == 2
    await shown(people, ada)
    assert "/media/" in (await customer.get("/portal/profile")).text
    assert (await customer.post("/portal/profile/avatar/remove", {})).status_code == 303
    assert (await profile(people, ada))["avatar_url"] is None
    await customer.post("/portal/profile/privacy", {"allow_messages": "true"})
    now = await profile(people, ada)
    assert (now["is_public"], now["accept_friend_requests"], now["allow_messages"]) == (False, False, True)
