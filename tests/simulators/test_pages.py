"""The pages of the simulators, as a person uses them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from playerbase.kit import clock, ids
from playerbase.kit.outside import Mail, Mailbox
from playerbase.simulators import oidc, twitch
from playerbase.simulators.world import Fault, Grant, World

NAMES = ["steam", "epic", "twitch", "oidc"]


@pytest.fixture
async def person(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=world.url, follow_redirects=True) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/mail", *(f"/{name}" for name in NAMES)])
async def test_every_page_is_there_and_brings_nothing_from_elsewhere(path: str, person: httpx.AsyncClient) -> None:
    shown = await person.get(path)
    assert shown.status_code == 200
    assert "<h1>" in shown.text
    assert not re.search(r"<script|<style|style=|https?://", shown.text)
    assert "default-src 'none'" in shown.headers["content-security-policy"]


async def test_they_wear_our_stylesheet(person: httpx.AsyncClient) -> None:
    sheet = await person.get("/static/playerbase.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")


@pytest.mark.parametrize("name", NAMES)
async def test_a_person_makes_an_account_and_something_to_copy(
    name: str, world: World, person: httpx.AsyncClient
) -> None:
    shown = await person.post(f"/{name}/people", data={"name": "Zoe <b>"})
    assert "Zoe &lt;b&gt;" in shown.text
    zoe = list(world.provider(name).people.values())[-1]
    for kind in ["ticket"] if name == "steam" else ["id_token", "access_token"]:
        made = await person.post(f"/{name}/people/{zoe.id}/hand", data={"kind": kind})
        assert re.search(r"<textarea[^>]*>[A-Za-z0-9._-]{20,}</textarea>", made.text)


async def test_a_person_bans_and_forgives(world: World, person: httpx.AsyncClient) -> None:
    ada = next(iter(world.provider("steam").people.values()))
    for what, field in (("publisher_ban", "publisher_banned"), ("vac_ban", "vac_banned")):
        await person.post(f"/steam/people/{ada.id}/turn", data={"what": what})
        assert getattr(ada, field)
        await person.post(f"/steam/people/{ada.id}/turn", data={"what": what})
        assert not getattr(ada, field)


async def test_a_person_lets_tokens_run_out_and_disconnects(world: World, person: httpx.AsyncClient) -> None:
    provider = world.provider("twitch")
    ada, eve = next(iter(provider.people.values())), provider.add("eve_live")
    for each in (ada, eve):
        twitch.access_token(world, each)
        provider.give_refresh(Grant(each.id, "simulatedtwitchclient"))
    assert "Disconnect the app" in (await person.get("/twitch")).text
    await person.post(f"/twitch/people/{ada.id}/turn", data={"what": "expire"})
    assert {grant.person_id for grant in provider.tokens.values()} == {eve.id}
    assert len(provider.refreshes) == 2, "what renews them is still there"
    await person.post(f"/twitch/people/{ada.id}/turn", data={"what": "disconnect"})
    assert {grant.person_id for grant in provider.refreshes.values()} == {eve.id}, "and nobody else's is touched"
    await person.post(f"/control/twitch/people/{eve.id}/withdraw", json={"what": "disconnect"})
    assert not provider.tokens
    assert not provider.refreshes


async def test_a_refresh_token_is_no_access_token(world: World, person: httpx.AsyncClient) -> None:
    refresh = world.provider("twitch").give_refresh(Grant("25009227", "simulatedtwitchclient"))
    answer = await person.get("/twitch/oauth2/validate", headers={"authorization": f"OAuth {refresh}"})
    assert answer.status_code == 401
    form = {"client_id": "simulatedtwitchclient", "client_secret": "simulated-secret", "grant_type": "refresh_token"}
    renewed = (await person.post("/twitch/oauth2/token", data={**form, "refresh_token": refresh})).json()
    assert isinstance(renewed["scope"], list)
    unknown = await person.post("/twitch/oauth2/token", data={**form, "refresh_token": "x"})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Invalid refresh token")


@pytest.mark.parametrize("name", NAMES)
async def test_a_person_lets_it_go_wrong_and_right_again(name: str, world: World, person: httpx.AsyncClient) -> None:
    shown = await person.post(f"/{name}/faults", data={"kind": "429", "count": "3"})
    assert list(world.provider(name).faults) == [Fault.TOO_MANY] * 3
    assert "The next 3 answers" in shown.text
    await person.post(f"/{name}/faults", data={"kind": "none"})
    assert not world.provider(name).faults


async def test_a_wish_that_makes_no_sense_is_said_to(person: httpx.AsyncClient) -> None:
    assert (await person.post("/steam/faults", data={"kind": "flood"})).status_code == 422
    assert (await person.post("/steam/people/nobody/hand", data={"kind": "ticket"})).status_code == 422
    assert (await person.get("/nintendo")).status_code == 404


async def test_no_page_elsewhere_can_wish_or_read(person: httpx.AsyncClient) -> None:
    foreign = await person.post("/steam/people", data={"name": "Eve"}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await person.get("/mail", headers={"host": "evil.example:8180"})).status_code == 403


async def test_the_mailbox_shows_the_letters_that_lie_in_the_folder(mail: Path, person: httpx.AsyncClient) -> None:
    assert "No letters" in (await person.get("/mail")).text
    letter = Mail(to="ada@example.com", subject="Your way in é", text="Open http://127.0.0.1:8080/verify#t0ken\n<b>")
    box = Mailbox(mail)
    path = await box.send("Playerbase <no-reply@localhost>", letter, mail_id=ids.uuid7(), at=clock.now())
    assert "Your way in é" in (await person.get("/mail")).text
    shown = (await person.get(f"/mail/{path.stem}")).text
    assert 'href="http://127.0.0.1:8080/verify#t0ken"' in shown
    assert "&lt;b&gt;" in shown
    for name in ("nothing", "..%2f..%2fsecret", ".hidden"):
        assert (await person.get(f"/mail/{name}")).status_code == 404


async def test_tests_have_a_way_of_their_own(world: World, person: httpx.AsyncClient) -> None:
    added = (await person.post("/control/epic/people", json={"name": "Zoe", "email": "z@example.com"})).json()
    assert world.provider("epic").people[added["id"]].email == "z@example.com"
    await person.post("/control/steam/people/76561197960287930", json={"vac_banned": True})
    assert world.provider("steam").people["76561197960287930"].vac_banned
    made = await person.post("/control/steam/tickets", json={"person": "76561197960287930", "app_id": 570})
    assert world.provider("steam").tickets[made.json()["ticket"]].app_id == 570
    asked = {"person": added["id"], "claims": {"aud": "other"}, "alg": "none"}
    assert (await person.post("/control/epic/tokens", json=asked)).json()["token"].endswith(".")
    await person.post("/control/epic/tokens", json={"person": added["id"], "kind": "access_token"})
    await person.post("/control/epic/faults", json={"kind": "half", "count": 2})
    assert (await person.get("/control/epic")).json()["faults"] == ["half", "half"]
    await person.post("/control/reset")
    assert (await person.get("/control/epic")).json()["faults"] == []
    assert (await person.post("/control/steam/tickets", json={"person": "nobody"})).status_code == 422


async def test_what_our_server_does_not_ask_is_played_too(world: World, person: httpx.AsyncClient) -> None:
    key = {"x-webapi-key": "simulated-publisher-key"}
    asked = {"steamid": "76561197960434622", "appid": "480"}
    owned = (await person.get("/steam/ISteamUser/CheckAppOwnership/v4/", params=asked, headers=key)).json()
    assert owned["appownership"]["ownsapp"] is True
    assert (owned["appownership"]["permanent"], owned["appownership"]["ownersteamid"]) == (False, "76561197960287930")
    refused = await person.get("/steam/ISteamUser/CheckAppOwnership/v4/", params=asked)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "text/html; charset=utf-8")

    ada = next(iter(world.provider("twitch").people.values()))
    token = twitch.access_token(world, ada)
    for path in ("/twitch/oauth2/validate", "/twitch/oauth2/userinfo"):
        assert (await person.get(path, headers={"authorization": f"OAuth {token}"})).status_code == 200
    ours = {"client_id": "simulatedtwitchclient", "token": token}
    assert (await person.post("/twitch/oauth2/revoke", data=ours)).status_code == 200
    gone = await person.get("/twitch/oauth2/validate", headers={"authorization": f"OAuth {token}"})
    assert (gone.status_code, gone.json()["message"]) == (401, "invalid access token")
    app = {**ours, "client_secret": "simulated-secret", "grant_type": "client_credentials"}
    assert "refresh_token" not in (await person.post("/twitch/oauth2/token", data=app)).json()

    someone = next(iter(world.provider("oidc").people.values()))
    headers = {"authorization": f"Bearer {oidc.access_token(world, someone)}"}
    assert (await person.get("/oidc/userinfo", headers=headers)).json()["sub"] == someone.id


async def test_epics_code_is_exchanged_as_at_epic(world: World, person: httpx.AsyncClient) -> None:
    ours = {"client_id": "simulated-epic-client", "response_type": "code", "redirect_uri": "http://127.0.0.1:1/back"}
    ada = next(iter(world.provider("epic").people.values()))
    assert (await person.get("/epic/id/authorize", params=ours)).status_code == 200
    sent = await person.get("/epic/choose", params={**ours, "person": ada.id}, follow_redirects=False)
    code = sent.headers["location"].split("code=")[1]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": ours["redirect_uri"]}
    pair = ("simulated-epic-client", "simulated-secret")
    given = await person.post("/epic/epic/oauth/v2/token", data=form, auth=pair)
    assert given.json()["account_id"] == ada.id
    again = await person.post("/epic/epic/oauth/v2/token", data=form, auth=pair)
    assert (again.status_code, again.json()["numericErrorCode"]) == (400, 18059)
    assert (await person.post("/epic/epic/oauth/v2/token", data=form)).status_code == 401
