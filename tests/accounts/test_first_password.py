"""The password that is made for the first operator, or anew at the command line: in production it opens one thing."""

from collections.abc import Iterator

import pytest

from playerbase import access, accounts, audit
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, someone

EMAIL, OWN = "operator@playerbase.local", "Other2!donkey"
BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def as_in_production(people: People) -> Iterator[None]:
    assert people.api.site.in_production is False
    access.demand_own_password(True)
    yield
    access.demand_own_password(False)


async def begun(people: People) -> tuple[Someone, str]:
    """The operator, signed in, and the password that was made for them."""
    async with transaction(people.api.site.pool) as tx:
        made = await accounts.bootstrap(tx, people.api.site.keys)
    assert made is not None
    return someone(await people.log_in(made.email, made.password)), made.password


async def staff(people: People, who: Someone) -> tuple[int, str]:
    answer = await people.api.get("/api/v1/admin/staff", headers=who.headers)
    return answer.status_code, answer.json().get("code", "")


async def choose(people: People, who: Someone, current: str, password: str) -> tuple[int, str]:
    body = {"current_password": current, "password": password}
    answer = await people.api.put("/api/v1/auth/password", json=body, headers=who.headers)
    return answer.status_code, answer.json()["errors"][0]["code"] if answer.content else ""


@pytest.mark.usefixtures("as_in_production")
async def test_roles_hold_once_another_password_is_chosen(people: People) -> None:
    operator, made = await begun(people)
    assert await staff(people, operator) == (403, "password_given")
    refused = await people.api.get("/api/v1/admin/staff", headers=operator.headers)
    assert "PUT /auth/password" in refused.json()["detail"]
    assert await choose(people, operator, made, made) == (422, "same"), "it would stay"
    assert await staff(people, operator) == (403, "password_given")
    assert await choose(people, operator, made, OWN) == (204, "")
    assert await staff(people, operator) == (200, "")
    assert await staff(people, someone(await people.log_in(EMAIL, OWN))) == (200, "")


@pytest.mark.usefixtures("as_in_production")
async def test_one_made_anew_at_the_command_line_is_no_other(people: People) -> None:
    operator, made = await begun(people)
    assert await choose(people, operator, made, OWN) == (204, "")
    async with transaction(people.api.site.pool) as tx:
        again = await accounts.renew_operator(tx, people.api.site.keys, EMAIL)
    operator = someone(await people.log_in(EMAIL, again))
    assert await staff(people, operator) == (403, "password_given")
    access.use_hashing(access.Hashing(cost=5, workers=2, waiting_max=200))
    operator = someone(await people.log_in(EMAIL, again))
    assert await staff(people, operator) == (403, "password_given"), "hashed anew it is the same password"


@pytest.mark.usefixtures("as_in_production")
async def test_the_console_leads_to_another_password(people: People) -> None:
    _, made = await begun(people)
    api = people.api
    form = {"email": EMAIL, "password": made, "next": "/console/limits"}
    assert (await api.post("/console/sign-in", data=form, headers=HERE)).status_code == 303
    refused = await api.get("/console/limits")
    assert refused.status_code == 403
    assert 'href="/portal/password"' in refused.text
    page = (await api.get("/portal/password")).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    same = await api.post("/portal/password", data={"csrf": token, "current": made, "password": made}, headers=HERE)
    assert same.status_code == 422
    assert "Choose another one than the present" in same.text
    changed = await api.post("/portal/password", data={"csrf": token, "current": made, "password": OWN}, headers=HERE)
    assert changed.status_code == 303
    assert (await api.get("/console/limits")).status_code == 200
    api.cookies.clear()


async def test_in_development_it_may_stay(people: People) -> None:
    operator, _ = await begun(people)
    assert await staff(people, operator) == (200, "")


@pytest.mark.usefixtures("as_in_production")
async def test_players_choose_theirs_themselves(people: People) -> None:
    operator, made = await begun(people)
    assert await choose(people, operator, made, OWN) == (204, "")
    ada = await people.register()
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, ada.player_id, ["admin"], by=BY)
    assert await staff(people, ada) == (200, "")
