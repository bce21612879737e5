"""Boards in the console and the portal, in a browser: made, looked at, judged; at both sizes, in both themes."""

from datetime import timedelta
from uuid import UUID

import pytest

from playerbase import boards, seasons
from playerbase.boards.actions import begin, digest_of, submit
from playerbase.boards.model import Action, BoardDraft, Claim, Kind, ReplayRule, Source, Submitted
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.console.browser import Visitor
from tests.console.house import House, clear_calendar
from tests.console.test_inventory import right_everywhere

LONG = "A board whose name is as long as any may be, all sixty-four of it"[:64]


@pytest.fixture(scope="module")
async def board(house: House) -> dict[str, UUID]:
    """A season with two boards, scores, and a claim that waits."""
    await clear_calendar(house.pool)
    now = clock.now()
    async with transaction(house.pool) as tx:
        draft = seasons.Draft(name="First light", starts_at=now, ends_at=now + timedelta(days=30))
        season = await seasons.activate(tx, (await seasons.plan(tx, "demo", draft)).season_id)
        servers = await boards.create(
            tx, BoardDraft(game="demo", code="sprint", name=LONG, source=Source.SERVERS), "tests"
        )
        rule = ReplayRule(kinds={"coin": Kind(points=10)})
        await boards.create(tx, BoardDraft(game="demo", code="coins", name="Coins", rule=rule, position=1), "tests")
        for place, player in enumerate(house.players):
            claim = Claim(season.season_id, "sprint", player, 2**62 // (place + 1), "tests")
            (outcome,) = await submit(tx, [claim])
            assert isinstance(outcome, Submitted), outcome
        begun = await begin(tx, season.season_id, "coins", house.players[3], by="tests", game=None)
        claim = Claim(
            season.season_id, "coins", house.players[3], 900, "tests", digest=digest_of(begun.session_id),
            actions=(Action("coin", 0), Action("coin", 90)), proof="<b>replay 17</b>", fingerprint=b"x",
        )  # fmt: skip
        (outcome,) = await submit(tx, [claim])
        assert isinstance(outcome, Submitted), outcome
        submission = await tx.fetchval("select submission_id from boards.submissions")
    return {"board": servers.board_id, "season": season.season_id, "submission": submission}


async def test_every_page_is_right_at_every_size_and_in_both_themes(
    operator: Visitor, house: House, board: dict[str, UUID]
) -> None:
    here = f"/console/boards/{board['board']}"
    for path in (
        "/console/boards", "/console/boards/new", here, f"{here}/edit", "/console/boards/claims",
        f"/console/boards/claims/{board['submission']}", f"{here}/{board['season']}/{house.players[1]}/hide",
        "/portal/boards",
    ):  # fmt: skip
        right_everywhere(operator, path)


async def test_an_operator_makes_a_board_hides_an_entry_and_decides_a_claim(
    operator: Visitor, house: House, board: dict[str, UUID]
) -> None:
    operator.go("/console/boards/new")
    operator.write("code", "kills")
    operator.write("name", "Kills")
    operator.write("prizes", "rank 3: asset gems 500; title Champion\nrank x: asset gems 1")
    operator.click("main .btn.primary")
    operator.until(lambda: "begin with rank 10" in operator.text())
    operator.write("prizes", "rank 3: asset gems 500; title Champion")
    operator.click("main .btn.primary")
    operator.until(lambda: operator.path == "/console/boards?told=made" and "Kills" in operator.text())

    shown = f"/console/boards/{board['board']}?season={board['season']}"
    operator.go(f"/console/boards/{board['board']}/{board['season']}/{house.players[1]}/hide")
    operator.write("reason", "It cannot be")
    operator.click("main .btn.danger")
    operator.until_at(f"{shown}&told=hide")
    assert operator.all("main a[href$=restore]")

    operator.go(f"/console/boards/claims/{board['submission']}")
    assert "What was done makes 20, and 900 is claimed" in operator.text()
    assert "<b>replay 17</b>" in operator.text()
    operator.write("reason", "As the replay shows")
    operator.click("main button[value=accept]")
    operator.until_at("/console/boards/claims?told=accepted")
    assert await house.pool.fetchval("select score from boards.entries where state = 'shown' and score = 900") == 900
