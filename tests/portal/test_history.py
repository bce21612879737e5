"""What an account's history says: every thing that matters, in words, and nothing that is not its owner's to read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from playerbase import access, audit, identity
from playerbase.audit import Deed
from playerbase.kit import clock, ids
from playerbase.kit.db import transaction
from playerbase.portal.pages.wording import PLAIN, WORDINGS, worded
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.accounts.phones import enrol
from tests.portal.test_portal import OURS, SIGN_UP, a_game, csrf, post, sign_up

NAMES = {"steam": "Steam", "twitch": "Twitch"}
STAFF = Deed(
    actor_kind="staff", actor_id="0198c0de-0000-7000-8000-00000000cafe", action="", ip="198.51.100.7", agent="curl/8"
)


def entry(action: str, outcome: str = "done", reason: str = "", **more: Any) -> audit.Entry:
    return audit.Entry(
        ids.uuid7(), 0, 1, clock.now(), "player", "x", None, action, "", "", outcome, more.get("before"),
        more.get("after"), reason, "", "", "", "", "",
    )  # fmt: skip


def said(action: str, outcome: str = "done", reason: str = "", **more: Any) -> str | None:
    words = worded(entry(action, outcome, reason, **more), NAMES)
    return None if words is None else words.text


@pytest.mark.parametrize(
    ("said_of", "text"),
    [
        (("authn_login_success", "done", "steam"), "Signed in with Steam"),
        (("authn_login_success", "done", "browser"), "Signed in"),
        (("authn_login_success", "done", "some_internal_thing"), "Signed in"),
        (("authn_login_success", "done", "email_code"), "Signed in by a code from a letter"),
        (("session_ended", "done", "logout_all"), "Signed out everywhere"),
        (("session_ended", "done", "some_internal_thing"), "Signed out"),
        (("session_ended", "done", "twitch_disconnected"),
         "Signed out where Twitch had signed you in, because it is disconnected there"),
    ],
)  # fmt: skip
def test_a_reason_is_worded_or_left_out(said_of: tuple[str, str, str], text: str) -> None:
    assert said(*said_of) == text


@pytest.mark.parametrize(
    ("action", "details", "text"),
    [
        ("identity_linked", {"after": {"provider": "twitch"}}, "Linked Twitch"),
        ("identity_unlinked", {"before": {"provider": "twitch"}}, "Unlinked Twitch"),
        ("identity_linked", {"after": {"provider": "secret_partner"}}, "Linked another way to sign in"),
        ("recovery_code_used", {"after": {"codes_left": 9}}, "A recovery code was used, 9 left"),
        ("recovery_code_used", {}, "A recovery code was used"),
        ("letter_sent", {"after": {"kind": "reset"}}, "A link to choose another password was mailed"),
        ("letter_sent", {"after": {"kind": "some_internal_letter"}}, None),
        ("authn_login_success", {"after": {"new_device": True}}, "Signed in from a new device"),
        ("player_status_changed", {"after": {"kind": "banned", "scope": None}}, "Banned by staff"),
        ("player_status_changed",
         {"after": {"kind": "suspended", "until": "2026-11-24T09:30:00.000Z", "scope": "demo"}},
         "Suspended by staff in one game until 24 Nov 2026, 09:30 UTC"),
        ("player_status_changed", {"after": {"status": "active"}}, "A ban or suspension was lifted by staff"),
    ],
)  # fmt: skip
def test_details_are_worded_one_by_one(action: str, details: Mapping[str, Any], text: str | None) -> None:
    assert said(action, **details) == text


@pytest.mark.parametrize("outcome", ["done", "refused", "failed"])
@pytest.mark.parametrize("action", ["privilege_permissions_changed", "authn_token_created", "nobody_has_written_this"])
def test_what_has_no_words_is_not_shown(action: str, outcome: str) -> None:
    assert said(action, outcome) is None


def test_no_sentence_holds_a_name_of_ours() -> None:
    texts = [words.text for words in PLAIN.values()]
    texts += [said(action, outcome) or "" for action, outcome in WORDINGS]
    actions = {action for action, _ in (*PLAIN, *WORDINGS)}
    assert [text for text in texts if "_" in text or any(action in text for action in actions)] == []


async def history(people: People) -> str:
    return (await people.api.get("/portal/history")).text


async def test_a_known_device_is_told_from_a_new_one(people: People) -> None:
    await sign_up(people)
    token = {"csrf": await csrf(people)}
    assert (await post(people, "/portal/sign-out", token)).status_code == 303
    assert (await post(people, "/portal/sign-in", SIGN_UP)).status_code == 303
    assert "from a new device" not in await history(people)
    with a_game(people):
        assert (await people.log_in()).status_code == 200
    assert (await history(people)).count("Signed in with your password from a new device") == 1


async def test_what_strangers_and_letters_did_stands_there(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    with a_game(people):
        for _ in range(10):
            await people.log_in(password="Wrong1!horse")
        await people.post("/auth/password-reset", {"email": SIGN_UP["email"]})
    await letterbox.come()
    told = await history(people)
    for text in (
        "Somebody tried a wrong password", "Locked after ten wrong passwords or codes",
        "A link to choose another password was mailed", "We wrote to you about many wrong passwords",
        "A link to confirm your address was sent to it",
    ):  # fmt: skip
        assert text in told, text


async def test_a_replayed_refresh_token_stands_there(people: People) -> None:
    await sign_up(people)
    with a_game(people):
        game = someone(await people.log_in())
        await people.refresh(game.refresh_token)
        await people.later(minutes=1)
        assert (await people.refresh(game.refresh_token)).json()["code"] == "refresh_reused"
    assert "A refresh token was used twice, so that session was ended" in await history(people)


async def signed_in_with_factor(people: People) -> tuple[Someone, Any]:
    with a_game(people):
        ada = await people.register(SIGN_UP["email"])
        phone = await enrol(people, ada)
        entered = await people.post(
            "/auth/login", {"email": SIGN_UP["email"], "password": PASSWORD, "totp": await phone.next()}
        )
    return someone(entered), phone


async def test_a_recovery_code_counts_down(people: People) -> None:
    ada, phone = await signed_in_with_factor(people)
    async with transaction(people.api.site.pool) as tx:
        before = (await access.factor_state(tx, ada.player_id)).recovery_codes_left
    made = await people.post("/auth/2fa/recovery-codes", {"code": await phone.next()}, **ada.headers)
    assert (made.status_code, before) == (200, 10)
    codes = made.json()["recovery_codes"]
    assert (await people.post("/auth/reauthenticate", {"code": codes[0]}, **ada.headers)).status_code == 200
    form = {"email": SIGN_UP["email"], "password": PASSWORD}
    asked = await post(people, "/portal/sign-in", form)
    waiting = asked.text.split('name="mfa_token" value="')[1].split('"')[0]
    assert (await post(people, "/portal/sign-in/code", {"mfa_token": waiting, "code": codes[1]})).status_code == 303
    told = await history(people)
    for text in (
        "Second factor switched on", "New recovery codes, the old ones are void", "A recovery code was used, 9 left",
        "A recovery code was used, 8 left", "Proved once more who you are",
    ):  # fmt: skip
        assert text in told, text


async def test_what_staff_did_is_told_without_where_they_sat(people: People) -> None:
    await sign_up(people)
    player_id: UUID = await people.api.site.pool.fetchval("select player_id from access.credentials")
    async with transaction(people.api.site.pool) as tx:
        until = clock.now() + timedelta(minutes=5)
        barring = identity.Barring(identity.BanKind.SUSPENDED, "A reason for staff", until=until)
        await access.bar(tx, player_id, barring, by=STAFF)
    await people.later(minutes=6)
    assert (await people.api.post("/portal/sign-in", data=SIGN_UP, headers=OURS)).status_code == 303
    told = await history(people)
    assert "Suspended by staff until" in told
    for hidden in ("198.51.100.7", "curl", "A reason for staff", "cafe"):
        assert hidden not in told, hidden


async def test_signing_all_others_out_stands_there(people: People) -> None:
    await sign_up(people)
    with a_game(people):
        await people.log_in()
    await post(people, "/portal/devices/others/sign-out", {"csrf": await csrf(people)})
    assert "All other devices signed out" in await history(people)
