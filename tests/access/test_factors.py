"""Codes that change: the vectors of RFC 6238, the edges of the clock, and what is stored."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase import access, identity
from playerbase.access.rules import totp
from playerbase.kit import clock as the_clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Tx
from tests.conftest import SECRET, MovingClock

pytestmark = pytest.mark.usefixtures("standing_clock")  # Codes of a step are made here and shown later.

KEYS = Keys.derive(SECRET)
RFC_SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    step = totp.step_at(moment)
    assert totp.code_at(RFC_SECRET, step, digits=8) == code
    assert totp.code_at(RFC_SECRET, step) == code[2:]
    assert totp.matching_step(RFC_SECRET, code[2:], moment) == step


@pytest.mark.parametrize(
    ("seconds_off", "is_good"), [(-31, False), (-30, True), (-1, True), (0, True), (29, True), (59, True), (60, False)]
)
def test_a_code_is_good_one_step_before_and_after_its_own(seconds_off: int, is_good: bool) -> None:  # noqa: FBT001 - a column of the table above
    begins = datetime.fromtimestamp(1_234_567_890, UTC)
    assert begins.timestamp() % totp.PERIOD_SECONDS == 0
    step = totp.step_at(begins)
    code = totp.code_at(RFC_SECRET, step)
    found = totp.matching_step(RFC_SECRET, code, begins + timedelta(seconds=seconds_off))
    assert found == (step if is_good else None)


@given(st.binary(min_size=20, max_size=20), st.integers(1, 2**40), st.text(max_size=12))
def test_nothing_but_the_three_codes_matches(secret: bytes, step: int, typed: str) -> None:
    now = datetime.fromtimestamp(step % 4_000_000_000, UTC)
    around = {totp.code_at(secret, totp.step_at(now) + by) for by in (-1, 0, 1) if totp.step_at(now) + by >= 0}
    assert (totp.matching_step(secret, typed, now) is not None) == (typed in around)


def test_the_link_is_written_as_phones_read_it() -> None:
    uri = totp.otpauth_uri(RFC_SECRET, "alice smith+1@example.com")
    label = "Playerbase:alice%20smith%2B1%40example.com"
    assert uri == f"otpauth://totp/{label}?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Playerbase"
    parts = urlsplit(uri)
    assert unquote(parts.path[1:]).partition(":")[0] == parse_qs(parts.query)["issuer"][0]


def test_the_picture_is_an_svg_without_script_or_style() -> None:
    drawn = totp.qr_svg(totp.otpauth_uri(RFC_SECRET, "a" * 254))
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {each.tag.rpartition("}")[2] for each in root.iter()} <= {"svg", "g", "path"}
    assert "style" not in drawn


def test_a_code_may_be_typed_with_gaps() -> None:
    assert totp.normal_code(" 123 456 ") == "123456"
    assert totp.normal_code("ABCD-efgh jkmn-2345") == "abcdefghjkmn2345"
    assert not totp.is_totp("١٢٣٤٥٦"), "other digits are no code of ours"


async def enrolled(tx: Tx) -> tuple[access.Enrolment, bytes, list[str], identity.Player]:
    player_id = await identity.create(tx)
    enrolment = await access.begin_factor(tx, KEYS, player_id)
    secret = secret_of(enrolment)
    code = totp.code_at(secret, totp.step_at(the_clock.now()) - 1)
    proof, codes = await access.confirm_factor(tx, KEYS, player_id, code)
    assert proof.how == "otp"
    player = await identity.player(tx, player_id)
    assert player is not None
    return enrolment, secret, codes, player


def secret_of(enrolment: access.Enrolment) -> bytes:
    return base64.b32decode(enrolment.secret)


async def test_what_is_not_confirmed_asks_nobody_for_anything(tx: Tx) -> None:
    player_id = await identity.create(tx)
    await access.begin_factor(tx, KEYS, player_id)
    assert not await access.has_factor(tx, player_id)
    opening = access.Opening(player_id, "password", "playerbase", "Firefox")
    assert await access.challenge(tx, KEYS, opening) is None
    state = await access.factor_state(tx, player_id)
    assert (state.is_enabled, state.is_pending) == (False, True)


async def test_a_step_is_spent_with_those_before_it(tx: Tx, clock: MovingClock) -> None:
    _, secret, _, player = await enrolled(tx)
    now = totp.step_at(the_clock.now())
    later = totp.code_at(secret, now + 1)
    assert (await access.prove(tx, KEYS, player.player_id, later)).how == "otp"
    for step in (now + 1, now, now - 1):
        proof = await access.prove(tx, KEYS, player.player_id, totp.code_at(secret, step))
        assert (proof.how, proof.why) == (None, "code_wrong"), step
    clock.forward(seconds=60)
    assert (await access.prove(tx, KEYS, player.player_id, totp.code_at(secret, now + 2))).how == "otp"


async def test_ten_codes_of_eighty_bits_each_good_once(tx: Tx) -> None:
    _, _, codes, player = await enrolled(tx)
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) for code in codes} == {16}
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        proof = await access.prove(tx, KEYS, player.player_id, code.upper())
        assert (proof.how, proof.codes_left) == ("recovery", left)
        assert (await access.prove(tx, KEYS, player.player_id, code)).how is None
        await tx.execute("delete from access.failures")
    other = (await enrolled(tx))[3]
    assert (await access.prove(tx, KEYS, other.player_id, codes[0])).how is None


async def test_new_recovery_codes_take_the_place_of_the_old(tx: Tx) -> None:
    _, _, codes, player = await enrolled(tx)
    fresh = await access.renew_recovery_codes(tx, KEYS, player.player_id)
    assert not set(fresh) & set(codes)
    assert (await access.prove(tx, KEYS, player.player_id, codes[0])).how is None
    assert (await access.prove(tx, KEYS, player.player_id, fresh[0])).how == "recovery"


async def test_a_challenge_is_for_one_purpose_and_ends(tx: Tx, clock: MovingClock) -> None:
    _, secret, _, player = await enrolled(tx)
    await identity.link_once(tx, player.player_id, "steam", b"7")
    opening = access.Opening(player.player_id, "steam", "game", "Firefox", ("steam",))
    asked = await access.challenge(tx, KEYS, opening)
    assert asked is not None
    assert asked.mfa_token.startswith("pb_mf_")
    assert asked.expires_in == 300
    code = totp.code_at(secret, totp.step_at(the_clock.now()))
    with pytest.raises(access.ChallengeOver):
        await access.answer_challenge(tx, KEYS, asked.mfa_token, code, purpose="browser")
    answered = await access.answer_challenge(tx, KEYS, asked.mfa_token, code)
    assert answered.opening == access.Opening(player.player_id, "steam", "game", "Firefox", ("mfa", "otp", "steam"))
    with pytest.raises(access.ChallengeOver):
        await access.answer_challenge(tx, KEYS, asked.mfa_token, code)
    late = await access.challenge(tx, KEYS, opening)
    assert late is not None
    clock.forward(minutes=5, seconds=1)
    with pytest.raises(access.ChallengeOver):
        await access.answer_challenge(tx, KEYS, late.mfa_token, totp.code_at(secret, totp.step_at(the_clock.now())))


async def test_a_secret_in_another_s_row_opens_nothing(tx: Tx) -> None:
    _, secret, _, ada = await enrolled(tx)
    _, other_secret, _, bob = await enrolled(tx)
    swap = """
        update access.factors as mine set secret_sealed = theirs.secret_sealed
        from access.factors as theirs
        where mine.player_id = any($1::uuid[]) and theirs.player_id = any($1::uuid[])
            and mine.player_id <> theirs.player_id
    """
    await tx.execute(swap, [ada.player_id, bob.player_id])
    step = totp.step_at(the_clock.now())
    for each in (secret, other_secret):
        proof = await access.prove(tx, KEYS, ada.player_id, totp.code_at(each, step))
        assert (proof.how, proof.why) == (None, "tampered")


async def test_a_rotated_installation_still_knows_codes_of_before(tx: Tx) -> None:
    _, secret, codes, player = await enrolled(tx)
    rotated = Keys.derive(bytes(range(1, 33)), [SECRET])
    step = totp.step_at(the_clock.now())
    assert (await access.prove(tx, rotated, player.player_id, totp.code_at(secret, step))).how == "otp"
    assert (await access.prove(tx, rotated, player.player_id, codes[3])).how == "recovery"
