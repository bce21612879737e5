"""Seasons, rewards and the test clock in a browser: planned, opened, watched, ended; at both sizes, in both themes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from playerbase import rewards, seasons
from playerbase.kit.db import set_ahead, transaction
from playerbase.rewards import Gift, Part
from tests.catalog.things import draft as item
from tests.catalog.things import potion, put
from tests.console.browser import Visitor
from tests.console.house import House, clear_calendar
from tests.console.test_inventory import right_everywhere
from tests.console.test_portal import arrive
from tests.seasons.calendars import draft

HERE = "/console/seasons"
LONG = "A season whose name is as long as the name of anything may be in this calendar, all of a hundred letters"[:100]


@pytest.fixture(scope="module", autouse=True)
async def made(house: House) -> AsyncIterator[dict[str, UUID]]:
    """A season that is being closed and one after it; rewards of every kind."""
    ada = house.players[0]
    await clear_calendar(house.pool)
    async with transaction(house.pool) as tx:
        one = await seasons.plan(tx, "demo", draft(0, 20, name=LONG, theme="ash and ember"))
        two = await seasons.plan(tx, "demo", draft(30, 60, name="Frost"))
        await put(tx, item("won_blade"), potion("won_brew"))
    await seasons.turn(house.pool)
    seasons.use_parts(["boards", "ladder"])
    async with transaction(house.pool) as tx:
        await seasons.close(tx, one.season_id)
        await seasons.note_part(tx, one.season_id, "boards", done=300, of=1_000)
    parts = (Part(item="won_blade"), Part(item="won_brew", quantity=3), Part(asset="gems", amount=1_250))
    gifts = [
        Gift(key=f"console {number}", player_id=player, parts=parts[number % 2 :], source="boards", ref="run 1")
        for number, player in enumerate([ada, *house.players[1:4]])
    ]
    gifts.append(Gift(key="console title", player_id=ada, parts=(Part(title="Champion"),), source="battle_pass"))
    async with transaction(house.pool) as tx:
        given = await rewards.give(tx, gifts)
        await rewards.take_back(tx, ["console 1"], reason="The match was void")
    await house.pool.execute("update rewards.gifts set withheld = 'account_locked' where key = 'console 2'")
    yield {"closing": one.season_id, "next": two.season_id} | {each.key: each.gift_id for each in given}
    seasons.use_parts(())
    await clear_calendar(house.pool)
    async with transaction(house.pool) as tx:
        await set_ahead(tx, timedelta())


async def test_every_page_is_right_at_every_size_and_in_both_themes(
    operator: Visitor, house: House, made: dict[str, UUID]
) -> None:
    season, gifts = made["closing"], "/console/rewards"
    right_everywhere(
        operator, HERE, f"{HERE}/{season}", f"{HERE}/{made['next']}",
        f"{HERE}/{made['next']}/open",
        f"{HERE}/{made['next']}/change", f"{HERE}/{season}/parts/boards/skip", f"{HERE}/new", "/console/clock", gifts,
        f"{gifts}?source=boards&ref=run+1&player_id={house.players[0]}",
        f"{gifts}/{made['console 1']}",
        f"{gifts}/{made['console 2']}", f"{gifts}/{made['console 0']}/take", f"/console/players/{house.players[0]}",
    )  # fmt: skip
    operator.go("/console")
    assert "A reward is not paid whole" in operator.text()


async def test_a_season_is_planned_and_opened_by_a_person(operator: Visitor, house: House) -> None:
    operator.go(f"{HERE}/new?game=demo")
    operator.write("name", "Storm")
    for name in ("starts_at", "ends_at"):
        _pick(operator, name, datetime(2027 if name == "starts_at" else 2026, 5, 1, tzinfo=UTC))
    operator.click("main .btn.primary")
    operator.until(lambda: operator.all("#d-ends_at.error"))
    assert operator.ask("document.querySelector('[name=name]').value") == "Storm"
    _pick(operator, "ends_at", datetime(2027, 6, 1, tzinfo=UTC))
    operator.click("main .btn.primary")
    operator.until(lambda: "Planned. It opens by itself" in operator.text())
    row = await house.pool.fetchrow("select number, starts_at, state from seasons.seasons where name = 'Storm'")
    assert row is not None
    assert (row["number"], row["starts_at"], row["state"]) == (3, datetime(2027, 5, 1, tzinfo=UTC), "planned")


async def test_a_close_is_watched_and_what_never_comes_is_taken_for_done(
    operator: Visitor, house: House, made: dict[str, UUID]
) -> None:
    operator.go(f"{HERE}/{made['closing']}")
    assert "300 of 1\u202f000" in operator.text("#close")
    async with transaction(house.pool) as tx:
        await seasons.finish_part(tx, made["closing"], "boards")
    operator.until(lambda: "done" in operator.text("#close").lower())  # The page looks again by itself.
    operator.go(f"{HERE}/{made['closing']}/parts/ladder/skip")
    operator.write("reason", "It is not run here")
    operator.click("main .danger")
    operator.until_at(f"{HERE}/{made['closing']}?told=skipped")
    assert "Closed" in operator.text()
    state = "select state from seasons.seasons where season_id = $1"
    assert await house.pool.fetchval(state, made["closing"]) == "closed"


async def test_a_player_sees_the_season_and_what_was_won(
    stranger: Visitor, house: House, made: dict[str, UUID]
) -> None:
    arrive(stranger, "winner@example.com", "Winner")
    player = await house.pool.fetchval("select player_id from profiles.profiles where display_name = 'Winner'")
    async with transaction(house.pool) as tx:
        await seasons.activate(tx, made["next"])
        prize = (Part(asset="gems", amount=1_250), Part(title="Champion"))
        await rewards.give(tx, [Gift(key="console winner", player_id=player, parts=prize, source="boards")])
    right_everywhere(stranger, "/portal", "/portal/rewards")
    stranger.go("/portal")
    assert "days left" in stranger.text()
    stranger.go("/portal/inventory")
    stranger.click('main a[href="/portal/rewards"]')
    stranger.until_at("/portal/rewards")
    assert "12.50 gems, the title champion" in stranger.text().lower()


def _pick(visitor: Visitor, name: str, moment: datetime) -> None:
    """A moment in a field of the browser's own, whose keys differ with its language."""
    script = "document.querySelector(arguments[0]).value = arguments[1]"
    visitor.driver.execute_script(script, f"main [name={name}]", moment.strftime("%Y-%m-%dT%H:%M"))
