"""A sign-in on a device that was not in the account before is told as one, whoever vouched for it."""

import re
from urllib.parse import urlencode

import httpx
import pytest

from playerbase.kit.db import transaction
from playerbase.simulators import handing
from playerbase.simulators.world import World
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.accounts.phones import enrol
from tests.accounts.worlds import add
from tests.simulators.stage import log_in

ADA = "ada@example.com"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
OUT = {"steam": "steam/browser", "epic": "epic/authorize", "twitch": "twitch/authorize"}


async def is_new(people: People) -> bool:
    """Whether the latest sign-in was told as one on a new device."""
    query = """
        select coalesce(after::jsonb ->> 'new_device', '') = 'true' from audit.entries
        where action = 'authn_login_success' order by entry_id desc limit 1
    """
    told: bool = await people.api.site.pool.fetchval(query)
    return told


async def come_by_browser(people: People, provider: str, person_id: str) -> httpx.Response:
    """Out to a provider and back, with the cookies this browser has."""
    out = OUT.get(provider) or f"oidc/{provider}/authorize"
    left = await people.api.get(f"/api/v1/auth/{out}")
    assert left.status_code == 303, left.text
    pairs = await log_in(left.headers["location"], person_id)
    path = provider if provider in OUT else f"oidc/{provider}"
    back = await people.api.get(f"/api/v1/auth/{path}/callback?{urlencode(pairs)}")
    assert back.headers["location"] == "/portal", back.headers["location"]
    people.api.cookies.delete("playerbase")
    return back


@pytest.mark.parametrize("provider", ["steam", "epic", "twitch", "simulated"])
async def test_a_browser_is_new_once_whichever_provider_sent_it_back(
    people: People, world: World, provider: str
) -> None:
    person = add(world, provider if provider != "simulated" else "oidc").id
    first = await come_by_browser(people, provider, person)
    assert any(re.match("playerbase-device=pb_kd_", each) for each in first.headers.get_list("set-cookie"))
    assert await is_new(people)
    await come_by_browser(people, provider, person)
    assert not await is_new(people)
    people.api.cookies.clear()
    await come_by_browser(people, provider, person)
    assert await is_new(people), "another browser"
    people.api.cookies.clear()


@pytest.mark.parametrize("provider", ["steam", "epic", "oidc/simulated"])
async def test_a_game_that_keeps_its_token_is_known_again(people: People, world: World, provider: str) -> None:
    name = "oidc" if provider == "oidc/simulated" else provider
    person = add(world, name).id

    async def sign_in(number: int, **more: str) -> str:
        token = {"ticket": handing.ticket(world, person)} if name == "steam" else {
            "id_token": handing.id_token(world, name, person, claims={"jti": str(number)})
        }  # fmt: skip
        answer = await people.post(f"/auth/{provider}/login", token | more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["device_token"])

    made = await sign_in(1)
    assert await is_new(people)
    assert await sign_in(2, device_token=made) == made
    assert not await is_new(people)
    assert await sign_in(3) != made
    assert await is_new(people)


async def test_a_device_known_by_password_is_known_by_provider_and_after_a_code(people: People, world: World) -> None:
    ada, person = await people.register(), add(world, "steam").id
    made = (await people.log_in()).json()["device_token"]
    linked = await people.post(
        "/auth/link", {"provider": "steam", "credential": handing.ticket(world, person)}, **ada.headers
    )
    assert linked.status_code == 204
    body = {"ticket": handing.ticket(world, person), "device_token": made}
    assert (await people.post("/auth/steam/login", body)).json()["device_token"] == made
    assert not await is_new(people)
    phone = await enrol(people, ada)
    asked = await people.post("/auth/login", {"email": ADA, "password": PASSWORD, "device_token": made})
    body = {"mfa_token": asked.json()["mfa_token"], "code": await phone.next(), "device_token": made}
    assert (await people.post("/auth/2fa/verify", body)).json()["device_token"] == made
    assert not await is_new(people)


async def link(people: People, world: World, who: Someone) -> str:
    person = add(world, "steam").id
    body = {"provider": "steam", "credential": handing.ticket(world, person)}
    assert (await people.post("/auth/link", body, **who.headers)).status_code == 204
    return person


async def test_a_letter_tells_of_it_where_that_is_wanted(people: People, world: World, letterbox: Letterbox) -> None:
    ada = await people.register()
    person = await link(people, world, ada)
    await letterbox.come()
    someone(await people.post("/auth/steam/login", {"ticket": handing.ticket(world, person)}))
    assert await letterbox.come() == [], "nobody has asked for it"
    await want_letters(people)
    answer = await people.post(
        "/auth/steam/login", {"ticket": handing.ticket(world, person)}, **{"user-agent": FIREFOX}
    )
    letter = await letterbox.comes()
    assert (letter.to, letter.subject) == (ADA, "A new device signed in to your account")
    assert "Firefox on Windows has not been in your account before" in letter.text
    assert "Steam" in letter.text
    body = {"ticket": handing.ticket(world, person), "device_token": answer.json()["device_token"]}
    someone(await people.post("/auth/steam/login", body))
    assert await letterbox.come() == [], "it is known"
    someone(await people.log_in())
    assert (await letterbox.comes()).subject == "A new device signed in to your account"


async def test_there_is_no_letter_about_the_first_device_there_is(
    people: People, world: World, letterbox: Letterbox
) -> None:
    ada = await people.register()
    person = await link(people, world, ada)
    await want_letters(people)
    await people.api.site.pool.execute("delete from access.known_devices")
    await letterbox.come()
    someone(await people.post("/auth/steam/login", {"ticket": handing.ticket(world, person)}))
    assert await letterbox.come() == []


async def want_letters(people: People) -> None:
    query = """
        insert into accounts.settings (confirm_before_play, new_device_letters, changed_by, changed_at)
        values (false, true, 'tests', now())
    """
    async with transaction(people.api.site.pool) as tx:
        await tx.execute(query)
