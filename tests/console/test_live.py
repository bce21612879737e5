"""What moves by itself: rows that wait behind the pill, figures that change in place, and a connection that ends."""

from selenium.webdriver.common.keys import Keys as Key

from playerbase import matches
from playerbase.kit.db import transaction
from tests.console.browser import Visitor
from tests.console.house import House, break_letters, report_of


async def test_a_new_row_waits_behind_the_pill_and_moves_nothing(operator: Visitor, house: House) -> None:
    operator.go("/console/matches")
    operator.until(lambda: operator.text("#live") == "Live")
    first = operator.find("main tbody tr")
    key, top = first.get_attribute("data-key"), first.rect["y"]
    this_hour = int(operator.text("#figures .tile-n"))
    intake = report_of(house.players[1], house.players[2])
    async with transaction(house.pool) as tx:
        await matches.report(tx, [intake])
    operator.until(lambda: operator.text("[data-fresh]") == "1 newer row")
    still = operator.find("main tbody tr")
    assert (still.get_attribute("data-key"), still.rect["y"]) == (key, top)
    assert int(operator.text("#figures .tile-n")) == this_hour + 1
    operator.tab_to("[data-fresh] a")
    operator.press(Key.ENTER)
    newest = operator.find("main tbody tr")
    assert newest.get_attribute("data-key") == str(intake.report.match_id)
    assert operator.ask("document.activeElement.closest('tr') === document.querySelector('main tbody tr')")
    assert operator.all("[data-fresh] a") == []
    assert operator.complaints() == []


async def test_what_needs_a_human_comes_and_goes_in_place(operator: Visitor, house: House) -> None:
    operator.go("/console")
    operator.until(lambda: operator.text("#live") == "Live")
    assert "dead letter" not in operator.text("#work").lower().replace("no dead letters", "")
    await break_letters(house.pool, "ladder.follow_matches")
    async with transaction(house.pool) as tx:
        await matches.report(tx, [report_of(house.players[7], house.players[1])])
    operator.until(lambda: "1 dead letter" in operator.text("#work"))
    operator.until(lambda: operator.text('.side [data-count="/console/letters"]') == "1")
    await house.pool.execute("delete from kit.letters")


async def test_a_lost_connection_is_said_and_taken_up_again(operator: Visitor) -> None:
    operator.go("/console/matches")
    operator.until(lambda: operator.text("#live") == "Live")
    operator.driver.set_network_conditions(offline=True, latency=0, throughput=0)
    operator.ask("source.dispatchEvent(new Event('error'))")
    operator.until(lambda: "Connection lost" in operator.text("#live"))
    operator.driver.delete_network_conditions()
    operator.ask("(disconnect(), connect())")
    operator.until(lambda: operator.text("#live") == "Live")
