"""Access tokens: forged, garbled, outlived; and the keys they are signed with."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey

from playerbase import access
from playerbase.kit import clock
from playerbase.kit.crypto import Keys, open_sealed
from playerbase.kit.errors import Unauthenticated
from playerbase.kit.http import PLAYER, Caller, Request
from tests.accounts.people import People, Someone, someone
from tests.conftest import SECRET, Api

KEYS = Keys.derive(SECRET)
Forge = Callable[[dict[str, Any], dict[str, Any], RSAKey], str]


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def signing_key(people: People) -> RSAKey:
    """The real one, as a thief of database and secret would have it."""
    (row,) = await people.api.site.pool.fetch("select kid, private_sealed from access.signing_keys")
    der = open_sealed(KEYS, row["private_sealed"], table="access.signing_keys", column="private", row=row["kid"])
    return RSAKey.import_key(der)


def sign(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    # Not with jwt.encode, which would refuse to write some of these headers.
    text = f"{part(header)}.{part(claims)}"
    assert key.private_key is not None
    return f"{text}.{part(key.private_key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def with_header(**change: Any) -> Forge:
    return lambda header, claims, key: sign(header | change, claims, key)


def with_claims(**change: Any) -> Forge:
    return lambda header, claims, key: sign(header, claims | change, key)


def without(name: str) -> Forge:
    return lambda header, claims, key: sign(header, {k: v for k, v in claims.items() if k != name}, key)


def unsigned(alg: str) -> Forge:
    return lambda header, claims, _: f"{part(header | {'alg': alg})}.{part(claims)}."


def hs256_with_public(encoding: serialization.Encoding) -> Forge:
    def forge(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
        text = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
        public = key.public_key.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)
        return f"{text}.{part(hmac.digest(public, text.encode(), hashlib.sha256))}"

    return forge


def by_own_key(**header_of: Callable[[RSAKey], Any]) -> Forge:
    def forge(header: dict[str, Any], claims: dict[str, Any], _: RSAKey) -> str:
        own = RSAKey.generate_key(2048)
        return sign(header | {name: make(own) for name, make in header_of.items()}, claims, own)

    return forge


NOW = int(clock.now().timestamp())
FORGERIES: dict[str, Forge] = {
    "alg none": unsigned("none"),
    "alg nOnE": unsigned("nOnE"),
    "no signature": unsigned("RS256"),
    "HS256 with the public PEM": hs256_with_public(serialization.Encoding.PEM),
    "HS256 with the public DER": hs256_with_public(serialization.Encoding.DER),
    "another key": by_own_key(),
    "another key, its own kid": by_own_key(kid=lambda own: own.thumbprint()),
    "embedded jwk": by_own_key(jwk=lambda own: own.as_dict(private=False)),
    "jku": by_own_key(jku=lambda _: "https://evil.test/jwks.json"),
    "kid with a path": with_header(kid="../../../../dev/null"),
    "kid with SQL": with_header(kid="' or '1'='1"),
    "kid of another kind": with_header(kid=["x"]),
    "typ JWT": with_header(typ="JWT"),
    "crit": with_header(crit=["x"], x=1),
    "b64": with_header(b64=False),
    "x5u": with_header(x5u="https://evil.test"),
    "issuer with our prefix": with_claims(iss="http://test.evil.test"),
    "issuer cut": with_claims(iss="http://tes"),
    "audience": with_claims(aud="somebody else"),
    "audiences": with_claims(aud=["somebody else", "playerbase"]),
    "not yet": with_claims(nbf=NOW + 3600),
    "expired by a second": with_claims(exp=NOW - 1),
    "expires never": without("exp"),
    "expires in words": with_claims(exp="tomorrow"),
    "expires at infinity": with_claims(exp=1e400),
    "no jti": without("jti"),
    "empty jti": with_claims(jti=""),
    "no session": without("sid"),
    "session of SQL": with_claims(sid="' or true --"),
    "no subject": without("sub"),
}


@pytest.fixture
async def ada(people: People) -> Someone:
    return await people.register()


async def test_no_forged_token_is_believed(people: People, ada: Someone) -> None:
    key = await signing_key(people)
    decoded = jwt.decode(ada.access_token, key, algorithms=["RS256"])
    header, claims = dict(decoded.header), dict(decoded.claims)
    assert set(claims) == {"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "roles", "providers"}
    assert header == {"alg": "RS256", "typ": "at+jwt", "kid": key.thumbprint()}

    async def status(token: str) -> int:
        answer = await people.api.get("/api/v1/profiles/me", headers={"authorization": f"Bearer {token}"})
        return answer.status_code

    assert await status(sign(header, claims, key)) == 200, "the forger's tools work"
    wrong = [name for name, forge in FORGERIES.items() if await status(forge(header, claims, key)) != 401]
    assert wrong == []


async def test_the_roles_in_a_token_are_worth_nothing(people: People, ada: Someone) -> None:
    key = await signing_key(people)
    decoded = jwt.decode(ada.access_token, key, algorithms=["RS256"])
    token = sign(dict(decoded.header), dict(decoded.claims) | {"roles": ["player", "admin"]}, key)
    answer = await people.api.get("/api/v1/admin/staff", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 403


async def test_odd_headers_are_answered_as_is_written(people: People, ada: Someone) -> None:
    async def status(*values: str) -> int:
        headers = [("authorization", value) for value in values]
        return (await people.api.get("/api/v1/profiles/me", headers=headers)).status_code

    token = ada.access_token
    assert await status(f"bearer {token}") == await status(f"BEARER  {token} ") == 200
    for odd in ("", "Bearer", "Bearer ", f"Basic {token}", token, f"Bearer {token}.", f"Bearer {token} x", "Bearer ..",
                f"Bearer {token[:-1]}", f"Bearer {ada.refresh_token}", "Bearer pb_", "Bearer pb_dev_x_y",
                "Bearer " + "a." * 3_000):  # fmt: skip
        assert await status(odd) == 401, odd
    assert await status(f"Bearer {token}", f"Bearer {token}") == 400
    told = await people.api.get(
        f"/api/v1/profiles/me?access_token={token}", headers={"authorization": f"Bearer {token}"}
    )
    assert told.status_code == 401
    assert await status(f"Bearer {token}") == 200


async def test_what_a_header_holds_is_never_a_fault_of_ours(people: People, ada: Someone) -> None:
    """Garbage after garbage, on one app: the loop is the test's, because hypothesis cannot await."""
    site = people.api.site
    loop = asyncio.get_running_loop()
    route = SimpleNamespace(policy=PLAYER, limits=("default",), path="/")

    async def ask(value: bytes, name: bytes) -> None:
        request = Request(method="GET", path="/", query_string=b"", headers={name: value}, ip="192.0.2.1")
        request.site, request.route = site, route
        with suppress(Unauthenticated, access.TwoCredentials):
            caller = await access.authenticate(request)
            assert isinstance(caller, Caller)
            assert caller.kind == "anonymous"

    head, body, signature = ada.access_token.split(".")
    garbage = st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda rest: b"Bearer " + rest),
        st.text(max_size=60).map(lambda rest: f"Bearer {head}.{rest}.{signature}".encode()),
        st.text(max_size=60).map(lambda rest: f"Bearer {part(rest.encode())}.{body}.{signature}".encode()),
        st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=9)).map(
            lambda header: f"Bearer {part(header)}.{body}.{signature}".encode()
        ),
        st.text(alphabet="pb_devrt019AZ", max_size=90).map(lambda rest: f"Bearer pb_{rest}".encode()),
    )

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(garbage, st.sampled_from([b"authorization", b"cookie"]))
    def never(value: bytes, name: bytes) -> None:
        asyncio.run_coroutine_threadsafe(ask(value, name), loop).result(30)

    await asyncio.to_thread(never)


async def test_five_processes_that_start_at_once_make_one_key(api: Api) -> None:
    await api.site.pool.execute("delete from access.signing_keys")
    rings = [access.Keyring(api.site.pool) for _ in range(5)]
    published = await asyncio.gather(*(ring.jwks(KEYS) for ring in rings))
    assert len({msgspec.json.encode(keys) for keys in published}) == 1
    assert await api.site.pool.fetchval("select count(*) from access.signing_keys") == 1


async def test_anybody_can_check_a_token_with_what_is_published(people: People, ada: Someone) -> None:
    discovered = await people.api.get("/.well-known/openid-configuration")
    assert discovered.json()["issuer"] == "http://test"
    answer = await people.api.get(discovered.json()["jwks_uri"])
    assert "max-age" in answer.headers["cache-control"]
    (published,) = answer.json()["keys"]
    assert not published.keys() & {"d", "p", "q", "dp", "dq", "qi"}
    key = RSAKey.import_key(published)
    assert key.thumbprint() == published["kid"]
    assert jwt.decode(ada.access_token, key, algorithms=["RS256"]).claims["sub"] == str(ada.player_id)


async def test_a_key_another_process_made_is_believed_and_a_retired_one_is_not(people: People, ada: Someone) -> None:
    pool = people.api.site.pool
    ring: access.Keyring = people.api.site.lane(access.Keyring)
    assert await people.validate(ada) == 200  # From here on it is remembered.
    await pool.execute("update access.signing_keys set retire_at = $1", clock.now())
    ring._read_at = float("-inf")
    other = access.Keyring(pool)
    assert len(await other.jwks(KEYS)) == 1
    again = someone(await people.log_in())
    assert await people.validate(again) == 200
    assert await people.validate(ada) == 401
