"""What staff were refused is in the audit, also when they sent an Idempotency-Key with it."""

from uuid import uuid4

import pytest

from tests.accounts.people import People
from tests.conftest import Api


@pytest.mark.parametrize("key", [{}, {"idempotency-key": "once"}], ids=["without a key", "with a key"])
async def test_a_refused_deed_leaves_one_row(api: Api, people: People, key: dict[str, str]) -> None:
    operator, _ = await people.begin()
    path = f"/api/v1/admin/matches/{uuid4()}/void"

    for _ in range(2):
        answer = await api.post(path, json={"reason": "a cheat"}, headers=operator.headers | key)
        assert answer.status_code == 404

    rows = await people.audited("matches_void_match")
    assert {row["reason"] for row in rows} == {"no_such_match"}
    assert len(rows) == (1 if key else 2)  # A kept answer is no second deed.


async def test_a_failed_sign_in_leaves_one_row(api: Api, people: People) -> None:
    await people.register()
    assert (await people.log_in(password="Wrong1!horse")).status_code == 401

    rows = await api.site.pool.fetch("select action, outcome from audit.entries where outcome <> 'done'")
    assert [tuple(row) for row in rows] == [("authn_login_fail", "failed")]


async def test_a_taken_address_leaves_a_row(people: People) -> None:
    await people.register()
    again = {"email": "ada@example.com", "password": "Correct1!horse", "display_name": "Countess"}
    assert (await people.post("/auth/register", again)).status_code == 409
    assert [row["reason"] for row in await people.audited("accounts_register")] == ["email_taken"]
