"""Saves and friends in a browser: everything is right at both sizes, in both themes, and by keyboard alone."""

from playerbase import friends, progression
from playerbase.kit.db import transaction
from playerbase.kit.errors import Refusal
from playerbase.progression import Declared, FieldRule, Spot
from tests.console.browser import Visitor
from tests.console.house import House
from tests.console.test_inventory import right_everywhere
from tests.console.test_portal import enter

PATH = "a-path-that-is-as-long-as-anybody-may-make-one-of-them-here"
DEVICE = "A device whose name is as long as it may be, which is a lot"


async def saved(house: House) -> str:
    """Somebody who has saved, something flagged of it, a friend, and who would be one; answers the slot's page."""
    one, other, third = house.players[0], house.players[2], house.players[3]
    spot = Spot(one, "demo", "a-slot-with-a-name-of-32-letters")
    async with transaction(house.pool) as tx:
        if not await progression.slots(tx, one, "demo", ("", ""), 1):
            known = await progression.declaration(tx, "demo")
            rules = [FieldRule(path=PATH, max=5, on_violation="flag")]
            await progression.declare(tx, "demo", Declared(fields=rules), known.version, "tests")
            for version in range(3):
                data = {PATH: version * 9, "nested": {PATH: "x" * 60}, "v": version}
                wanted = progression.wish(spot, "save", version, by="player", sender="t", data=data, device=DEVICE)
                assert not isinstance((await progression.write(tx, [wanted]))[0], Refusal)
            await friends.ask(tx, one, other)
            await friends.ask(tx, other, one)
            await friends.ask(tx, third, one)
    return f"/console/players/{one}/saves/demo/{spot.slot}"


async def test_saves_and_friends_are_right_everywhere(operator: Visitor, house: House) -> None:
    slot, one = await saved(house), house.players[0]
    flag = await house.pool.fetchval("select flag_id from progression.flags")
    right_everywhere(
        operator, "/console/saves", "/console/saves/games/demo", f"/console/saves/flags/{flag}/stand",
        f"/console/players/{one}/saves", slot, f"{slot}/restore/1", f"/console/players/{one}/friends",
    )  # fmt: skip
    operator.go(f"{slot}/restore/1")
    operator.write("reason", "It was lost")
    operator.click("main .btn.danger")
    operator.until_at(f"{slot}?told=restored")
    assert "version 4" in operator.text()


async def test_a_player_sees_their_saves_and_friends_everywhere(stranger: Visitor, house: House) -> None:
    slot = (await saved(house)).rpartition("/")[2]
    enter(stranger, house.player_email, "/portal/saves")
    right_everywhere(stranger, "/portal/saves", f"/portal/saves/demo/{slot}", "/portal/friends")
    stranger.go("/portal/friends")
    stranger.click("main button[aria-label^=Accept]")
    stranger.until_at("/portal/friends?told=accept")
    assert not stranger.all("#h-in")
