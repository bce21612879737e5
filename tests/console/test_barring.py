"""Keeping a player out in the console: where, for how long, and what is on record afterwards."""

from playerbase.kit import clock
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import faults_of


async def test_a_player_is_banned_in_one_game_and_the_record_stays(operator: Visitor, house: House) -> None:
    player = house.players[7]
    operator.go(f"/console/players/{player}")
    operator.click("a[href$='/ban']")
    operator.until(lambda: operator.find("dialog[open] [name=scope]").is_displayed())
    operator.click("dialog [name=scope] option[value=demo]")
    operator.click("dialog [name=days] option[value='30']")
    operator.write("note", "See the replay of Friday")
    operator.write("reason", "Aimbot")
    operator.click("dialog .primary")
    operator.until_at(f"/console/players/{player}?told=ban-game")
    row = await house.pool.fetchrow(
        "select kind, scope, reason, note, round(extract(epoch from until - at) / 86400)::int from identity.bans"
        " where player_id = $1", player,
    )  # fmt: skip
    assert tuple(row or ()) == ("banned", "demo", "Aimbot", "See the replay of Friday", 30)
    assert "Banned in demo" in operator.text("#h-bans ~ ul, section[aria-labelledby=h-bans]")
    for path in (f"/console/players/{player}", f"/console/players/{player}/ban"):
        operator.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            operator.look(size, theme)
            assert faults_of(operator) == [], (path, theme, size)
    operator.look("wide")
    operator.go(f"/console/players/{player}")
    operator.click("a[href$='/lift']")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "It was a false alarm")
    operator.click("dialog .primary")
    operator.until_at(f"/console/players/{player}?told=lift")
    told = operator.text("section[aria-labelledby=h-bans]")
    assert "It was a false alarm" in told
    assert operator.all("a[href$='/lift']") == []
    lifted = await house.pool.fetchval("select lifted_at from identity.bans where player_id = $1", player)
    assert lifted <= clock.now()
