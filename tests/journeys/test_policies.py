"""Every route has a policy, and whoever it does not name is refused, whatever they send."""

import re
from uuid import UUID

import pytest

from playerbase import access, app, audit
from playerbase.kit.db import transaction
from playerbase.kit.http import Policy, Route
from tests.accounts.people import People
from tests.conftest import Api

ROUTES = sorted(app.ROUTES, key=lambda route: (route.path, route.method))
STAFF = sorted(set(access.ROLES) - {"player"})
CALLERS = ["nobody", "player", *STAFF, *access.KEY_SCOPES]
MAKER = audit.Deed(
    actor_kind="system", actor_id="test", player_id=None, action="test", target_kind="test", target_id="test",
    outcome="done",
)  # fmt: skip


def path_of(route: Route) -> str:
    """A path of the route that names nothing there is."""
    return re.sub(r"{[a-z_]+}", str(UUID(int=1)), route.path)


def allows(policy: Policy, caller: str) -> bool:
    if policy.anyone:
        return True
    if caller == "nobody":
        return False
    if caller in access.KEY_SCOPES:
        return policy.scope == caller
    return policy.player or policy.permission in access.ROLES[caller]


@pytest.fixture
async def callers(api: Api, people: People) -> dict[str, dict[str, str]]:
    """The Authorization of each."""
    await people.begin()
    headers: dict[str, dict[str, str]] = {"nobody": {}}
    for role in ["player", *STAFF]:
        # By password: whom a game server vouches for has no powers of staff, whatever roles they hold.
        someone = await people.register(f"{role}@example.com", f"Some {role}")
        headers[role] = someone.headers
        if role != "player":
            async with transaction(api.site.pool) as tx:
                await access.set_roles(tx, someone.player_id, [role], by=MAKER)
    for scope in access.KEY_SCOPES:
        async with transaction(api.site.pool) as tx:
            made = await access.create_api_key(tx, name=scope, env="dev", game="demo", scopes=[scope], by=MAKER)
        headers[scope] = {"authorization": f"Bearer {made.secret}"}
    return headers


async def test_whoever_a_policy_does_not_name_is_refused(api: Api, callers: dict[str, dict[str, str]]) -> None:
    wrong = []
    tried = 0
    for route in ROUTES:
        for caller in CALLERS:
            if allows(route.policy, caller):
                continue
            answer = await api.request(route.method, path_of(route), headers=callers[caller], json={"x": 1})
            expected = {401, 303} if caller == "nobody" else {403}
            tried += 1
            if answer.status_code not in expected:
                wrong.append((route.template, caller, answer.status_code))
    assert wrong == []
    assert tried > 300


async def test_whoever_it_names_is_let_in(api: Api, callers: dict[str, dict[str, str]]) -> None:
    wrong = []
    for route in ROUTES:
        if route.method != "GET" or route.path.endswith("/stream"):
            continue
        for caller in CALLERS:
            # Any player may ask for the console, to be told there that it is for staff.
            if allows(route.policy, caller) and not (route.is_page and caller == "player"):
                answer = await api.get(path_of(route), headers=callers[caller])
                if (answer.status_code in {401, 403} and "not_" in answer.text) or answer.status_code >= 500:
                    wrong.append((route.template, caller, answer.status_code, answer.text[:200]))
    assert wrong == []


def test_nothing_that_changes_something_is_open_to_anyone_but_the_way_in() -> None:
    open_doors = {route.path for route in ROUTES if route.policy.anyone and route.method != "GET"}
    assert open_doors == {
        "/api/v1/auth/register",
        "/api/v1/auth/login",
        "/api/v1/auth/refresh",
        "/api/v1/auth/logout",
        "/api/v1/auth/revoke",
        "/api/v1/auth/device/login",
        "/api/v1/auth/2fa/verify",
        "/api/v1/auth/email/verify",
        "/api/v1/auth/password-reset",
        "/api/v1/auth/password-reset/confirm",
        "/api/v1/auth/email-code",
        "/api/v1/auth/email-code/verify",
        "/oauth/token",
        "/console/sign-in",
        "/console/sign-in/code",
        "/console/sign-out",
        "/console/theme",
        "/api/v1/auth/steam/login",
        "/api/v1/auth/epic/login",
        "/api/v1/auth/oidc/{provider}/login",
        "/portal/sign-up",
        "/portal/sign-in",
        "/portal/sign-in/code",
        "/portal/reset",
        "/portal/reset/confirm",
        "/portal/verify",
        "/portal/sign-out",
        "/portal/theme",
        "/portal/stop-seeing",
        "/webhooks/shopify/order/{topic}",
        "/webhooks/apple",
        "/webhooks/google",
        "/objects/{ticket}",
    }


def test_every_route_is_counted_under_a_limit() -> None:
    assert [route.template for route in ROUTES if not route.limits] == []
