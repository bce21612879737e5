"""The owner is written to when how they sign in changes."""

import pytest

from tests.accounts.letterbox import Letterbox
from tests.accounts.people import People
from tests.accounts.phones import enrol

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.

ADA = "ada@example.com"


async def test_a_letter_tells_of_each_change_of_a_factor(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await letterbox.come()

    phone = await enrol(people, ada)
    letter = await letterbox.comes()
    assert (letter.to, letter.subject) == (ADA, "How you sign in was changed")
    assert "switched on" in letter.text
    assert "http://test/portal/reset\n" in letter.text
    assert "token" not in letter.whole

    renewed = await people.post("/auth/2fa/recovery-codes", {"code": await phone.next()}, **ada.headers)
    assert renewed.status_code == 200
    letter = await letterbox.comes()
    assert "New recovery codes" in letter.text
    assert not any(code in letter.whole for code in renewed.json()["recovery_codes"])

    gone = await people.post("/auth/2fa/disable", {"code": await phone.next()}, **ada.headers)
    assert gone.status_code == 204
    assert "switched off" in (await letterbox.comes()).text


async def test_what_was_refused_is_no_news(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    await letterbox.come()
    wrong = "000000" if phone.at() != "000000" else "111111"
    assert (await people.post("/auth/2fa/disable", {"code": wrong}, **ada.headers)).status_code != 204
    assert await letterbox.come() == []
