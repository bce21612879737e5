"""The authorization code flow in a browser: Twitch, and any OpenID Connect provider."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from playerbase.federation import (
    ProviderAway,
    ProviderRefused,
    Providers,
    ProviderUnknown,
    WayBackForeign,
    begin,
    believe,
    finish,
)
from playerbase.kit.db import Pool, reading
from playerbase.simulators import handing, settings, twitch
from playerbase.simulators.world import Grant, World
from tests.conftest import MovingClock
from tests.federation.conftest import PUBLIC_URL, Trusting
from tests.simulators.stage import log_in

BROWSER, OTHER = "a-browser-of-its-own", "another-browser-altogether"
ADA = {"twitch": "25009227", "simulated": "user-1"}
every = pytest.mark.parametrize("name", list(ADA))
Answered = list[tuple[str, str]]


async def reason_of(providers: Providers, pool: Pool, name: str, answered: Answered, browser: str = BROWSER) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await finish(providers, pool, name, browser, answered)
    return refused.value.reason


async def back(providers: Providers, pool: Pool, name: str, path: str = "/") -> Answered:
    """Out and back, signed in as Ada."""
    return await log_in(await begin(providers, pool, name, BROWSER, path), ADA[name])


@every
async def test_out_and_back(name: str, providers: Providers, pool: Pool) -> None:
    address = await begin(providers, pool, name, BROWSER, "/play")
    asked = dict(parse_qsl(urlsplit(address).query))
    path = "oidc/simulated" if name == "simulated" else name
    assert asked["redirect_uri"] == f"{PUBLIC_URL}/api/v1/auth/{path}/callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    subject, path = await finish(providers, pool, name, BROWSER, await log_in(address, ADA[name]))
    assert (subject.provider, subject.id, subject.email, path) == (name, ADA[name], "ada@example.com", "/play")


@every
async def test_a_state_is_for_one_use_one_browser_and_ten_minutes(
    name: str, providers: Providers, pool: Pool, clock: MovingClock
) -> None:
    answered = await back(providers, pool, name)
    assert await reason_of(providers, pool, name, answered, OTHER) == "state"
    await finish(providers, pool, name, BROWSER, answered)
    assert await reason_of(providers, pool, name, answered) == "state"
    late = await back(providers, pool, name)
    clock.forward(minutes=10)
    assert await reason_of(providers, pool, name, late) == "state"


async def test_a_state_of_one_provider_opens_nothing_at_another(world: World, providers: Providers, pool: Pool) -> None:
    answered = await back(providers, pool, "simulated")
    asked = len(world.provider("twitch").calls)
    assert await reason_of(providers, pool, "twitch", answered) == "state"
    assert len(world.provider("twitch").calls) == asked
    assert (await finish(providers, pool, "simulated", BROWSER, answered))[0].id == "user-1"


@every
async def test_of_many_with_one_answer_one_comes_in(name: str, providers: Providers, pool: Pool) -> None:
    answered = await back(providers, pool, name)
    tries = [finish(providers, pool, name, BROWSER, answered) for _ in range(6)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in came) == ["ProviderRefused"] * 5 + ["tuple"]


@every
async def test_a_code_of_another_login_is_worth_nothing(name: str, providers: Providers, pool: Pool) -> None:
    # Somebody slips their own code under another's state: the proof that goes with it is another's.
    theirs, ours = dict(await back(providers, pool, name)), dict(await back(providers, pool, name))
    assert await reason_of(providers, pool, name, list({**ours, "code": theirs["code"]}.items())) == "code"


@every
async def test_a_token_that_was_asked_for_elsewhere_is_refused(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    provider = world.provider("oidc" if name == "simulated" else name)
    answered = dict(await back(providers, pool, name))
    (code,) = provider.codes
    kept = provider.codes[code]
    provider.codes[code] = Grant(
        kept.person_id, kept.client_id, kept.scopes, kept.redirect_uri, "another nonce", kept.challenge
    )
    assert await reason_of(providers, pool, name, list(answered.items())) == "nonce"


async def test_the_two_tokens_of_twitch_speak_of_one_person(
    world: World, providers: Providers, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = await back(providers, pool, "twitch")
    eve = world.provider("twitch").add("Eve")
    theirs = world.provider("twitch").give_token(Grant(eve.id, settings.TWITCH_CLIENT_ID))
    monkeypatch.setattr(twitch, "access_token", lambda *_: theirs)
    assert await reason_of(providers, pool, "twitch", answered) == "subject"


@every
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 2_049}, "code"),
        ({"code": "made-up"}, "code"),
        ({"error": "access_denied"}, "declined"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"state": "way_made_up"}, "state"),
    ],
)
async def test_an_answer_that_was_tampered_with_is_refused(
    name: str, changes: dict[str, str], reason: str, providers: Providers, pool: Pool
) -> None:
    answered = {**dict(await back(providers, pool, name)), **changes}
    assert await reason_of(providers, pool, name, list(answered.items())) == reason


@every
async def test_a_parameter_that_stands_twice_is_refused(name: str, providers: Providers, pool: Pool) -> None:
    answered = await back(providers, pool, name)
    assert await reason_of(providers, pool, name, [*answered, ("code", "another")]) == "fields"


@pytest.mark.parametrize(
    "path",
    [
        "", "play", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/a\nb", "/a\tb",
        "/é", "javascript:alert(1)", " /", "/" + "a" * 500, "/a b", "/\x00",
    ],
)  # fmt: skip
async def test_nobody_is_led_elsewhere(path: str, providers: Providers, pool: Pool) -> None:
    with pytest.raises(WayBackForeign):
        await begin(providers, pool, "twitch", BROWSER, path)


@pytest.mark.parametrize("path", ["/", "/play?a=b&c=%2F", "/a//b", "/@evil.example", "/#top"])
async def test_any_path_of_ours_may_be_the_way_back(path: str, providers: Providers, pool: Pool) -> None:
    assert (await finish(providers, pool, "twitch", BROWSER, await back(providers, pool, "twitch", path)))[1] == path


async def test_strangers_have_no_browser_flow(providers: Providers, pool: Pool) -> None:
    with pytest.raises(ProviderUnknown):
        await begin(providers, pool, "nintendo", BROWSER, "/")
    with pytest.raises(ProviderUnknown):
        await finish(providers, pool, "nintendo", BROWSER, [])


async def test_nothing_kept_can_be_used_by_who_reads_it(providers: Providers, pool: Pool) -> None:
    address = await begin(providers, pool, "simulated", BROWSER, "/")
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    async with reading(pool) as db:
        rows = await db.fetch("select * from federation.states")
    kept = b"".join(value for row in rows for value in row.values() if isinstance(value, bytes))
    shown = " ".join(str(value) for row in rows for value in row.values())
    for secret in (state, BROWSER, "pkce_"):
        assert secret.encode() not in kept
        assert secret not in shown


async def test_a_wrong_secret_of_ours_is_our_fault_and_not_the_players(
    world: World, trusting: Trusting, pool: Pool
) -> None:
    providers = trusting(
        {
            "TWITCH_CLIENT_SECRET": "wrong", "TWITCH_URL": f"{world.url}/twitch",
            "OIDC_SIMULATED_CLIENT_SECRET": "wrong",
        }
    )  # fmt: skip
    for name in ADA:
        with pytest.raises(ProviderAway):
            await finish(providers, pool, name, BROWSER, await back(providers, pool, name))


class TestTwitchAccessTokens:
    async def test_one_made_for_us_tells_who_it_is(self, world: World, providers: Providers, pool: Pool) -> None:
        subject = await believe(providers, pool, "twitch", handing.access_token(world, "twitch", ADA["twitch"]))
        assert (subject.id, subject.display_name, subject.email) == (ADA["twitch"], "ada_live", None)

    async def test_one_made_for_another_game_is_refused(self, world: World, providers: Providers, pool: Pool) -> None:
        token = handing.access_token(world, "twitch", ADA["twitch"], client_id="anothergame")
        assert await self._reason(providers, pool, token) == "audience"

    async def test_an_applications_own_speaks_of_nobody(self, world: World, providers: Providers, pool: Pool) -> None:
        token = world.provider("twitch").give_token(Grant("", "simulatedtwitchclient"))
        assert await self._reason(providers, pool, token) == "subject"

    async def test_one_that_ended_is_refused(self, world: World, providers: Providers, pool: Pool) -> None:
        token = handing.access_token(world, "twitch", ADA["twitch"])
        world.provider("twitch").tokens.clear()
        assert await self._reason(providers, pool, token) == "token_invalid"

    @pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "é" * 30])
    async def test_noise_is_not_sent(self, token: str, world: World, providers: Providers, pool: Pool) -> None:
        assert await self._reason(providers, pool, token) == "token_malformed"
        assert not world.provider("twitch").calls

    async def test_it_carries_no_nonce(self, world: World, providers: Providers, pool: Pool) -> None:
        token = handing.access_token(world, "twitch", ADA["twitch"])
        assert await self._reason(providers, pool, token, nonce="n") == "nonce"

    async def _reason(self, providers: Providers, pool: Pool, token: str, nonce: str | None = None) -> str:
        with pytest.raises(ProviderRefused) as refused:
            await believe(providers, pool, "twitch", token, nonce=nonce)
        return refused.value.reason
