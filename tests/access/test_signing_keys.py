"""Signing keys that follow one another while tokens are checked everywhere."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from playerbase import access, app, audit
from playerbase.access import reactions
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import transaction
from tests.access.test_calling import by_own_key, sign
from tests.accounts.people import People, Someone, someone
from tests.conftest import SECRET, Api

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
KEYS = Keys.derive(SECRET)


def kid_of(who: Someone) -> str:
    return str(jws.extract_compact(who.access_token.encode()).headers()["kid"])


async def published(people: People) -> list[str]:
    answer = await people.api.get("/.well-known/jwks.json")
    assert "max-age" in answer.headers["cache-control"]
    return [each["kid"] for each in answer.json()["keys"]]


async def later(people: People, **by: float) -> None:
    """As long afterwards; a process reads the keys anew every five minutes, and here at once."""
    await people.later(**by)
    ring: access.Keyring = people.api.site.lane(access.Keyring)
    ring._read_at = float("-inf")


async def rotate(people: People, operator: Someone) -> Any:
    return await people.post("/admin/signing-keys/rotate", {"reason": "Somebody left"}, **operator.headers)


async def test_the_next_key_is_published_before_it_signs_and_the_old_one_is_believed_until_its_tokens_end(
    people: People,
) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    first = kid_of(ada)
    made = await rotate(people, operator)
    assert made.status_code == 201, made.text
    second = made.json()["kid"]
    await later(people, seconds=1)
    assert await published(people) == [second, first]
    assert kid_of(someone(await people.log_in())) == first
    await later(people, hours=23, minutes=55)
    last_of_old = someone(await people.log_in())
    assert kid_of(last_of_old) == first
    await later(people, minutes=6)
    first_of_new = someone(await people.log_in())
    assert kid_of(first_of_new) == second
    assert await published(people) == [second, first]
    assert await people.validate(last_of_old) == await people.validate(first_of_new) == 200
    forged = by_own_key(kid=lambda _: first)(
        {"alg": "RS256", "typ": "at+jwt"}, {"sub": str(ada.player_id)}, RSAKey.generate_key(2048)
    )
    answer = await people.api.get("/api/v1/auth/validate", headers={"authorization": f"Bearer {forged}"})
    assert answer.status_code == 401
    await later(people, minutes=9, seconds=1)
    assert await people.validate(last_of_old) == 401, "its own end"
    assert await people.validate(first_of_new) == 200
    await later(people, minutes=6)
    assert await published(people) == [second]


async def test_a_retired_key_signs_nothing_that_is_believed(people: People) -> None:
    operator, _ = await people.begin()
    pool = people.api.site.pool
    first = await pool.fetchval("select kid from access.signing_keys")
    await rotate(people, operator)
    await later(people, days=1, minutes=16)
    ada = await people.register()
    header = {"alg": "RS256", "typ": "at+jwt", "kid": first}
    now = int(clock.now().timestamp())
    claims = {
        "iss": "http://test", "sub": str(ada.player_id), "aud": "playerbase", "exp": now + 900, "iat": now, "jti": "x",
        "client_id": "playerbase", "sid": str(ada.session_id), "roles": [], "providers": [],
    }  # fmt: skip
    from playerbase.kit.crypto import open_sealed  # noqa: PLC0415 - as a thief of the retired key would

    sealed = await pool.fetchval("select private_sealed from access.signing_keys where kid = $1", first)
    der = open_sealed(KEYS, sealed, table="access.signing_keys", column="private", row=first)
    stolen = sign(header, claims, RSAKey.import_key(der))
    answer = await people.api.get("/api/v1/auth/validate", headers={"authorization": f"Bearer {stolen}"})
    assert answer.status_code == 401


async def test_no_private_key_lies_there_to_be_read(people: People) -> None:
    operator, _ = await people.begin()
    await rotate(people, operator)
    kept = await people.api.site.pool.fetch("select private_sealed from access.signing_keys")
    assert len(kept) == 2
    for row in kept:
        with pytest.raises(ValueError, match="deserialize"):
            RSAKey.import_key(row["private_sealed"])


async def test_of_many_who_rotate_at_once_one_makes_the_key(people: People) -> None:
    operator, _ = await people.begin()
    answers = await asyncio.gather(*(rotate(people, operator) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"key_waits"}
    assert len(await people.audited("signing_key_rotated")) == 1


async def test_a_key_of_some_age_is_followed_by_the_job_once_however_many_workers_run(api: Api, people: People) -> None:
    await app.drain(api.site.pool)
    count = "select count(*) from access.signing_keys"

    async def job() -> None:
        await reactions.rotate_signing_keys.job.run(api.site.pool, None)

    await asyncio.gather(job(), job())
    assert await api.site.pool.fetchval(count) == 1, "it has not signed for its time"
    await people.later(days=30, seconds=1)
    await asyncio.gather(*(job() for _ in range(4)))
    assert await api.site.pool.fetchval(count) == 2
    await people.later(days=9)
    await job()
    assert await api.site.pool.fetchval(count) == 1, "the old one is forgotten a week after it retired"
    why = await api.site.pool.fetchval("select made_why from access.signing_keys")
    assert why == "age"


async def test_staff_sees_when_each_key_signs(people: People) -> None:
    operator, server = await people.begin()
    made = (await rotate(people, operator)).json()
    listed = (await people.api.get("/api/v1/admin/signing-keys", headers=operator.headers)).json()["items"]
    assert listed[0]["kid"] == made["kid"]
    assert (listed[0]["made_why"], listed[0]["retire_at"], listed[1]["made_why"]) == ("Somebody left", None, "first")
    assert listed[1]["retire_at"] > listed[0]["active_from"]
    assert "private" not in str(listed)
    assert (await people.api.get("/api/v1/admin/signing-keys", headers=server)).status_code == 403
    assert (await people.post("/admin/signing-keys/rotate", {}, **operator.headers)).status_code == 422


async def test_what_waits_is_not_made_twice_across_transactions(api: Api) -> None:
    async with transaction(api.site.pool) as tx:
        first = await access.rotate_signing_key(tx, KEYS, why="tests", by=BY)
    assert first.active_from - first.made_at == timedelta(hours=24)


async def withdraw(people: People, operator: Someone, kid: str) -> Any:
    answer = await people.post(f"/admin/signing-keys/{kid}/withdraw", {"reason": "It leaked"}, **operator.headers)
    await followed(people)
    return answer


async def followed(people: People) -> None:
    """What every process does once in five seconds, whether or not anybody calls."""
    ring: access.Keyring = people.api.site.lane(access.Keyring)
    ring._read_at = float("-inf")
    await ring.follow(people.api.site.keys)


async def test_a_withdrawn_key_is_believed_no_longer_though_its_tokens_are_remembered(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    first = kid_of(ada)
    assert await people.validate(ada) == 200
    answer = await withdraw(people, operator, first)
    assert answer.status_code == 200, answer.text
    assert answer.json()["kid"] != first
    assert answer.json()["made_why"] == "withdrawn"
    assert await people.validate(ada) == 401
    again = someone(await people.refresh(ada.refresh_token))
    assert kid_of(again) == answer.json()["kid"]
    assert await people.validate(again) == 200
    assert await published(people) == [kid_of(again)]
    (deed,) = await people.audited("signing_key_withdrawn")
    assert deed["target_id"] == first


async def test_the_key_that_waits_takes_over_from_a_withdrawn_one_at_once(people: People) -> None:
    operator, _ = await people.begin()
    waiting = (await rotate(people, operator)).json()["kid"]
    answer = await withdraw(people, operator, kid_of(await people.register()))
    assert answer.json()["kid"] == waiting
    assert kid_of(someone(await people.log_in())) == waiting


async def test_a_key_withdrawn_while_it_waits_leaves_its_predecessor_signing_for_good(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    waiting = (await rotate(people, operator)).json()["kid"]
    answer = await withdraw(people, operator, waiting)
    assert answer.json()["kid"] == kid_of(ada)
    assert answer.json()["retire_at"] is None
    await later(people, days=2)
    assert kid_of(someone(await people.log_in())) == kid_of(ada)
    assert await published(people) == [kid_of(ada)]


async def test_what_is_not_there_or_withdrawn_already_cannot_be_withdrawn(people: People) -> None:
    operator, server = await people.begin()
    kid = kid_of(await people.register())
    assert (await withdraw(people, operator, "nothing")).status_code == 404
    body = {"reason": "x"}
    assert (await people.post(f"/admin/signing-keys/{kid}/withdraw", body, **server)).status_code == 403
    assert (await people.post(f"/admin/signing-keys/{kid}/withdraw", {}, **operator.headers)).status_code == 422
    codes = [(await withdraw(people, operator, kid)).status_code]
    operator = someone(await people.refresh(operator.refresh_token))
    codes.append((await withdraw(people, operator, kid)).status_code)
    assert codes == [200, 404]


async def test_the_length_chosen_for_a_key_holds_for_those_after_it(api: Api, people: People) -> None:
    operator, _ = await people.begin()
    body = {"reason": "An auditor asks for 128 bits", "bits": 3072}
    made = await people.post("/admin/signing-keys/rotate", body, **operator.headers)
    assert made.json()["bits"] == 3072
    wrong = await people.post("/admin/signing-keys/rotate", {"reason": "x", "bits": 1024}, **operator.headers)
    assert wrong.status_code == 422
    await people.later(days=31, seconds=1)
    await reactions.rotate_signing_keys.job.run(api.site.pool, None)
    lengths = await api.site.pool.fetch("select bits from access.signing_keys order by active_from")
    assert [each["bits"] for each in lengths] == [3072, 3072], "the first of 2048 bits is forgotten by now"
    await later(people, days=1, seconds=1)
    ada = await people.register()
    signature = ada.access_token.rsplit(".", 1)[1]
    assert len(signature) == 512, "3072 bits are 384 bytes"
    assert await people.validate(ada) == 200
