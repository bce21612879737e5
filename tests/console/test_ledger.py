"""The ledger in a browser: every page at both sizes and in both themes, and what an operator does there."""

import pytest
from selenium.webdriver.common.keys import Keys as Key

from playerbase import ledger
from playerbase.kit.db import transaction
from playerbase.ledger import HOUSE, Leg, Posting, Purpose
from tests.console.bank import Furnished, furnish
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of

BALANCE = (
    "select posted from ledger.balances join ledger.accounts using (account_id) join ledger.assets using (asset_id)"
    " where owner_id = $1 and purpose = 'main' and code = $2"
)
PAGES = (
    "/console/ledger", "/console/ledger?owner=house", "/console/ledger?asset=gems&purpose=main",
    "/console/ledger?asset=gems&purpose=escrow", "/console/ledger?player_id={debtor}", "/console/ledger?q=nothing",
    "/console/ledger/accounts/{account}", "/console/ledger/accounts/{account}?kind=nothing",
    "/console/ledger/accounts/{account}/lock", "/console/ledger/transactions",
    "/console/ledger/transactions/{transaction}", "/console/ledger/transactions/{undone}",
    "/console/ledger/transactions/{transaction}/reverse", "/console/ledger/holds",
    "/console/ledger/holds?state=voided", "/console/ledger/holds/{hold}", "/console/ledger/blocks",
    "/console/ledger/blocks?chain=3", "/console/assets", "/console/assets/new", "/console/assets/gems/bound",
    "/console/economy?asset=coins", "/console/economy?asset=gems&days=90", "/console/economy/anew",
    "/console/players/{debtor}", "/console/players/{fresh}", "/console/players/{debtor}/grant",
    "/console/players/{debtor}/revoke?asset=coins&amount=5",
)  # fmt: skip


@pytest.fixture(scope="module")
async def bank(house: House) -> Furnished:
    return await furnish(house)


def at(path: str, bank: Furnished) -> str:
    return path.format(**{name: getattr(bank, name) for name in bank.__struct_fields__})


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_right_at_every_size_and_in_both_themes(operator: Visitor, bank: Furnished, path: str) -> None:
    operator.go(at(path, bank))
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)
        assert operator.ask(RATIOS) == [], (theme, size)


def test_a_list_leads_to_an_account_an_entry_its_transaction_and_its_block(operator: Visitor, bank: Furnished) -> None:
    operator.go(at("/console/ledger/accounts/{account}", bank))
    operator.press("j")
    operator.press(Key.ENTER)
    operator.until(lambda: "/transactions/" in operator.path)
    operator.until(lambda: "Why is the balance this?" in operator.text())
    assert "Proved" in operator.text("section[aria-labelledby=h-block]")
    operator.click("section[aria-labelledby=h-block] a.mono")
    operator.until(lambda: "/blocks/" in operator.path)
    assert "Proved" in operator.until(lambda: operator.text("section[aria-labelledby=h-proof]"))


def test_letters_lead_to_the_ledger(operator: Visitor) -> None:
    operator.go("/console")
    operator.press("g", "e")
    operator.until_at("/console/ledger")
    assert "Ledger" in operator.text("h1")


async def test_an_operator_gives_and_undoes_it(operator: Visitor, house: House, bank: Furnished) -> None:
    operator.go(f"/console/players/{bank.fresh}")
    operator.click(f"a[href='/console/players/{bank.fresh}/grant']")
    operator.until_at(f"/console/players/{bank.fresh}/grant")
    operator.write("amount", "12.5")
    operator.write("reason", "A lost prize")
    operator.write("ref", "ticket:4711")
    operator.tab_to("main button.primary")
    operator.press(Key.ENTER)
    operator.until(lambda: "Given." in operator.text(".toast"))
    assert "by an operator" in operator.text() or "an operator posted" in operator.text()
    assert await house.pool.fetchval(BALANCE, bank.fresh, "gems") == 1_250
    operator.click("a[href$=reverse]")
    operator.until(lambda: operator.path.endswith("/reverse"))
    operator.write("reason", "The wrong player")
    operator.click("main button.primary")
    operator.until(lambda: "Undone." in operator.text(".toast"))
    assert await house.pool.fetchval(BALANCE, bank.fresh, "gems") == 0
    operator.go(f"/console/players/{bank.fresh}?kind=Wallet")
    assert "A lost prize" in operator.text("#timeline")


async def test_much_is_given_after_a_proof(operator: Visitor, house: House, bank: Furnished) -> None:
    await house.pool.execute(
        "update access.sessions set authenticated_at = authenticated_at - interval '6 minutes' where kind = 'browser'"
    )
    operator.go(f"/console/players/{bank.debtor}/grant")
    operator.ask("document.querySelector('[name=asset]').value = 'points'")
    operator.write("amount", "10001")
    operator.write("reason", "A grand prize")
    operator.click("main button.primary")
    operator.until(lambda: operator.path.startswith("/console/prove"))
    operator.write("password", house.password)
    operator.click("main button.primary")
    operator.until(lambda: "/grant" in operator.path)
    assert operator.find("[name=reason]").get_attribute("value") == "A grand prize"
    assert operator.find("[name=amount]").get_attribute("value") == "10001"
    before = await house.pool.fetchval(BALANCE, bank.debtor, "points") or 0
    operator.click("main button.primary")
    operator.until(lambda: "Given." in operator.text(".toast"))
    assert await house.pool.fetchval(BALANCE, bank.debtor, "points") == before + 10_001


async def test_an_account_is_locked_and_opened(operator: Visitor, house: House, bank: Furnished) -> None:
    here = at("/console/ledger/accounts/{account}", bank)
    for verb, locked in (("lock", 1), ("unlock", 0)):
        operator.go(here)
        operator.click(f"a[href$='/{verb}']")
        operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
        operator.write("reason", "It looks stolen")
        operator.click("dialog .primary")
        operator.until_at(f"{here}?told={verb}ed")
        state = "select locked from ledger.balances where account_id = $1"
        assert await house.pool.fetchval(state, bank.account) == locked
        assert ("Nothing leaves this account" in operator.text()) is bool(locked)


def test_the_economy_can_be_read_as_a_table(operator: Visitor, bank: Furnished) -> None:
    assert bank
    operator.go("/console/economy?asset=coins")
    assert len(operator.all("svg.plot[role=img][aria-label]")) == 3
    operator.click("details.more summary")
    assert len(operator.all("[aria-label='By day'] tbody tr")) == 30


def come_in(visitor: Visitor, house: House) -> None:
    """The player, through the portal's own door."""
    visitor.go("/portal/sign-in")
    visitor.write("email", house.player_email)
    visitor.write("password", house.player_password)
    visitor.click("main .btn.primary")
    visitor.until_at("/portal")


def test_a_wallet_in_the_portal(house: House, stranger: Visitor, bank: Furnished) -> None:
    assert bank
    come_in(stranger, house)
    for path in ("/portal/wallet", "/portal/wallet?asset=gems", "/portal/wallet?kind=expire", "/portal"):
        stranger.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            stranger.look(size, theme)
            assert faults_of(stranger) == [], (path, theme, size)
            assert stranger.ask(RATIOS) == [], (path, theme, size)


async def test_a_balance_changes_while_it_is_looked_at(house: House, stranger: Visitor, bank: Furnished) -> None:
    assert bank
    player = house.players[0]
    come_in(stranger, house)
    stranger.go("/portal/wallet")
    before = stranger.text("#balances")
    legs = (Leg(player, "coins", 7_777), Leg(HOUSE, "coins", -7_777, Purpose.ISSUANCE))
    stranger.until(lambda: stranger.ask("source && source.readyState === 1"))
    async with transaction(house.pool) as tx:
        await ledger.post(tx, [Posting(scope="tests", key="live", kind="earn", legs=legs, reason="While you look")])
    stranger.until(lambda: stranger.text("#balances") != before)
    stranger.until(lambda: stranger.text("[data-fresh]") == "1 newer row")
    stranger.click("[data-fresh] a")
    assert "While you look" in stranger.text("#list-history")
