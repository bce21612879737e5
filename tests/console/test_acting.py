"""What an operator does, with the keyboard alone, with the pointer, and where no script runs."""

from uuid import UUID

from selenium.webdriver.common.keys import Keys as Key

from playerbase import matches
from playerbase.kit.db import transaction
from tests.console.browser import Visitor
from tests.console.house import House, break_job, break_letters, letters_of, report_of

HANDLER = "ladder.follow_matches"
FOCUSABLE = """
[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((each) =>
  !each.disabled && each.type !== "hidden" && each.checkVisibility({ visibilityProperty: true })
  && !each.closest("details:not([open]) > div"))
"""


def test_tab_alone_reaches_everything(operator: Visitor) -> None:
    for path in ("/console", "/console/keys/new", "/console/limits", "/console/staff"):
        operator.go(path)
        operator.until(lambda: operator.text("#live") == "Live")
        operator.ask(f"(() => {{ {FOCUSABLE}.forEach((each, at) => each.dataset.stop = at); }})()")
        wanted = set(range(operator.ask(f"{FOCUSABLE}.length")))
        reached: set[int] = set()
        for _ in range(len(wanted) + 5):
            operator.press(Key.TAB)
            at = operator.ask("document.activeElement.dataset.stop")
            reached |= {int(at)} if at is not None else set()
            hidden = operator.ask(
                "(() => { const each = document.activeElement; const box = each.getBoundingClientRect();"
                " return each !== document.body && !each.closest('.top, .skip') && box.height > 0"
                " && box.bottom <= document.querySelector('.top').getBoundingClientRect().bottom; })()"
            )
            assert not hidden, f"{path}: the focus lies under the top bar"
        assert wanted == reached, path


def test_the_first_stop_leads_to_the_content(operator: Visitor) -> None:
    operator.go("/console/players")
    operator.press(Key.TAB, Key.ENTER, Key.TAB)
    assert operator.ask("document.activeElement.closest('main') !== null")


def test_letters_of_the_keyboard_lead_everywhere(operator: Visitor) -> None:
    operator.go("/console")
    operator.press("g", "p")
    operator.until_at("/console/players")
    operator.press("/")
    operator.press("Noor", Key.ENTER)
    operator.until_at("/console/players?q=Noor")
    operator.press("j")
    operator.press(Key.ENTER)
    operator.until(lambda: "Noor_77" in operator.text("h1"))
    operator.press("?")
    operator.until(lambda: "next row" in operator.text("dialog[open]"))
    operator.press(Key.ESCAPE)
    operator.until(lambda: not operator.all("dialog"))


def test_letters_can_be_switched_off(operator: Visitor) -> None:
    operator.go("/console/shortcuts")
    operator.click("[data-letters]")
    operator.press("g", "l")
    assert operator.path == "/console/shortcuts"
    operator.click("[data-letters]")
    operator.press("g", "l")
    operator.until_at("/console/ladder")


async def test_a_letter_is_replayed_and_another_discarded(operator: Visitor, house: House) -> None:
    dead, held, retry = await break_letters(house.pool, HANDLER)
    operator.go("/console/letters?state=dead")
    operator.press("j")
    operator.press(Key.ENTER)
    operator.until_at(f"/console/letters/{HANDLER}/{dead}")
    assert "column ratings.before does not exist" in operator.text()
    assert str(held) in operator.text("section[aria-labelledby=h-behind]")
    operator.tab_to("a[href$=replay]")
    operator.press(Key.ENTER)
    operator.until(lambda: operator.ask("document.activeElement.name") == "reason")
    operator.press("The migration has arrived", Key.ENTER)
    operator.until_at("/console/letters?told=replayed")
    assert (await letters_of(house.pool, HANDLER))[dead] == "retry"
    assert "Replayed" in operator.text(".toast")

    operator.go(f"/console/letters/{HANDLER}/{retry}")
    operator.click("a[href$=discard]")
    operator.until(lambda: operator.find("dialog[open] .danger").is_displayed())
    left, right = operator.ask(
        "(({ left, right }) => [left, innerWidth - right])(document.querySelector('dialog').getBoundingClientRect())"
    )
    assert abs(left - right) < 20
    operator.press(Key.ESCAPE)
    operator.until(lambda: not operator.all("dialog"))
    operator.click("a[href$=discard]")
    operator.until(lambda: operator.find("dialog[open] .danger").is_displayed())
    operator.write("reason", "A match of nobody")
    operator.click("dialog .danger")
    operator.until_at("/console/letters?told=discarded")
    assert retry not in await letters_of(house.pool, HANDLER)
    done = await house.pool.fetch("select action, reason from audit.entries where action like 'letter%' order by at")
    assert [tuple(row) for row in done] == [
        ("letter_replayed", "The migration has arrived"),
        ("letter_discarded", "A match of nobody"),
    ]
    await house.pool.execute("delete from kit.letters")


async def test_without_scripts_everything_can_still_be_done(operator: Visitor, house: House) -> None:
    dead, *_ = await break_letters(house.pool, HANDLER)
    operator.scripts(are_on=False)
    operator.go(f"/console/letters/{HANDLER}/{dead}")
    operator.click("a[href$=discard]")
    operator.until(lambda: operator.find("[name=reason]")).send_keys("Not needed")
    operator.click("main .danger")
    assert "Discarded" in operator.until(lambda: operator.find(".toast").text)
    assert dead not in await letters_of(house.pool, HANDLER)
    operator.scripts(are_on=True)
    await house.pool.execute("delete from kit.letters")


async def test_a_dead_job_is_run_again(operator: Visitor, house: House) -> None:
    job_id = await break_job(house.pool)
    operator.go(f"/console/jobs/{job_id}")
    operator.click("a[href$=rerun]")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "The lock is gone")
    operator.press(Key.ENTER)
    operator.until_at("/console/jobs?told=rerun")
    assert await house.pool.fetchval("select state from kit.jobs where id = $1", job_id) == "ready"
    await house.pool.execute("delete from kit.jobs")


async def test_a_limit_is_changed_and_reset(operator: Visitor, house: House) -> None:
    operator.go("/console/limits")
    operator.click('a[href="/console/limits/upload/change"]')
    operator.until(lambda: operator.find("dialog[open] [name=count]").is_displayed())
    operator.write("count", "25")
    operator.write("reason", "The festival")
    operator.click("dialog .primary")
    operator.until_at("/console/limits?told=changed")
    row = await house.pool.fetchrow("select count, reason from kit.limits where category = 'upload'")
    assert tuple(row or ()) == (25, "The festival")
    operator.click('a[href="/console/limits/upload/reset"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "It is over")
    operator.click("dialog .primary")
    operator.until_at("/console/limits?told=reset")
    assert await house.pool.fetchrow("select from kit.limits where category = 'upload'") is None


async def test_a_key_is_made_shown_once_and_revoked(operator: Visitor, house: House) -> None:
    operator.go("/console/keys/new")
    operator.write("name", "EU match servers")
    operator.click("main button.primary")
    operator.until(lambda: "Choose at least one" in operator.text())
    assert operator.find("[name=name]").get_attribute("value") == "EU match servers"
    operator.click("input[value='matches:write']")
    operator.write("allow", "not a network")
    operator.click("main button.primary")
    operator.until(lambda: "not an address or network" in operator.text())
    operator.write("allow", "203.0.113.7/24")
    operator.tab_to("main button.primary")
    operator.press(Key.ENTER)
    secret = operator.until(lambda: operator.text("#secret"))
    assert secret.startswith("pb_dev_")
    operator.go("/console/keys")
    assert secret not in operator.ask("document.documentElement.outerHTML")
    key_id = secret.split("_")[2]
    operator.click(f'a[href="/console/keys/{key_id}/revoke"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "It leaked")
    operator.press(Key.ENTER)
    operator.until_at("/console/keys?told=revoked")
    assert await house.pool.fetchval("select revoked_at from access.api_keys where key_id = $1", key_id) is not None
    assert (
        await house.pool.fetchval("select reason from audit.entries where action = 'authn_token_revoked'")
        == "It leaked"
    )


async def test_a_player_is_suspended_and_readmitted(operator: Visitor, house: House) -> None:
    player = house.players[3]
    for verb, status in (("suspend", "suspended"), ("readmit", "active")):
        operator.go(f"/console/players/{player}")
        operator.click(f"a[href$={verb}]")
        operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
        operator.write("reason", "Two accounts")
        operator.click("dialog .primary")
        operator.until_at(f"/console/players/{player}?told={verb}")
        assert await house.pool.fetchval("select status from identity.players where player_id = $1", player) == status


async def test_a_role_is_given_and_taken(operator: Visitor, house: House) -> None:
    player = house.players[4]
    for roles in (["support"], []):
        operator.go(f"/console/staff/roles?player_id={player}")
        operator.click("input[value=support]")
        operator.write("reason", "The new colleague")
        operator.click("main .primary")
        operator.until_at("/console/staff?told=roles")
        held = await house.pool.fetchval("select roles from access.staff where player_id = $1", player)
        assert (held or []) == roles


async def test_a_match_is_declared_void(operator: Visitor, house: House) -> None:
    intake = report_of(house.players[5], house.players[6])
    async with transaction(house.pool) as tx:
        await matches.report(tx, [intake])
    operator.go(f"/console/matches/{intake.report.match_id}")
    operator.click("a[href$=void]")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "The server crashed")
    operator.click("dialog .primary")
    operator.until_at(f"/console/matches/{intake.report.match_id}?told=void")
    assert await _voided(house, intake.report.match_id)


async def test_the_one_search_finds_players_matches_and_ids(operator: Visitor, house: House) -> None:
    operator.go("/console")
    for sought, found in (
        (str(house.players[2]), f"/console/players/{house.players[2]}"),
        ("kestrel", "/console/players?q=kestrel"),
    ):
        operator.find(".top [name=q]").send_keys(sought + Key.ENTER)
        operator.until_at(found)


async def _voided(house: House, match_id: UUID) -> bool:
    return await house.pool.fetchval("select voided_at from matches.matches where match_id = $1", match_id) is not None
