"""Signing in by what a provider says, and linking and unlinking, against the simulators."""

import asyncio
from urllib.parse import urlencode

import httpx
import pytest

from playerbase import access, audit, identity
from playerbase.kit.db import transaction
from playerbase.simulators import handing
from playerbase.simulators.world import Fault, Person, World
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.accounts.phones import enrol
from tests.accounts.worlds import add
from tests.simulators.stage import log_in

DEVICE = {"device_id": "d" * 32}
TABLES = (
    "identity.identities", "identity.links", "identity.merge_requests", "audit.entries", "kit.events",
    "access.sessions", "federation.used", "federation.states", "kit.idempotency", "profiles.profiles",
)  # fmt: skip


async def by_steam(people: People, world: World, person: Person, **headers: str) -> httpx.Response:
    return await people.post("/auth/steam/login", {"ticket": handing.ticket(world, person.id)}, **headers)


async def link_steam(people: People, world: World, who: Someone, person: Person) -> httpx.Response:
    body = {"provider": "steam", "credential": handing.ticket(world, person.id)}
    return await people.post("/auth/link", body, **who.headers)


async def unlink(people: People, who: Someone, provider: str) -> tuple[int, str]:
    answer = await people.api.delete(f"/api/v1/auth/link/{provider}", headers=who.headers)
    return answer.status_code, answer.json()["code"] if answer.content else ""


async def linked(people: People, who: Someone) -> list[tuple[str, str | None, str | None]]:
    answer = await people.api.get("/api/v1/player/linked-accounts", headers=who.headers)
    return [(each["provider"], each["provider_id"], each["name"]) for each in answer.json()["items"]]


async def test_a_first_ticket_makes_a_player_and_a_second_finds_them(people: People, world: World) -> None:
    person = add(world, "steam")
    first = someone(await by_steam(people, world, person))
    second = someone(await by_steam(people, world, person))
    assert (first.player_id, first.session_id) != (second.player_id, second.session_id)
    assert first.player_id == second.player_id
    profile = (await people.api.get("/api/v1/profiles/me", headers=first.headers)).json()
    assert profile["display_name"] == "Mossgate"
    assert await linked(people, first) == [("steam", person.id, "Mossgate")]
    topics = [row["topic"] for row in await people.api.site.pool.fetch("select topic from kit.events order by id")]
    assert topics == ["player.registered", "player.logged_in", "player.logged_in"]


async def test_no_table_shows_who_somebody_is_at_a_provider(people: People, world: World) -> None:
    person = add(world, "steam", "Findable")
    ticket = handing.ticket(world, person.id)
    await people.post("/auth/steam/login", {"ticket": ticket}, **{"idempotency-key": "once"})
    for table in TABLES:
        rows = str([list(row.values()) for row in await people.api.site.pool.fetch(f"select * from {table}")])
        assert person.id not in rows, table
        assert ticket not in rows, table


async def test_what_a_provider_calls_somebody_is_read_in_their_own_row_alone(people: People, world: World) -> None:
    ada = someone(await by_steam(people, world, add(world, "steam", "Ada")))
    someone(await by_steam(people, world, add(world, "steam", "Bob")))
    assert [name for _, _, name in await linked(people, ada)] == ["Ada"]
    moved = """
        update identity.identities set sealed = other.sealed
        from identity.identities as other where other.player_id <> identities.player_id and identities.player_id = $1
    """
    await people.api.site.pool.execute(moved, ada.player_id)
    assert [(id_, name) for _, id_, name in await linked(people, ada)] == [(None, None)]


async def test_a_ticket_is_good_once_and_its_answer_may_be_asked_for_again(people: People, world: World) -> None:
    body = {"ticket": handing.ticket(world, add(world, "steam").id)}
    key = {"idempotency-key": "once"}
    first = await people.post("/auth/steam/login", body, **key)
    retried = await people.post("/auth/steam/login", body, **key)
    again = await people.post("/auth/steam/login", body)
    assert first.status_code == 200
    assert (retried.status_code, retried.content) == (200, first.content)
    assert (again.status_code, again.json()["code"]) == (401, "provider_refused")


@pytest.mark.parametrize("provider", ["epic", "oidc/simulated"])
async def test_an_id_token_signs_somebody_in(people: People, world: World, provider: str) -> None:
    name = "epic" if provider == "epic" else "oidc"
    person = add(world, name)
    token = handing.id_token(world, name, person.id)
    who = someone(await people.post(f"/auth/{provider}/login", {"id_token": token}))
    ((told, provider_id, _),) = await linked(people, who)
    assert (told, provider_id) == ("epic" if provider == "epic" else "simulated", person.id)
    forged = handing.id_token(world, name, person.id, alg="none")
    answer = await people.post(f"/auth/{provider}/login", {"id_token": forged})
    assert (answer.status_code, answer.json()["code"]) == (401, "provider_refused")


async def test_a_provider_nobody_configured_is_unknown(people: People, world: World) -> None:
    assert world.url
    answer = await people.post("/auth/oidc/nobody/login", {"id_token": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "provider_unknown")


async def test_a_provider_that_is_away_is_said_to_be(people: People, world: World) -> None:
    person = add(world, "steam")
    ticket = handing.ticket(world, person.id)
    world.provider("steam").break_next(Fault.FORBIDDEN, 1)
    answer = await people.post("/auth/steam/login", {"ticket": ticket})
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_away")
    assert int(answer.headers["retry-after"]) >= 1
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 0


async def test_who_is_banned_there_or_here_does_not_come_in(people: People, world: World) -> None:
    person = add(world, "steam")
    who = someone(await by_steam(people, world, person))
    person.publisher_banned = True
    answer = await by_steam(people, world, person)
    assert (answer.status_code, answer.json()["code"]) == (403, "provider_banned")
    person.publisher_banned = False
    async with transaction(people.api.site.pool) as tx:
        barring = identity.Barring(identity.BanKind.BANNED, "Cheating")
        await access.bar(tx, who.player_id, barring, by=audit.Deed(actor_kind="system", actor_id="tests", action=""))
    answer = await by_steam(people, world, person)
    assert (answer.status_code, answer.json()["code"]) == (403, "player_barred")


async def test_a_guest_links_steam_and_is_the_same_player_by_it(people: People, world: World) -> None:
    guest, person = someone(await people.post("/auth/device/login", DEVICE)), add(world, "steam")
    for _ in range(2):
        assert (await link_steam(people, world, guest, person)).status_code == 204, "twice is as once"
    assert someone(await by_steam(people, world, person)).player_id == guest.player_id
    assert [provider for provider, _, _ in await linked(people, guest)] == ["device", "steam"]
    other = await link_steam(people, world, guest, add(world, "steam", "Other"))
    assert (other.status_code, other.json()["code"]) == (409, "linked_already")
    history = await people.api.get("/api/v1/player/linked-accounts/history", headers=guest.headers)
    assert [(each["provider"], each["what"]) for each in history.json()["items"]] == [
        ("steam", "linked"), ("device", "linked"),
    ]  # fmt: skip
    assert len(await people.audited("identity_linked")) == 1


async def test_an_identity_of_somebody_else_is_never_moved(people: People, world: World) -> None:
    person = add(world, "steam")
    owner = someone(await by_steam(people, world, person))
    guest = someone(await people.post("/auth/device/login", DEVICE))
    answers = [await link_steam(people, world, guest, person) for _ in range(2)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "identity_taken")] * 2
    told = answers[0].json()
    assert told["next"] == ["sign_in_with_it", "await_merge"]
    assert told["merge_request_id"] == answers[1].json()["merge_request_id"], "one request however often"
    assert str(owner.player_id) not in answers[0].text, "whose it is is not told"
    assert someone(await by_steam(people, world, person)).player_id == owner.player_id
    (row,) = await people.api.site.pool.fetch("select asked_by, owner_id, state from identity.merge_requests")
    assert tuple(row) == (guest.player_id, owner.player_id, "open")


async def test_an_e_mail_address_links_nobody(people: People, world: World) -> None:
    ada = await people.register("mossgate@example.com")
    person = add(world, "oidc")
    assert person.email == "mossgate@example.com"
    token = handing.id_token(world, "oidc", person.id)
    other = someone(await people.post("/auth/oidc/simulated/login", {"id_token": token}))
    assert other.player_id != ada.player_id


async def test_unlinking_wants_a_fresh_proof_and_leaves_a_way(people: People, world: World) -> None:
    ada, person = await people.register(), add(world, "steam")
    assert (await link_steam(people, world, ada, person)).status_code == 204
    by_it = someone(await by_steam(people, world, person))
    await people.later(minutes=6)
    assert await unlink(people, ada, "steam") == (403, "reauth_required")
    proof = await people.post("/auth/reauthenticate", {"password": "Correct1!horse"}, **ada.headers)
    assert proof.status_code == 200
    assert await unlink(people, ada, "steam") == (204, "")
    assert await people.validate(by_it) == 401, "what was signed in by it is signed out"
    assert await people.validate(ada) == 200
    assert await unlink(people, ada, "steam") == (404, "not_linked")
    assert await unlink(people, ada, "password") == (422, "not_unlinked")
    again = someone(await by_steam(people, world, person))
    assert again.player_id != ada.player_id
    assert await unlink(people, again, "steam") == (409, "last_way")


async def test_of_many_who_unlink_the_last_two_at_once_one_way_is_left(people: People, world: World) -> None:
    guest = someone(await people.post("/auth/device/login", DEVICE))
    assert (await link_steam(people, world, guest, add(world, "steam"))).status_code == 204
    said = await asyncio.gather(*(unlink(people, guest, ("steam", "device")[n % 2]) for n in range(8)))
    assert said.count((204, "")) == 1
    assert len(await linked(people, guest)) == 1


async def test_whoever_has_a_second_factor_is_asked_for_it(people: People, world: World) -> None:
    ada, person = await people.register(), add(world, "steam")
    assert (await link_steam(people, world, ada, person)).status_code == 204
    phone = await enrol(people, ada)
    asked = await by_steam(people, world, person)
    assert (asked.status_code, asked.json()["mfa_required"]) == (202, True)
    body = {"mfa_token": asked.json()["mfa_token"], "code": await phone.next()}
    assert someone(await people.post("/auth/2fa/verify", body)).player_id == ada.player_id


async def leave(people: People, provider: str = "steam", back: str = "/portal") -> str:
    own = {"steam": "steam/browser", "epic": "epic/authorize", "twitch": "twitch/authorize"}
    path = own.get(provider) or f"oidc/{provider}/authorize"
    answer = await people.api.get(f"/api/v1/auth/{path}", params={"back": back})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def come_back(people: People, provider: str, pairs: list[tuple[str, str]]) -> httpx.Response:
    path = provider if provider in {"steam", "epic", "twitch"} else f"oidc/{provider}"
    return await people.api.get(f"/api/v1/auth/{path}/callback?{urlencode(pairs)}")


@pytest.mark.parametrize("provider", ["steam", "epic", "twitch", "simulated"])
async def test_a_browser_goes_out_and_comes_back_signed_in(people: People, world: World, provider: str) -> None:
    person = add(world, provider if provider != "simulated" else "oidc")
    pairs = await log_in(await leave(people, provider, "/portal/history"), person.id)
    back = await come_back(people, provider, pairs)
    assert (back.status_code, back.headers["location"]) == (303, "/portal/history")
    assert (await people.api.get("/portal")).status_code == 200
    people.api.cookies.clear()
    again = await come_back(people, provider, pairs)
    assert again.headers["location"] == "/portal/sign-in?fault=provider_refused", "the way back is good once"


async def test_staff_that_came_by_a_provider_is_a_player_in_a_browser_too(people: People, world: World) -> None:
    pairs = await log_in(await leave(people), add(world, "steam").id)
    await come_back(people, "steam", pairs)
    pool = people.api.site.pool
    await pool.execute("insert into access.staff select player_id, array['admin'], 'test', now() from identity.players")
    assert (await people.api.get("/portal")).status_code == 200
    assert (await people.api.get("/api/v1/admin/staff")).status_code == 403
    await pool.execute("update access.sessions set method = 'password'")
    assert (await people.api.get("/api/v1/admin/staff")).status_code == 200, "it is the way of signing in that counts"


async def test_another_browser_s_way_back_is_nobodys(people: People, world: World) -> None:
    pairs = await log_in(await leave(people), add(world, "steam").id)
    people.api.cookies.clear()
    await leave(people)
    back = await come_back(people, "steam", pairs)
    assert back.headers["location"] == "/portal/sign-in?fault=provider_refused"
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 0


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test", "/\\evil.test", "/portal\r\nx: y"])
async def test_a_way_back_leads_nowhere_else(people: People, world: World, back: str) -> None:
    assert world.url
    answer = await people.api.get("/api/v1/auth/steam/browser", params={"back": back})
    assert answer.status_code == 422


async def test_a_browser_that_is_signed_in_links(people: People, world: World) -> None:
    form = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
    ours = {"sec-fetch-site": "same-origin"}
    assert (await people.api.post("/portal/sign-up", data=form, headers=ours)).status_code == 303
    person = add(world, "steam")
    pairs = await log_in(await leave(people, "steam", "/portal/security?linked=steam"), person.id)
    back = await come_back(people, "steam", pairs)
    assert back.headers["location"] == "/portal/security?linked=steam"
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 1
    assert "Steam" in (await people.api.get("/portal/security")).text


async def test_who_comes_from_another_site_comes_once_more_from_here(people: People, world: World) -> None:
    pairs = await log_in(await leave(people), add(world, "steam").id)
    path = f"/api/v1/auth/steam/callback?{urlencode(pairs)}"
    hop = await people.api.get(path, headers={"sec-fetch-site": "cross-site"})
    assert (hop.status_code, hop.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'http-equiv="refresh"' in hop.text
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 0, "nothing is spent by it"
    back = await people.api.get(path, headers={"sec-fetch-site": "same-origin"})
    assert back.headers["location"] == "/portal"


async def test_a_letter_tells_of_what_was_linked_and_unlinked(
    people: People, world: World, letterbox: Letterbox
) -> None:
    ada, person = await people.register(), add(world, "steam")
    await letterbox.come()
    for _ in range(2):
        assert (await link_steam(people, world, ada, person)).status_code == 204
    assert "Steam was linked to your account" in (await letterbox.comes()).text, "twice is as once"
    gone = await people.api.delete("/api/v1/auth/link/steam", headers=ada.headers)
    assert gone.status_code == 204
    assert "Steam was unlinked from your account" in (await letterbox.comes()).text


async def test_who_comes_while_their_way_is_moved_comes_in_where_it_was_moved_to(people: People, world: World) -> None:
    person, ada = add(world, "steam"), await people.register()
    owner = someone(await by_steam(people, world, person))
    pool = people.api.site.pool
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with transaction(pool) as tx:
        request_id = await identity.ask_to_merge(tx, asked_by=ada.player_id, owner_id=owner.player_id, provider="steam")
    async with transaction(pool) as tx:
        asked = await identity.hold_merge(tx, request_id)
        coming = asyncio.create_task(by_steam(people, world, person))
        while not coming.done() and not await pool.fetchval(waiting):
            pass
        await identity.merge(tx, asked, is_bare=True, by="staff:1", why="One person.", anew=lambda _: None)
        assert not coming.done()
    assert someone(await coming).player_id == ada.player_id


async def test_who_waits_for_a_code_while_their_way_is_unlinked_does_not_come_in(people: People, world: World) -> None:
    ada, person = await people.register(), add(world, "steam")
    assert (await link_steam(people, world, ada, person)).status_code == 204
    phone = await enrol(people, ada)
    asked = await by_steam(people, world, person)
    assert asked.status_code == 202
    async with transaction(people.api.site.pool) as tx:
        await identity.unlink(tx, ada.player_id, "steam")
    body = {"mfa_token": asked.json()["mfa_token"], "code": await phone.next()}
    answer = await people.post("/auth/2fa/verify", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "challenge_over")


async def test_linking_wants_a_fresh_proof_of_whoever_has_one_to_give(people: People, world: World) -> None:
    ada, person = await people.register(), add(world, "steam")
    guest = someone(await people.post("/auth/device/login", DEVICE))
    await people.later(minutes=5, seconds=1)
    late = await link_steam(people, world, ada, person)
    assert (late.status_code, late.json()["code"]) == (403, "reauth_required")
    assert await linked(people, ada) == [("password", None, None)]
    assert (await link_steam(people, world, guest, person)).status_code == 204, "a guest has nothing to prove it with"
    late = await link_steam(people, world, guest, add(world, "steam"))
    assert (late.status_code, late.json()["code"]) == (403, "reauth_required"), "and is a guest no longer"
    again = await people.post("/auth/reauthenticate", {"password": PASSWORD}, **ada.headers)
    assert again.status_code == 200, again.text
    assert (await link_steam(people, world, ada, add(world, "steam"))).status_code == 204
