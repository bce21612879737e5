"""The battle pass in a browser: made, edited and looked at by staff; claimed and bought by a player."""

from collections.abc import AsyncIterator

import pytest

from playerbase import seasons
from playerbase.kit.db import transaction
from tests.battlepass.passes import a_pass, a_season, gained
from tests.console.browser import Visitor
from tests.console.house import House, clear_calendar
from tests.console.test_inventory import right_everywhere
from tests.console.test_orders import pay, settle_rules
from tests.console.test_portal import arrive

HERE = "/console/battlepass"


@pytest.fixture(scope="module", autouse=True)
async def season(house: House) -> AsyncIterator[seasons.Season]:
    """A season of the demo game with a pass, which is over afterwards."""
    await clear_calendar(house.pool)
    async with transaction(house.pool) as tx:
        found = await a_season(tx)
        await a_pass(tx, found)
    yield found
    await settle_rules(house.pool)


async def test_staff_makes_and_changes_a_pass(operator: Visitor, house: House, season: seasons.Season) -> None:
    here, player = f"{HERE}/seasons/{season.season_id}", house.players[2]
    async with transaction(house.pool) as tx:
        await gained(tx, player, 1_500)
    right_everywhere(
        operator, HERE, here, f"{here}/terms", f"{here}/tiers", f"{here}/tiers/1", f"{HERE}/challenges",
        f"{HERE}/challenges/demo/new", f"{HERE}/rates/demo", f"{HERE}/players/{player}",
        f"{HERE}/players/{player}/experience",
    )  # fmt: skip
    operator.go(f"{here}/tiers")
    text = operator.ask("document.querySelector('main textarea').value")
    operator.write("text", text.replace("4,4000", "4,2000"))
    operator.click("main button[value=check]")
    operator.until(lambda: "Nothing was done." in operator.text())
    assert "Takes 2000, and the tier before takes 3000" in operator.text()
    right_everywhere(operator, here)
    operator.go(f"{here}/tiers")
    operator.write("text", text.replace("4,4000", "4,3500"))
    operator.click("main button[value=check]")
    operator.until(lambda: "This is what it would do." in operator.text())
    assert "Nobody loses by it" in operator.text()
    operator.write("reason", "A little sooner")
    operator.click("main button[value=apply]")
    operator.until(lambda: "A new version of the tiers is in force." in operator.text("body"))
    right_everywhere(operator, f"{here}?curve=2")

    operator.go(f"{HERE}/challenges/demo/new")
    operator.write("code", "three_wins")
    operator.write("name", "Win three times")
    operator.click("main form .btn.primary")
    operator.until(lambda: "Win three times" in operator.text())
    operator.go(f"{HERE}/players/{player}/experience?game=demo")
    operator.write("amount", "600")
    operator.write("reason", "A lost evening")
    operator.click("main form .btn.primary")
    operator.until(lambda: "Noted." in operator.text("body"))
    assert "A lost evening" in operator.text()
    noted = "select count(*) from audit.entries where action = 'experience_granted' and actor_kind = 'staff'"
    assert await house.pool.fetchval(noted) == 1


async def test_a_player_claims_and_buys_premium(stranger: Visitor, house: House) -> None:
    arrive(stranger, "passer@example.com", "Passer")
    player = await house.pool.fetchval("select player_id from profiles.profiles where display_name = 'Passer'")
    right_everywhere(stranger, "/portal/battle-pass")
    async with transaction(house.pool) as tx:
        await gained(tx, player, 2_200)
    await pay(house.pool, player, 1_500)
    stranger.go("/portal/battle-pass?game=demo")
    stranger.click('main button[aria-label$="of tier 1"]')
    stranger.until(lambda: "Claimed. It is yours." in stranger.text("body"))
    stranger.tab_to("main form[action$='/premium'] .btn.primary")
    stranger.press("\ue007")
    stranger.until(lambda: "Premium is yours" in stranger.text("body"))
    stranger.click("main .actions .btn.primary")
    stranger.until(lambda: "Claimed. It is yours." in stranger.text("body"))
    right_everywhere(stranger, "/portal/battle-pass?game=demo", "/portal/battle-pass?game=demo&everything=1")
    claims = "select count(*) from battlepass.claims where player_id = $1"
    assert await house.pool.fetchval(claims, player) == 6
