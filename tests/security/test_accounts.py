"""What the standard asks of accounts and no other story tells."""

from tests.accounts.letterbox import Letterbox
from tests.accounts.people import People
from tests.accounts.phones import enrol

ADA = "ada@example.com"
NEW = "Another1 horse"


async def test_an_old_password_is_still_good(people: People) -> None:
    await people.register()
    await people.later(days=3 * 365)
    assert (await people.log_in()).status_code == 200


async def test_a_reset_leaves_the_second_factor(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await enrol(people, ada)
    await letterbox.come()
    await people.post("/auth/password-reset", {"email": ADA})
    token = (await letterbox.comes()).token
    chosen = await people.post("/auth/password-reset/confirm", {"token": token, "password": NEW})
    assert (chosen.status_code, chosen.content) == (204, b"")
    answer = await people.log_in(password=NEW)
    assert answer.status_code == 202
    assert answer.json()["mfa_required"] is True


async def test_an_export_of_the_audit_is_named_by_us(people: People) -> None:
    operator, _ = await people.begin()
    for form in ("csv", "json"):
        answer = await people.api.get(f"/api/v1/admin/audit/export?format={form}", headers=operator.headers)
        named = answer.headers["content-disposition"]
        assert named == f'attachment; filename="audit.{form}"'
