"""Pages of matches, ladder and statistics, for staff and players, at both sizes and in both themes."""

from datetime import timedelta

import pytest

from playerbase import app, matches, seasons
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House, clear_calendar, report_of
from tests.console.test_pages import RATIOS, faults_of


@pytest.fixture(scope="module", autouse=True)
async def _played(house: House) -> None:
    """Ten more days with matches, and a season that ended."""
    one, other, third, *_ = house.players
    reports = [report_of(one, other if day % 3 else third, minutes_ago=60 * 24 * day) for day in range(1, 11)]
    async with transaction(house.pool) as tx:
        await matches.report(tx, reports)
        await matches.void(tx, reports[0].report.match_id, "a test")
    await app.drain(house.pool)
    seasons.use_parts(app.SEASON_PARTS)
    await clear_calendar(house.pool)
    now = clock.now()
    async with transaction(house.pool) as tx:
        draft = seasons.Draft(name="Embers", starts_at=now, ends_at=now + timedelta(days=1), settle_seconds=0)
        season = await seasons.plan(tx, "demo", draft)
        await seasons.activate(tx, season.season_id)
        await seasons.close(tx, season.season_id)
    await app.drain(house.pool)


def test_pages_of_staff_are_right_at_every_size_and_in_both_themes(operator: Visitor, house: House) -> None:
    pages = {
        f"/console/players/{house.players[0]}/statistics": "Matches a day",
        f"/console/players/{house.players[0]}": "Statistics",
        "/console/ladder?region=europe": "Europe",
        "/console/ladder": "Seasons past",
        "/console/ladder/demo/seasons/1": "season 1 of demo",
        "/console/matches?state=void&days=7": "void",
        "/console/matches?mode=nothing-is-called-so": "No such match",
        f"/console/matches?player_id={house.players[0]}&state=counts": "Played by",
    }
    for path, said in pages.items():
        operator.look("wide")
        operator.go(path)
        assert said.lower() in operator.text("main").lower(), path
        for size, theme in LOOKS:
            operator.look(size, theme)
            assert faults_of(operator) == [], (path, theme, size)
    assert operator.ask(RATIOS) == []


def test_what_a_void_takes_back_is_listed_before_it_is_done(operator: Visitor) -> None:
    operator.go("/console/matches?state=counts")
    led = operator.find("main tbody a").get_attribute("href").removeprefix(operator.home)
    operator.go(f"{led}/void")
    said = operator.text("main")
    assert said.count("points of rating") == 2
    assert said.count("one match less") == 2


def test_a_player_sees_rank_course_and_counts(stranger: Visitor, house: House) -> None:
    stranger.go("/portal/sign-in?next=/portal/statistics")
    stranger.write("email", house.player_email)
    stranger.write("password", house.player_password)
    stranger.click("main .btn.primary")
    stranger.until_at("/portal/statistics")
    for word in ("Rating", "Rank", "Last matches", "This week", "Embers"):
        assert word in stranger.text("main"), word
    for size, theme in LOOKS:
        stranger.look(size, theme)
        assert faults_of(stranger) == [], (theme, size)
        assert stranger.ask(RATIOS) == [], (theme, size)
