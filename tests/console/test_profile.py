"""The profile in the portal and its pictures in the console, in a browser: sent, refused, shown, taken away."""

from pathlib import Path
from uuid import UUID

from playerbase import app, settings
from playerbase.kit.crypto import Keys
from tests.console.browser import LOOKS, Visitor
from tests.console.conftest import sign_in
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of
from tests.console.test_portal import arrive
from tests.kit.images import hostile


async def test_a_player_writes_their_profile_and_sends_pictures(
    stranger: Visitor, house: House, tmp_path: Path
) -> None:
    """One way through both, because each picture takes a while."""
    told = settings.read(house.environ)
    app.configure(told, Keys.derive(told.secret))  # The worker of this house is this very process.
    arrive(stranger, "pictured@example.com", "Pictured")
    stranger.go("/portal/profile")
    stranger.write("bio", "I paint.")
    stranger.write("country", "pt")
    stranger.write("colour", "#3f7d58")
    stranger.write("twitch", "https://evil.test/x")
    stranger.click("form[action='/portal/profile'] .btn.primary")
    stranger.until(lambda: stranger.all("main .error"))
    assert "https address" in stranger.text("main .error")
    assert stranger.ask("document.querySelector('[name=bio]').value") == "I paint.", "what was typed stays"
    stranger.write("twitch", "https://www.twitch.tv/pictured")
    stranger.click("form[action='/portal/profile'] .btn.primary")
    stranger.until_at("/portal/profile?told=saved")
    assert stranger.ask("document.querySelector('[name=country]').value") == "PT"

    async def send(kind: str, body: bytes, name: str) -> None:
        (tmp_path / name).write_bytes(body)
        stranger.find(f"#f-{kind}").send_keys(str(tmp_path / name))
        stranger.until(lambda: "looked through" in stranger.text(f"[data-picture={kind}] [data-say]"))
        await app.drain(house.pool)

    await send("avatar", hostile.bomb(7_000, 7_000), "bomb.png")
    stranger.until(lambda: "too many pixels" in stranger.text("[data-picture=avatar] [data-say]"))
    assert not stranger.all("img.picture")
    stranger.go("/portal/profile")
    for kind in ("avatar", "banner"):
        await send(kind, hostile.image(size=(800, 400)), f"{kind}.png")
        stranger.until(lambda kind=kind: stranger.all(f"img.picture.{kind}"))  # type: ignore[misc]
        stranger.until(lambda kind=kind: stranger.ask(f"document.querySelector('img.{kind}').naturalWidth > 0"))  # type: ignore[misc]
    for size, theme in LOOKS:
        stranger.look(size, theme)
        assert faults_of(stranger) == [], (size, theme)
        assert stranger.ask(RATIOS) == [], (size, theme)
    stranger.look("wide")

    player_id: UUID = await house.pool.fetchval(
        "select player_id from profiles.profiles where display_name = 'Pictured'"
    )
    stranger.click("form[action='/portal/profile/banner/remove'] button")
    stranger.until_at("/portal/profile?told=banner")
    assert not stranger.all("img.picture.banner")
    looked_after(stranger, house, player_id)


def looked_after(stranger: Visitor, house: House, player_id: UUID) -> None:
    """The same in the console."""
    stranger.forget()
    sign_in(stranger, house.email, house.password)
    for path in (f"/console/players/{player_id}/images", "/console/files", f"/console/players/{player_id}"):
        stranger.go(path)
        for size, theme in LOOKS:
            stranger.look(size, theme)
            assert faults_of(stranger) == [], (path, size, theme)
            assert stranger.ask(RATIOS) == [], (path, size, theme)
    stranger.look("wide")
    stranger.go(f"/console/players/{player_id}/images/avatar/remove")
    stranger.write("reason", "an advertisement")
    stranger.click("main .btn.danger")
    stranger.until_at(f"/console/players/{player_id}/images?told=removed")
    assert not stranger.all("img.picture")
    stranger.go("/console/files")
    stranger.write("uploads_a_day", "30")
    stranger.click("form[action='/console/files'] .btn.primary")
    stranger.until_at("/console/files?told=saved")
    assert stranger.ask("document.querySelector('[name=uploads_a_day]').value") == "30"
