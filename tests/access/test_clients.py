"""Clients: tokens for a secret, as RFC 6749 words it, and that they may what the client may, as long as it may."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from playerbase.kit import clock
from playerbase.kit.crypto import digest
from tests.access.test_calling import sign, signing_key
from tests.accounts.people import People, Someone

BODY = {"name": "Matchmaker", "scopes": ["players:login", "profiles:read"], "game": "demo"}
GRANT = {"grant_type": "client_credentials"}


async def make(people: People, operator: Someone, **change: object) -> tuple[str, str]:
    answer = await people.post("/admin/clients", BODY | change, **operator.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["client_id"], answer.json()["secret"]


async def ask(people: People, client: tuple[str, str] | None = None, **form: str) -> httpx.Response:
    auth = httpx.BasicAuth(*client) if client else httpx.USE_CLIENT_DEFAULT
    return await people.api.post("/oauth/token", data=GRANT | form, auth=auth)


async def bearer(people: People, client: tuple[str, str], **form: str) -> dict[str, str]:
    answer = await ask(people, client, **form)
    assert answer.status_code == 200, answer.text
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def reading(people: People, operator: Someone, headers: dict[str, str]) -> int:
    return (await people.api.get(f"/api/v1/profiles/{operator.player_id}", headers=headers)).status_code


async def test_a_token_is_given_by_either_way_of_showing_the_secret(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    for answer in (
        await ask(people, client),
        await ask(people, client_id=client[0], client_secret=client[1]),
        await ask(people, client, client_id=client[0]),
    ):
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
        assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 900, "players:login profiles:read")
        assert answer.headers["cache-control"] == "no-store"
        assert await reading(people, operator, {"authorization": f"Bearer {told['access_token']}"}) == 200
    row = await people.api.site.pool.fetchrow("select secret_hash, last_used_at from access.clients")
    assert row["secret_hash"] == digest(client[1])
    issued = await people.audited("authn_token_issued")
    assert [each["target_id"] for each in issued] == [client[0]] * 3
    known = (await people.api.get("/.well-known/openid-configuration")).json()
    assert known["token_endpoint"] == "http://test/oauth/token"
    assert known["grant_types_supported"] == ["client_credentials"]


async def test_a_token_may_what_was_asked_for_and_no_more(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    narrow = await bearer(people, client, scope="players:login")
    assert await reading(people, operator, narrow) == 403
    vouched = await people.post("/auth/server/login", {"external_id": "ada"}, **narrow)
    assert vouched.status_code == 200
    for path in ("/auth/validate", "/admin/staff", "/profiles/me", "/auth/sessions"):
        answer = await people.api.get(f"/api/v1{path}", headers=await bearer(people, client))
        assert answer.status_code == 403, path
    report = {"match_id": "00000000-0000-4000-8000-000000000001", "game": "demo"}
    assert (await people.post("/matches", report, **await bearer(people, client))).status_code == 403


async def test_what_is_wrong_is_told_in_the_words_of_the_rfc(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    elsewhere = await make(people, operator, allow=["203.0.113.0/24"])
    form = {"content-type": "application/x-www-form-urlencoded"}
    basic = "Basic " + base64.b64encode(":".join(client).encode()).decode()

    async def raw(body: str, **headers: str) -> httpx.Response:
        return await people.api.post("/oauth/token", content=body, headers=form | headers)

    grant = "grant_type=client_credentials"
    answers: list[tuple[httpx.Response, int, str]] = [
        (await raw(""), 400, "invalid_request"),
        (await raw(grant + "&grant_type=x"), 400, "invalid_request"),
        (await raw(grant + "&x=%ff"), 400, "invalid_request"),
        (await raw(grant, **{"content-type": "application/json"}), 400, "invalid_request"),
        (await raw(grant + f"&client_secret={client[1]}", authorization=basic), 400, "invalid_request"),
        (await raw(grant + "&client_id=somebody", authorization=basic), 400, "invalid_request"),
        (await raw(grant + "&scope=" + "x" * 600, authorization=basic), 400, "invalid_request"),
        (await raw("grant_type=password", authorization=basic), 400, "unsupported_grant_type"),
        (await raw(grant), 401, "invalid_client"),
        (await raw(grant, authorization="Basic !!!"), 401, "invalid_client"),
        (await raw(grant, authorization="Bearer x"), 401, "invalid_client"),
        (await ask(people, (client[0], elsewhere[1])), 401, "invalid_client"),
        (await ask(people, ("pbcaaaaaaaaaaaaaaaa", client[1])), 401, "invalid_client"),
        (await ask(people, (client[0], "x")), 401, "invalid_client"),
        (await ask(people, client, scope="matches:write"), 400, "invalid_scope"),
        (await ask(people, client, scope="players:login  profiles:read"), 400, "invalid_scope"),
        (await ask(people, client, scope=""), 400, "invalid_scope"),
        (await ask(people, elsewhere), 400, "unauthorized_client"),
    ]
    for answer, status, error in answers:
        assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert ("www-authenticate" in answer.headers) == (status == 401)
        assert "Basic" in answer.headers.get("www-authenticate", "Basic")
    refused = await people.audited("authn_token_refused")
    assert len(refused) == len(answers)


async def test_a_revoked_client_and_its_tokens_end_at_once(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    held = await bearer(people, client)
    assert await reading(people, operator, held) == 200
    gone = await people.api.delete(f"/api/v1/admin/clients/{client[0]}", headers=operator.headers)
    assert gone.status_code == 204
    assert await reading(people, operator, held) == 401
    assert (await ask(people, client)).status_code == 401
    again = await people.api.delete(f"/api/v1/admin/clients/{client[0]}", headers=operator.headers)
    assert (again.status_code, again.json()["code"]) == (404, "no_such_client")


async def test_a_token_ends_by_itself_and_with_what_its_client_may(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    held = await bearer(people, client)
    pool = people.api.site.pool
    await pool.execute("update access.clients set scopes = '{players:login}'")
    assert await reading(people, operator, held) == 403
    await pool.execute("update access.clients set scopes = '{profiles:read}', allow = '{203.0.113.0/24}'")
    assert await reading(people, operator, held) == 403
    await pool.execute("update access.clients set allow = '{}'")
    assert await reading(people, operator, held) == 200
    await people.later(minutes=15, seconds=1)
    assert await reading(people, operator, held) == 401


async def test_a_client_that_has_expired_gets_no_token_and_has_none(people: People) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator, expires_at=(clock.now() + timedelta(minutes=5)).isoformat())
    held = await bearer(people, client)
    assert await reading(people, operator, held) == 200
    await people.later(minutes=5, seconds=1)
    refused = await ask(people, client)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert await reading(people, operator, held) == 401, "before its own quarter of an hour is over"


async def test_both_secrets_are_good_while_a_client_is_rotated(people: People) -> None:
    operator, _ = await people.begin()
    client_id, first = await make(people, operator)
    path = f"/admin/clients/{client_id}/rotate"
    made = await asyncio.gather(*(people.post(path, {"overlap_hours": 1}, **operator.headers) for _ in range(3)))
    assert [each.status_code for each in made] == [201] * 3
    secrets = [each.json()["secret"] for each in made]
    good = [secret for secret in secrets if (await ask(people, (client_id, secret))).status_code == 200]
    assert len(good) == 2, "the present one and the one before it; never three"
    assert (await ask(people, (client_id, first))).status_code == 401
    await people.later(hours=1, seconds=1)
    good = [secret for secret in secrets if (await ask(people, (client_id, secret))).status_code == 200]
    assert len(good) == 1


async def test_what_cannot_be_rotated_is_refused(people: People) -> None:
    operator, server = await people.begin()
    client_id, _ = await make(people, operator)
    path = f"/admin/clients/{client_id}/rotate"
    assert (await people.post(path, {"overlap_hours": 169}, **operator.headers)).status_code == 422
    assert (await people.post(path, {}, **server)).status_code == 403
    assert (await people.post("/admin/clients/nobody/rotate", {}, **operator.headers)).status_code == 404
    await people.api.delete(f"/api/v1/admin/clients/{client_id}", headers=operator.headers)
    assert (await people.post(path, {}, **operator.headers)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "pbcaaaaaaaaaaaaaaaa"}, {"client_id": "pbcaaaaaaaaaaaaaaaa"}, {"scope": None}, {"sid": "x"},
        {"roles": ["admin"]}, {"aud": "somebody else"}, {"exp": 1}, {"jti": ""},
        {"sub": "' or true --", "client_id": "' or true --"},
    ],
)  # fmt: skip
async def test_no_forged_client_token_is_believed(people: People, change: dict[str, Any]) -> None:
    operator, _ = await people.begin()
    client = await make(people, operator)
    token = (await bearer(people, client))["authorization"].split()[1]
    key = await signing_key(people)
    head, body, _ = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))

    header, claims = json.loads(head), json.loads(body)
    assert set(claims) == {"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope"}
    same = {"authorization": f"Bearer {sign(header, claims, key)}"}
    assert await reading(people, operator, same) == 200, "the forger's tools work"
    forged = {"authorization": f"Bearer {sign(header, claims | change, key)}"}
    assert await reading(people, operator, forged) == 401


async def test_clients_are_listed_without_their_secrets(people: People) -> None:
    operator, server = await people.begin()
    (one, secret), (two, _) = await make(people, operator), await make(people, operator, game=None)
    await people.api.delete(f"/api/v1/admin/clients/{two}", headers=operator.headers)

    async def listed(query: str) -> list[str]:
        answer = await people.api.get(f"/api/v1/admin/clients?{query}", headers=operator.headers)
        assert secret not in answer.text
        return [each["client_id"] for each in answer.json()["items"]]

    assert await listed("") == [two, one]
    assert await listed("state=active") == await listed("game=demo") == [one]
    assert await listed("state=revoked") == [two]
    assert (await people.api.get("/api/v1/admin/clients", headers=server)).status_code == 403
