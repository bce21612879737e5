"""Every provider a browser can go to, on the page that signs in and on the page that links."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from playerbase import federation, simulators
from playerbase.federation import Providers
from playerbase.settings import SettingWrong
from playerbase.simulators.world import Person, World
from tests.accounts.people import People
from tests.portal.test_portal import csrf, post, sign_up
from tests.simulators.stage import log_in

LABELS = {"steam": "Steam", "epic": "Epic", "twitch": "Twitch", "simulated": "Studio Account"}
every = pytest.mark.parametrize("provider", list(LABELS))


@pytest.fixture
async def studio(world: World, people: People) -> World:
    """The same with a provider of the studio's own, which it calls by two words."""
    environ = simulators.surroundings(world.url, {}) | {"OIDC_SIMULATED_LABEL": "Studio Account"}
    site = people.api.site
    await site.lane(Providers).close()
    configuration = federation.configured(environ, in_production=False)
    site.keep(Providers(configuration, site.keys, public_url=site.public_url))
    return world


def person(world: World, provider: str, name: str = "Mossgate") -> Person:
    return world.provider("oidc" if provider == "simulated" else provider).add(name)


async def follow(people: People, page: str, label: str, person_id: str) -> httpx.Response:
    """The link of this provider on a page, out to it and back."""
    (href,) = re.findall(
        rf'<a class="btn" href="([^"]+)"(?: aria-label="Link {label}">|><svg[^>]*><use[^>]*></svg> {label}<)', page
    )
    begun = await people.api.get(href.replace("&amp;", "&"))
    if "/link" in href:
        begun = await people.api.get(begun.headers["location"])
    assert begun.status_code == 303, begun.text
    pairs = await log_in(begun.headers["location"], person_id)
    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    way_back = asked.get("redirect_uri") or asked["openid.return_to"].partition("?")[0]
    assert way_back.startswith("http://test/api/v1/auth/")
    return await people.api.get(f"{way_back}?{urlencode(pairs)}")


@every
async def test_a_browser_signs_in_by_each_of_them(people: People, studio: World, provider: str) -> None:
    door = (await people.api.get("/portal/sign-in")).text
    came = await follow(people, door, LABELS[provider], person(studio, provider).id)
    assert (came.status_code, came.headers["location"]) == (303, "/portal")
    assert f"Signed in with {LABELS[provider]}" in (await people.api.get("/portal/history")).text


@every
async def test_who_is_signed_in_links_and_unlinks_each_of_them(people: People, studio: World, provider: str) -> None:
    await sign_up(people)
    page = (await people.api.get("/portal/security")).text
    came = await follow(people, page, LABELS[provider], person(studio, provider).id)
    assert came.headers["location"] == f"/portal/security?linked={provider}"
    assert f"{LABELS[provider]} is linked." in (await people.api.get(came.headers["location"])).text
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 1
    asked = (await people.api.get(f"/portal/ways/{provider}/unlink")).text
    assert f"Unlink {LABELS[provider]}?" in asked
    gone = await post(people, f"/portal/ways/{provider}/unlink", {"csrf": await csrf(people)})
    assert gone.headers["location"] == "/portal/security?told=unlinked"
    told = (await people.api.get("/portal/history")).text
    assert f"Linked {LABELS[provider]}" in told
    assert f"Unlinked {LABELS[provider]}" in told


async def test_somebody_elses_is_refused_in_words_on_the_page(people: People, studio: World) -> None:
    mine = person(studio, "epic")
    await follow(people, (await people.api.get("/portal/sign-in")).text, "Epic", mine.id)
    people.api.cookies.clear()
    await sign_up(people)
    came = await follow(people, (await people.api.get("/portal/security")).text, "Epic", mine.id)
    assert came.headers["location"] == "/portal/security?fault=identity_taken"
    assert "belongs to somebody else here" in (await people.api.get(came.headers["location"])).text
    assert "Tried to link Epic" in (await people.api.get("/portal/history")).text


async def test_a_provider_that_is_no_longer_trusted_has_no_name_and_is_no_way_out(
    people: People, studio: World
) -> None:
    await sign_up(people)
    page = (await people.api.get("/portal/security")).text
    await follow(people, page, "Studio Account", person(studio, "simulated").id)
    site = people.api.site
    await site.lane(Providers).close()
    site.keep(Providers(federation.Configuration(), site.keys, public_url=site.public_url))
    page = (await people.api.get("/portal/security")).text
    assert "simulated" not in page.replace("/portal/ways/simulated/unlink", "")
    assert "Another way to sign in" in page
    assert "Linked another way to sign in" in (await people.api.get("/portal/history")).text


@pytest.mark.parametrize(
    ("label", "shown"), [(None, "Studio one"), ("Studio", "Studio"), ("x" * 41, None), ("two\nlines", None)]
)
def test_a_label_is_one_short_line(label: str | None, shown: str | None) -> None:
    environ = {
        "OIDC_PROVIDERS": "studio_one", "OIDC_STUDIO_ONE_ISSUER": "https://id.studio.example",
        "OIDC_STUDIO_ONE_CLIENT_ID": "c", **({"OIDC_STUDIO_ONE_LABEL": label} if label else {}),
    }  # fmt: skip
    if shown is None:
        with pytest.raises(SettingWrong):
            federation.configured(environ, in_production=True)
    else:
        assert federation.configured(environ, in_production=True).oidc["studio_one"].label == shown
