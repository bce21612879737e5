"""Keys, clients and signing keys in the console: replaced without anybody noticing."""

from tests.console.browser import Visitor
from tests.console.house import House
from tests.console.test_pages import faults_of


async def test_a_key_is_rotated_and_its_successor_shown_once(operator: Visitor, house: House) -> None:
    old = await house.pool.fetchval("select key_id from access.api_keys where name = 'Demo game server'")
    operator.go("/console/keys?state=active")
    operator.click(f'a[href="/console/keys/{old}/rotate"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.click("dialog [name=overlap_hours] option[value='72']")
    operator.write("reason", "Once a year")
    operator.click("dialog .primary")
    secret = operator.until(lambda: operator.text("#secret"))
    successor = secret.split("_")[2]
    row = await house.pool.fetchrow("select rotated_to, expires_at from access.api_keys where key_id = $1", old)
    assert row is not None
    assert (row["rotated_to"], row["expires_at"] is not None) == (successor, True)
    operator.go("/console/keys")
    assert operator.all(f'a[href="/console/keys/{old}/rotate"]') == []


async def test_a_client_is_made_rotated_and_revoked(operator: Visitor, house: House) -> None:
    operator.go("/console/clients/new")
    operator.write("name", "Matchmaker")
    operator.click("input[value='players:login']")
    operator.click("main button.primary")
    first = operator.until(lambda: operator.text("#secret"))
    assert first.startswith("pb_cs_")
    client_id = await house.pool.fetchval("select client_id from access.clients where name = 'Matchmaker'")
    for theme in ("light", "dark"):
        for size in ("wide", "small"):
            operator.look(size, theme)
            for path in (
                "/console/clients",
                f"/console/clients/{client_id}/rotate",
                f"/console/clients/{client_id}/revoke",
            ):
                operator.go(path)
                assert faults_of(operator) == [], (path, theme, size)
    operator.look("wide")
    operator.go("/console/clients")
    operator.click(f'a[href="/console/clients/{client_id}/rotate"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "Somebody left")
    operator.click("dialog .primary")
    second = operator.until(lambda: operator.text("#secret"))
    assert second != first
    operator.go("/console/clients")
    operator.click(f'a[href="/console/clients/{client_id}/revoke"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "Not needed")
    operator.click("dialog .primary")
    operator.until_at("/console/clients?told=revoked")
    revoked = await house.pool.fetchval("select revoked_at from access.clients where client_id = $1", client_id)
    assert revoked is not None


async def test_the_next_signing_key_is_made_once(operator: Visitor, house: House) -> None:
    operator.go("/console/signing-keys")
    assert "Signs" in operator.text("main tbody")
    operator.click('a[href="/console/signing-keys/rotate"]')
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "A rehearsal")
    operator.click("dialog .primary")
    operator.until_at("/console/signing-keys?told=rotated")
    assert "Waits" in operator.text("main tbody")
    assert operator.all('a[href="/console/signing-keys/rotate"]') == []
    assert await house.pool.fetchval("select count(*) from access.signing_keys") == 2
