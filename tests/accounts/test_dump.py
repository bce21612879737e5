"""A dump of the database, after a player and a studio have used everything that has a secret."""

import base64

import pytest

from playerbase import access
from playerbase.kit.db import transaction
from playerbase.simulators import handing
from playerbase.simulators.world import World
from tests.accounts.letterbox import Letterbox, everything
from tests.accounts.people import PASSWORD, People, someone
from tests.accounts.phones import enrol
from tests.accounts.worlds import add

ADA = "findable.ada@example.com"
DEVICE = {"device_id": "findable-device-0123456789abcdef", "device_secret": "findable-secret-0123456789"}


@pytest.fixture
async def kept_secrets(people: People, letterbox: Letterbox, world: World) -> list[str]:
    """Everything a player, a studio or a stranger with a wrong guess has sent or been given."""
    operator, server = await people.begin()
    ada = await people.register(ADA)
    verifying = await letterbox.comes()
    await people.post("/auth/email/verify", {"token": verifying.token})
    phone = await enrol(people, ada)
    question = await ask_again(people)
    used, left = phone.recovery_codes[:2]
    by_code = someone(await people.post("/auth/2fa/verify", {"mfa_token": question, "code": used}))
    await people.post("/auth/password-reset", {"email": ADA})
    await people.post("/auth/email-code", {"email": ADA})
    _, reset, code = await letterbox.come()  # The first says that there is a second factor now.
    made = [ADA, PASSWORD, verifying.token, phone.enrolment["secret"], used, left, question]
    made += [base64.b32decode(phone.enrolment["secret"]).hex(), phone.enrolment["otpauth_uri"]]
    made += [reset.token, code.code]
    made += [ada.access_token, ada.refresh_token, by_code.access_token, by_code.refresh_token]
    device = someone(await people.post("/auth/device/login", DEVICE))
    made += [*DEVICE.values(), device.refresh_token]
    vouched = someone(await people.post("/auth/server/login", {"external_id": "findable-external-7"}, **server))
    made += ["findable-external-7", vouched.refresh_token, server["authorization"].removeprefix("Bearer ")]
    for provider, path in (("steam", "steam"), ("epic", "epic"), ("oidc", "oidc/simulated")):
        person = add(world, provider)
        if provider == "steam":
            body = {"ticket": handing.ticket(world, person.id)}
        else:
            body = {"id_token": handing.id_token(world, provider, person.id)}
        made += [person.id, *body.values(), someone(await people.post(f"/auth/{path}/login", body)).refresh_token]
    client = await people.post(
        "/admin/clients", {"name": "Web shop", "scopes": ["profiles:read"], "game": "demo"}, **operator.headers
    )
    key = await people.post("/admin/api-keys", {"name": "Shard", "scopes": ["matches:write"]}, **operator.headers)
    assert (client.status_code, key.status_code) == (201, 201), client.text + key.text
    made += [client.json()["secret"], key.json()["secret"]]
    async with transaction(people.api.site.pool) as tx:
        made.append(
            await access.open_browser_session(tx, access.Opening(ada.player_id, "password", "playerbase", "Firefox"))
        )
    await people.log_in(ADA, "Findable-guess7!")
    await people.log_in("Typed7!as-an-address@example.com", PASSWORD)
    made += ["Findable-guess7!", "typed7!as-an-address"]
    return made


async def ask_again(people: People) -> str:
    answer = await people.post("/auth/login", {"email": ADA, "password": PASSWORD})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["mfa_token"])


async def test_a_dump_shows_none_of_all_the_secrets_there_are(people: People, kept_secrets: list[str]) -> None:
    dump = (await everything(people.api)).lower()
    # Bytes are shown in hexadecimal digits, in which a secret would be as much in clear.
    shown = [each for each in kept_secrets if each.lower() in dump or each.encode().hex() in dump]
    assert shown == []
    assert len(kept_secrets) > 30
    assert "authn_login_fail" in dump, "the dump is whole"
