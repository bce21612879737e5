"""Passwords, addresses, claims, networks and roles: decisions that need nothing but their arguments."""

import tracemalloc
import unicodedata
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.access import PERMISSIONS, ROLES, rules
from playerbase.access.rules import passwords

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLAIMS = rules.Claims(
    iss="https://play.example", sub=UUID(int=1), aud="playerbase", exp=int(NOW.timestamp()) + 1, iat=0, jti="1",
    client_id="playerbase", sid=UUID(int=2), roles=("player",), providers=("password",),
)  # fmt: skip


def codes(password: str, email: str = "ada@example.com", display_name: str = "Countess") -> set[str]:
    return {fault["code"] for fault in rules.faults_of(password, email=email, display_name=display_name)}


@pytest.mark.parametrize(
    "password",
    ["Correct1!horse", "Ein Satz mit 1 Zahl", "Größe1€x", "Пароль 1", "aB3 " * 32, "Aa1😀" + "😀" * 40, "zK1_____"],
)
def test_a_good_password_has_no_fault(password: str) -> None:
    assert codes(password) == set()


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("shrtx1!", {"too_short", "no_upper_case"}),
        ("alllower1!", {"no_upper_case"}),
        ("ALLUPPER1!", {"no_lower_case"}),
        ("NoDigits!!", {"no_digit"}),
        ("NoSpecial11", {"no_special"}),
        ("Password1!", {"common"}),
        ("P@ssw0rd2024!", {"common"}),
        ("!!Dragon99!!", {"common"}),
        ("Xx1!" * 33, {"too_long"}),
        ("My ada.l 1 pass", set()),
        ("", {"too_short", "no_lower_case", "no_upper_case", "no_digit", "no_special"}),
        ("countess is 1 Name!", {"context"}),
        ("PlayerBase 1!", {"context"}),
    ],
)
def test_every_fault_is_named_at_once(password: str, wrong: set[str]) -> None:
    assert codes(password) == wrong


@pytest.mark.parametrize(
    "password",
    ["Password1!", "P@ssw0rd", "Pa$$w0rd!", "Qwerty123!", "1qaz@WSX", "!QAZ2wsx", "Aa123456!", "Abcd@1234", "Admin@123",
     "Welcome1!", "Summer2026!", "Iloveyou1!", "Liverpool1!", "Charlie#1", "Monkey!1", "Zaq12wsx!", "Q1w2e3r4!",
     "Asdf@1234", "Trustno1!", "Dr4gon_99", "**Sunshine**1", "Mustang 1967", "Pokemon-25", "Schalke04!", "Abc123!@#"],
)  # fmt: skip
def test_what_guessers_try_first_is_refused_however_it_is_decorated(password: str) -> None:
    assert codes(password) == {"common"}


def test_every_form_on_the_list_stands_for_passwords_that_keep_the_other_rules() -> None:
    forms = passwords.BREACHED.read_text().split()
    assert len(forms) >= 20_000
    assert forms == passwords.plain_forms(forms)
    undecorated = [form for form in forms if "common" not in codes(f"{form.capitalize()}-2026", "z@example.com", "Zoë")]
    assert undecorated == []


def test_the_list_is_small_and_asked_without_reading_it_through() -> None:
    passwords._guessed.cache_clear()
    tracemalloc.start()
    guessed = passwords._guessed()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(guessed, frozenset)
    assert kept < 3_000_000
    assert passwords.BREACHED.stat().st_size < 200_000


def test_the_local_part_of_the_address_is_context_however_it_is_written() -> None:
    assert codes("Lovelace-1815!", email="lovelace@example.com") == {"context"}
    assert codes("Ada has 1 key!", email="ada@example.com") == set(), "three letters turn up by chance"


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_judging_a_password_never_fails(password: str, email: str, name: str) -> None:
    rules.faults_of(password, email=email, display_name=name)
    assert len(rules.prehash(b"p" * 32, password)) == 64


@given(st.text(max_size=200), st.text(max_size=200))
def test_what_is_hashed_tells_every_two_passwords_apart(left: str, right: str) -> None:
    same = unicodedata.normalize("NFKC", left) == unicodedata.normalize("NFKC", right)
    assert (rules.prehash(b"p" * 32, left) == rules.prehash(b"p" * 32, right)) == same
    assert rules.prehash(b"p" * 32, left) != rules.prehash(b"q" * 32, left)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com ", "ada@example.com"),
        ("\uff41\uff44\uff41@example.com", "ada@example.com"),
        ("ada+games@example.co.uk", "ada+games@example.co.uk"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_an_address_has_one_spelling(written: str, known: str) -> None:
    assert rules.normal_email(written) == known


@pytest.mark.parametrize(
    "text",
    ["", "@", "ada", "ada@", "@example.com", "ada@localhost", "ada@-x.com", "a b@example.com", "a@b@example.com",
     "ada@example.com,eve@example.com", "ada@example.com\r\nBcc: x@y.zz", "ada\u202e@example.com",
     "a" * 65 + "@example.com", "ada@" + "x" * 64 + ".com", "ada@example..com", "<ada@example.com>"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    assert rules.normal_email(text) is None


@given(st.text(max_size=300))
def test_normalising_an_address_never_fails_and_settles(text: str) -> None:
    once = rules.normal_email(text)
    assert once is None or rules.normal_email(once) == once


def test_claims_hold_to_the_second_they_end() -> None:
    def reason(**change: object) -> str | None:
        return rules.reject_reason(msgspec.structs.replace(CLAIMS, **change), issuer="https://play.example", now=NOW)

    seconds = int(NOW.timestamp())
    assert reason() is None
    assert reason(exp=seconds) == "expired"
    assert reason(nbf=seconds + 1) == "not_before"
    assert reason(nbf=seconds) is None
    assert reason(aud="playerbases") == "audience"
    assert reason(iss="https://play.example.evil.test") == "issuer"
    assert reason(iss="https://play") == "issuer"
    assert reason(jti="") == "no_id"


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ((), "203.0.113.9", True),
        (("203.0.113.0/24",), "203.0.113.9", True),
        (("203.0.113.0/24",), "::ffff:203.0.113.9", True),
        (("203.0.113.0/24",), "203.0.114.9", False),
        (("2001:db8::/32", "198.51.100.7/32"), "198.51.100.7", True),
        (("2001:db8::/32",), "2001:db8::1", True),
        (("2001:db8::/32",), "nowhere", False),
    ],
)
def test_a_key_is_good_from_its_networks(networks: tuple[str, ...], address: str, *, allowed: bool) -> None:
    assert rules.is_allowed_from(networks, address) is allowed


def test_roles_are_sets_of_known_permissions() -> None:
    assert rules.permissions(("player",)) == frozenset()
    assert rules.permissions(("admin",)) == PERMISSIONS
    assert rules.permissions(("moderator", "support")) == ROLES["moderator"] | ROLES["support"]
    assert rules.permissions(("a role of the next version",)) == frozenset()
    assert all(role <= PERMISSIONS for role in ROLES.values())
    assert all("staff.write" not in ROLES[role] for role in ROLES if role != "admin")


@given(st.text(max_size=300))
def test_a_device_always_has_a_printable_label(agent: str) -> None:
    label = rules.device_label(agent)
    assert 1 <= len(label) <= 80
    assert label.isprintable()


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) "
                "Version/19.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 (KHTML, like Gecko) Chrome/156 Mobile", "Chrome on Android"),
        ("MyGame/1.4 (Windows)", "MyGame/1.4 (Windows)"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_called_by_its_name(agent: str, label: str) -> None:
    assert rules.device_label(agent) == label
