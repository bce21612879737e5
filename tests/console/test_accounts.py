"""Accounts in the console: merges, ways in, locks and sessions, at every size and with the keyboard alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from selenium.webdriver.common.keys import Keys as Key

from playerbase import access, identity
from playerbase.kit import clock, ids
from playerbase.kit.db import transaction
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of

PLAYER, NOBODY = bytes(range(32)), bytes(range(1, 33))
SESSIONS = 27
LOCKED = (
    "insert into access.failures (account, player_id, scope, failed, sources, failed_at, locked_until, seen_at)"
    " values ($1, $2, 'address', 14, $3, '{}', $4, $5)"
)


class Scene(msgspec.Struct, frozen=True):
    """Who asks, who owns, who is locked, and two requests."""

    asker: UUID
    owner: UUID
    requests: list[UUID]


@pytest.fixture(scope="module")
async def scene(house: House) -> AsyncIterator[Scene]:
    asker, owner, stranger = house.players[1], house.players[8], house.players[3]
    async with transaction(house.pool) as tx:
        await identity.link(tx, asker, "epic", b"asker")
        await identity.link(tx, owner, "password", b"owner")
        await identity.link_once(tx, owner, "steam", b"one")
        await identity.link_once(tx, stranger, "twitch", b"two")
        await identity.link(tx, stranger, "epic", b"stranger")
        requests = [
            await identity.ask_to_merge(tx, asked_by=asker, owner_id=whose, provider=provider)
            for whose, provider in ((owner, "steam"), (stranger, "twitch"))
        ]
        now = clock.now()
        for account, player_id in ((PLAYER, owner), (NOBODY, None)):
            await tx.execute(LOCKED, account, player_id, [b"1", b"2"], now + timedelta(minutes=20), now)
        for n in range(SESSIONS):
            await tx.execute(
                "insert into access.sessions (session_id, player_id, kind, method, client_id, device, current_hash,"
                " rotated_at, created_at, seen_at, expires_at, absolute_expires_at)"
                " values ($1, $2, 'player', 'steam', 'playerbase', $3, $4, $5, $5, $5, $6, $6)",
                ids.uuid7(), owner, f"Deck {n}", bytes([n]) * 32, now, now + timedelta(days=1),
            )  # fmt: skip
    yield Scene(asker, owner, requests)
    await house.pool.execute("delete from access.failures")
    await house.pool.execute("delete from identity.merge_requests where state = 'open'")


def looks_right(operator: Visitor, path: str) -> None:
    operator.go(path)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (path, theme, size)
        assert operator.ask(RATIOS) == [], (path, theme, size)
    operator.look("wide", "light")


async def age(house: House) -> None:
    """The operator's proof of who they are is an hour old."""
    await house.pool.execute(
        "update access.sessions set authenticated_at = authenticated_at - interval '1 hour' where kind = 'browser'"
    )


def prove(operator: Visitor, house: House, goal: str) -> None:
    operator.until(lambda: operator.text("h1") == "Prove that it is you")
    operator.tab_to("input[name=password]")
    operator.press("Wrong1!horse", Key.ENTER)
    operator.until(lambda: "wrong" in operator.text("main .note"))
    operator.tab_to("input[name=password]")
    operator.press(house.password, Key.ENTER)
    operator.until_at(goal)


async def test_the_pages_are_right_at_every_size_and_in_both_themes(
    operator: Visitor, house: House, scene: Scene
) -> None:
    request, player = f"/console/merges/{scene.requests[0]}", f"/console/players/{scene.owner}"
    session = await house.pool.fetchval("select max(session_id::text) from access.sessions where method = 'steam'")
    for path in (
        "/console/merges", request, f"{request}/decline", f"{request}/merge", f"{player}/ways",
        f"{player}/ways/steam/unlink", "/console/locks", f"/console/locks?player_id={scene.owner}",
        f"/console/locks/{PLAYER.hex()}/unlock", f"{player}/sessions", f"{player}/sessions/{session}/end", player,
    ):  # fmt: skip
        looks_right(operator, path)


async def test_a_way_in_is_moved_with_the_keyboard_alone(operator: Visitor, house: House, scene: Scene) -> None:
    request = f"/console/merges/{scene.requests[0]}"
    operator.go("/console/merges")
    operator.press("j", "j")
    operator.press(Key.ENTER)
    operator.until_at(request)
    assert "matches and ratings" in operator.text("section[aria-labelledby=h-asked]")
    await age(house)
    operator.tab_to("a[href$='/merge']")
    operator.press(Key.ENTER)
    prove(operator, house, f"{request}/merge")
    assert f"{SESSIONS} sessions of" in operator.text()
    operator.tab_to("input[name=reason]")
    operator.press("Both were shown", Key.ENTER)
    operator.until_at(f"{request}?told=merged")
    assert "Moved" in operator.text(".toast")
    async with transaction(house.pool) as tx:
        assert await identity.find(tx, "steam", b"one") == scene.asker
        assert await access.sessions(tx, scene.owner, None, 10) == []
    assert operator.all("a[href$='/merge'], a[href$='/decline']") == []
    operator.go(f"{request}/merge")
    assert "decided already" in operator.text()
    looks_right(operator, request)


async def test_a_request_is_declined(operator: Visitor, house: House, scene: Scene) -> None:
    request = f"/console/merges/{scene.requests[1]}"
    operator.go(request)
    operator.click("a[href$='/decline']")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "Two people")
    operator.press(Key.ENTER)
    operator.until_at(f"{request}?told=declined")
    assert "Two people" in operator.text("section[aria-labelledby=h-asked]")
    row = await house.pool.fetchrow("select outcome, reason from audit.entries where action = 'merge_declined'")
    assert tuple(row or ()) == ("done", "Two people")
    operator.go("/console/merges?state=declined")
    assert len(operator.all("main tbody tr")) == 1


async def test_a_way_in_is_unlinked_and_the_last_one_stays(operator: Visitor, house: House, scene: Scene) -> None:
    ways = f"/console/players/{scene.asker}/ways"
    await age(house)
    for provider, told in (("steam", f"{ways}?told=unlinked"), ("epic", f"{ways}/epic/unlink")):
        operator.go(ways)
        operator.tab_to(f"a[href$='/{provider}/unlink']")
        operator.press(Key.ENTER)
        if provider == "steam":
            prove(operator, house, f"{ways}/steam/unlink")
        else:
            operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
        operator.tab_to("input[name=reason]")
        operator.press("They asked for it", Key.ENTER)
        operator.until_at(told)
    assert "only way left" in operator.text()
    async with transaction(house.pool) as tx:
        assert await identity.providers(tx, scene.asker) == ["epic"]
    operator.go(ways)
    history = operator.text("section[aria-labelledby=h-links]")
    assert "Unlinked" in history
    assert "Linked" in history


async def test_a_lock_is_seen_on_the_players_page_and_lifted(operator: Visitor, house: House, scene: Scene) -> None:
    operator.go("/console/locks")
    assert NOBODY.hex()[:16] in operator.text()
    operator.go(f"/console/players/{scene.owner}")
    operator.tab_to("a.tile[href^='/console/locks']")
    operator.press(Key.ENTER)
    operator.until_at(f"/console/locks?player_id={scene.owner}")
    operator.tab_to("a[href$='/unlock']")
    operator.press(Key.ENTER)
    operator.until(lambda: operator.ask("document.activeElement.name") == "reason")
    operator.press("They called", Key.ENTER)
    operator.until_at(f"/console/locks?player_id={scene.owner}&told=unlocked")
    assert "Not locked" in operator.text()
    assert await house.pool.fetchval("select locked_until from access.failures where account = $1", PLAYER) is None
    operator.go(f"/console/players/{scene.owner}")
    assert operator.all("a.tile[href^='/console/locks']") == []
    operator.go(f"/console/locks/{PLAYER.hex()}/unlock")
    assert "not locked" in operator.text()


async def test_one_of_many_sessions_is_ended(operator: Visitor, house: House, scene: Scene) -> None:
    player = house.players[9]
    await house.pool.execute(
        "update access.sessions set player_id = $1, revoked_at = null, revoked_why = null where player_id = $2",
        player, scene.owner,
    )  # fmt: skip
    operator.go(f"/console/players/{player}")
    operator.click("a[href$='/sessions']")
    operator.until_at(f"/console/players/{player}/sessions")
    assert len(operator.all("main tbody tr")) == 25
    operator.tab_to("a[rel=next]")
    operator.press(Key.ENTER)
    operator.until(lambda: len(operator.all("main tbody tr")) == SESSIONS - 25)
    assert "Deck 0" in operator.text("main tbody")
    operator.tab_to("main tbody tr:last-child a[href$='/end']")
    operator.press(Key.ENTER)
    operator.until(lambda: operator.ask("document.activeElement.name") == "reason")
    operator.press("It was stolen", Key.ENTER)
    operator.until_at(f"/console/players/{player}/sessions?told=ended")
    ended = await house.pool.fetch(
        "select device from access.sessions where player_id = $1 and revoked_why = 'staff'", player
    )
    assert [row["device"] for row in ended] == ["Deck 0"]
    row = await house.pool.fetchrow("select reason, player_id from audit.entries where reason = 'It was stolen'")
    assert tuple(row or ()) == ("It was stolen", player)
