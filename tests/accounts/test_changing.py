"""Changing one's password and address, confirming an address, and confirming before play."""

import asyncio

import httpx
import pytest

from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone

ADA, EVE, NEW_ADDRESS = "ada@example.com", "eve@example.com", "countess@example.com"
NEW = "Other2!donkey"


async def put(people: People, path: str, body: object, who: Someone) -> httpx.Response:
    return await people.api.put(f"/api/v1{path}", json=body, headers=who.headers)


async def change_password(people: People, who: Someone, current: str = PASSWORD, new: str = NEW) -> httpx.Response:
    return await put(people, "/auth/password", {"current_password": current, "password": new}, who)


async def change_email(
    people: People, who: Someone, email: str = NEW_ADDRESS, password: str = PASSWORD
) -> httpx.Response:
    return await put(people, "/auth/email", {"email": email, "password": password}, who)


async def verify(people: People, token: str) -> httpx.Response:
    return await people.post("/auth/email/verify", {"token": token})


async def topics(people: People) -> list[str]:
    return [row["topic"] for row in await people.api.site.pool.fetch("select topic from kit.events order by id")]


async def test_another_password_ends_every_session_but_this_one(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    other = someone(await people.log_in())
    await letterbox.come()
    answer = await change_password(people, ada)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await people.validate(ada), await people.validate(other)) == (200, 401)
    assert (await people.log_in()).status_code == 401
    someone(await people.log_in(password=NEW))
    letter = await letterbox.comes()
    assert (letter.to, letter.subject) == (ADA, "Your password was changed")
    assert "password.changed" in await topics(people)
    assert [row["outcome"] for row in await people.audited("authn_password_change")] == ["done"]


async def test_a_wrong_current_password_is_counted_apart_from_the_door(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await letterbox.come()
    for _ in range(10):
        answer = await change_password(people, ada, "Wrong1!horse")
        assert (answer.status_code, answer.json()["code"]) == (403, "password_wrong")
    assert (await change_password(people, ada)).status_code == 403, "ten guesses, and a stolen session learns no more"
    assert (await change_email(people, ada)).status_code == 403
    assert len(await people.audited("authn_password_change")) == 11
    assert (await letterbox.comes()).subject == "Many wrong passwords for your account"
    someone(await people.log_in())
    await people.later(minutes=10)
    assert (await change_password(people, ada)).status_code == 403


async def test_strangers_at_the_door_keep_nobody_from_changing(people: People) -> None:
    ada = await people.register()
    for _ in range(10):
        await people.log_in(password="Wrong1!horse")
    assert (await change_password(people, ada)).status_code == 204


async def test_a_weak_one_is_refused_and_nothing_ends(people: People) -> None:
    ada = await people.register()
    answer = await change_password(people, ada, new="Countess was 1st")
    assert (answer.status_code, answer.json()["code"]) == (422, "password_too_weak")
    someone(await people.log_in())


async def test_of_many_changes_at_once_one_holds(people: People) -> None:
    ada = await people.register()
    answers = await asyncio.gather(*(change_password(people, ada, new=f"{NEW}{n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [403] * 7
    won = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    someone(await people.log_in(password=f"{NEW}{won}"))


async def test_a_guest_has_no_password_to_change(people: People) -> None:
    guest = someone(await people.post("/auth/device/login", {"device_id": "a" * 32}))
    for answer in (
        await change_password(people, guest),
        await change_email(people, guest),
        await people.post("/auth/email/verification", None, **guest.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "password_missing")


async def test_an_address_changes_when_the_new_one_answers(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await letterbox.come()
    assert (await change_email(people, ada)).status_code == 202
    to_new, to_old = await letterbox.come()
    assert (to_new.to, to_new.subject) == (NEW_ADDRESS, "Confirm your new e-mail address")
    assert (to_old.to, to_old.subject) == (ADA, "Your e-mail address is about to change")
    assert to_new.link.startswith("http://test/portal/verify#token=")
    assert "#token" not in to_old.text
    assert NEW_ADDRESS not in to_old.whole
    someone(await people.log_in(ADA))
    assert (await people.log_in(NEW_ADDRESS)).status_code == 401
    assert (await verify(people, to_new.token)).status_code == 204
    someone(await people.log_in(NEW_ADDRESS))
    assert (await people.log_in(ADA)).status_code == 401
    assert await people.validate(ada) == 200
    assert (await verify(people, to_new.token)).status_code == 400
    assert "email.changed" in await topics(people)
    bob = await people.register(ADA, "Bobbing")
    assert bob.player_id != ada.player_id, "the old address is free again"


async def test_a_changed_password_or_a_reset_ends_a_change_of_address(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await letterbox.come()
    await change_email(people, ada)
    to_new, _ = await letterbox.come()
    await change_password(people, ada)
    assert (await verify(people, to_new.token)).status_code == 400
    await letterbox.come()
    await change_email(people, ada, password=NEW)
    await change_password(people, ada, NEW, PASSWORD)  # Before the letter is written.
    late = [letter for letter in await letterbox.come() if letter.to == NEW_ADDRESS]
    assert [(await verify(people, letter.token)).status_code for letter in late] == [400]
    someone(await people.log_in(ADA))


@pytest.mark.parametrize("how", ["changed", "reset"])
async def test_a_code_that_came_before_a_new_password_opens_nothing_after_it(
    people: People, letterbox: Letterbox, how: str
) -> None:
    ada = await people.register()
    assert (await verify(people, (await letterbox.comes()).token)).status_code == 204
    await people.post("/auth/password-reset", {"email": ADA})
    await people.post("/auth/email-code", {"email": ADA})
    reset, letter = await letterbox.come()
    if how == "changed":
        assert (await change_password(people, ada)).status_code == 204
    else:
        body = {"token": reset.token, "password": NEW}
        assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    answer = await people.post("/auth/email-code/verify", {"email": ADA, "code": letter.code})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")


async def test_a_taken_address_is_not_told_and_not_given(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await people.register(EVE, "Evening")
    await letterbox.come()
    assert (await change_email(people, ada, EVE)).status_code == 202
    assert [letter.to for letter in await letterbox.come()] == [ADA]
    assert (await change_email(people, ada)).status_code == 202
    to_new, _ = await letterbox.come()
    await people.register(NEW_ADDRESS, "Faster")
    answer = await verify(people, to_new.token)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_of_two_who_want_one_address_the_first_to_confirm_has_it(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    eve = await people.register(EVE, "Evening")
    await letterbox.come()
    await change_email(people, ada)
    await change_email(people, eve)
    letters = [letter for letter in await letterbox.come() if letter.to == NEW_ADDRESS]
    answers = await asyncio.gather(*(verify(people, letter.token) for letter in letters))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_registering_asks_to_confirm_the_address(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    first = await letterbox.comes()
    assert (first.to, first.subject) == (ADA, "Confirm your e-mail address")
    assert (await people.post("/auth/email/verification", None, **ada.headers)).status_code == 202
    second = await letterbox.comes()
    assert (await verify(people, first.token)).status_code == 400
    answers = await asyncio.gather(*(verify(people, second.token) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 5
    assert (await topics(people)).count("email.verified") == 1
    assert (await people.post("/auth/email/verification", None, **ada.headers)).status_code == 202
    assert await letterbox.come() == [], "there is nothing left to confirm"


@pytest.mark.parametrize(("hours", "status"), [(23.99, 204), (24.01, 400)])
async def test_a_confirming_link_is_good_for_a_day(
    people: People, letterbox: Letterbox, hours: float, status: int
) -> None:
    await people.register()
    token = (await letterbox.comes()).token
    await people.later(hours=hours)
    assert (await verify(people, token)).status_code == status


async def confirm_first(people: People) -> Someone:
    """An operator has thrown the switch."""
    operator, _ = await people.begin()
    assert (await people.api.get("/api/v1/admin/accounts/settings", headers=operator.headers)).json() == {
        "confirm_before_play": False,
        "twitch_check_minutes": 60,
        "new_device_letters": False,
    }
    answer = await put(people, "/admin/accounts/settings", {"confirm_before_play": True}, operator)
    assert answer.status_code == 200
    assert answer.json() == {"confirm_before_play": True, "twitch_check_minutes": 60, "new_device_letters": False}
    return operator


async def register(people: People, email: str = ADA, **headers: str) -> httpx.Response:
    body = {"email": email, "password": PASSWORD, "display_name": "Countess"}
    return await people.post("/auth/register", body, **headers)


async def test_where_addresses_are_confirmed_first_nobody_plays_before(people: People, letterbox: Letterbox) -> None:
    await confirm_first(people)
    answer = await register(people)
    assert (answer.status_code, answer.content) == (202, b"")
    wrong = await people.log_in(password="Wrong1!horse")
    early = await people.log_in()
    assert {**early.json(), "request_id": ""} == {**wrong.json(), "request_id": ""}
    assert early.status_code == 401
    assert (await verify(people, (await letterbox.comes()).token)).status_code == 204
    someone(await people.log_in())
    assert len(await people.audited("account_settings_changed")) == 1


async def test_there_a_known_address_is_answered_like_a_new_one(people: People, letterbox: Letterbox) -> None:
    before = await people.register(EVE, "Evening")
    operator = await confirm_first(people)
    await letterbox.come()
    answers = [await register(people, email) for email in (ADA, EVE, ADA)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    subjects = [(letter.to, letter.subject) for letter in await letterbox.come()]
    assert subjects == [
        (ADA, "Confirm your e-mail address"),
        (EVE, "You have an account already"),
        (ADA, "You have an account already"),
    ]
    someone(await people.log_in(EVE))
    assert await people.validate(before) == 200, "who played before the switch plays on"
    assert await people.validate(operator) == 200
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 3


async def test_who_registered_with_another_s_address_has_nothing_when_the_owner_comes(
    people: People, letterbox: Letterbox
) -> None:
    await confirm_first(people)
    await register(people)
    await letterbox.come()
    await register(people)
    letter = await letterbox.comes()
    body = {"token": letter.token, "password": NEW}
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    assert (await people.log_in()).status_code == 401
    someone(await people.log_in(password=NEW))


async def test_two_who_register_one_address_at_once_are_one_account_there(people: People) -> None:
    await confirm_first(people)
    answers = await asyncio.gather(*(register(people) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert await people.api.site.pool.fetchval("select count(*) from access.credentials") == 2
