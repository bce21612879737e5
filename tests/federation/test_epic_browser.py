"""Epic in a browser: its login page, the code, and the ID token that the code is exchanged for."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from playerbase import federation
from playerbase.federation import ProviderAway, ProviderRefused, Providers, ProviderUnknown, begin, finish
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool
from playerbase.simulators.world import Fault, Grant, World
from tests.conftest import SECRET
from tests.federation.conftest import PUBLIC_URL, Trusting
from tests.simulators.stage import log_in

ADA = "9626f441055349ce8cb7d7d5a483eaa2"
BROWSER = "a-browser-of-its-own"
Answered = list[tuple[str, str]]


async def back(providers: Providers, pool: Pool) -> Answered:
    """Out and back, signed in as Ada."""
    return await log_in(await begin(providers, pool, "epic", BROWSER, "/portal"), ADA)


async def reason_of(providers: Providers, pool: Pool, answered: Answered) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await finish(providers, pool, "epic", BROWSER, answered)
    return refused.value.reason


def exchanged(world: World, **changes: str) -> None:
    """What the code that was just given shall stand for instead."""
    codes = world.provider("epic").codes
    ((code, was),) = ((code, grant) for code, grant in codes.items() if grant.redirect_uri)
    kept = {"nonce": was.nonce, "challenge": was.challenge, "redirect_uri": was.redirect_uri, **changes}
    codes[code] = Grant(was.person_id, was.client_id, was.scopes, **kept)


async def test_out_and_back(providers: Providers, pool: Pool, world: World) -> None:
    address = await begin(providers, pool, "epic", BROWSER, "/portal")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(f"{world.url}/epic/id/authorize?")
    assert asked["redirect_uri"] == f"{PUBLIC_URL}/api/v1/auth/epic/callback"
    assert (asked["response_type"], asked["scope"]) == ("code", "basic_profile openid")
    subject, path = await finish(providers, pool, "epic", BROWSER, await log_in(address, ADA))
    assert (subject.provider, subject.id, subject.display_name, path) == ("epic", ADA, "Ada at Epic", "/portal")


async def test_the_real_one_signs_people_in_elsewhere_than_it_answers_programs(pool: Pool) -> None:
    environ = {"EPIC_CLIENT_ID": "c", "EPIC_CLIENT_SECRET": "s"}
    configuration = federation.configured(environ, in_production=True)
    providers = Providers(configuration, Keys.derive(SECRET), public_url=PUBLIC_URL)
    address = await begin(providers, pool, "epic", BROWSER, "/")
    assert address.startswith("https://www.epicgames.com/id/authorize?client_id=c&") or (
        address.startswith("https://www.epicgames.com/id/authorize?") and "client_id=c&" in address
    )
    await providers.close()


async def test_without_a_secret_there_is_no_browser_flow(trusting: Trusting, pool: Pool, world: World) -> None:
    # Of a real client without a secret, as a game's own is.
    providers = trusting(
        {"EPIC_CLIENT_ID": "simulated-epic-client", "EPIC_CLIENT_SECRET": "", "EPIC_URL": f"{world.url}/epic"}
    )
    assert "epic" in providers.names
    assert "epic" not in providers.names_in_browser
    for doing in (begin(providers, pool, "epic", BROWSER, "/"), finish(providers, pool, "epic", BROWSER, [])):
        with pytest.raises(ProviderUnknown):
            await doing


async def test_a_nonce_need_not_be_repeated_but_must_be_ours(world: World, providers: Providers, pool: Pool) -> None:
    answered = await back(providers, pool)
    exchanged(world, nonce="")
    assert (await finish(providers, pool, "epic", BROWSER, answered))[0].id == ADA
    answered = await back(providers, pool)
    exchanged(world, nonce="another")
    assert await reason_of(providers, pool, answered) == "nonce"


async def test_a_code_is_good_once_for_its_own_way_out(world: World, providers: Providers, pool: Pool) -> None:
    answered = await back(providers, pool)
    exchanged(world, challenge="of-another-way-out")
    assert await reason_of(providers, pool, answered) == "code"
    answered = await back(providers, pool)
    came = await asyncio.gather(
        *(finish(providers, pool, "epic", BROWSER, answered) for _ in range(5)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in came) == ["ProviderRefused"] * 4 + ["tuple"]


async def test_who_declines_is_not_signed_in(providers: Providers, pool: Pool) -> None:
    answered = dict(await back(providers, pool))
    declined = [("state", answered["state"]), ("error", "access_denied")]
    assert await reason_of(providers, pool, declined) == "declined"


async def test_a_token_of_another_sandbox_does_not_do(trusting: Trusting, pool: Pool) -> None:
    pinned = {"EPIC_SANDBOX": "simulated-sandbox", "EPIC_DEPLOYMENT": "simulated-deployment"}
    providers = trusting(pinned)
    assert (await finish(providers, pool, "epic", BROWSER, await back(providers, pool)))[0].id == ADA
    providers = trusting({**pinned, "EPIC_SANDBOX": "live"})
    assert await reason_of(providers, pool, await back(providers, pool)) == "sandbox"


@pytest.mark.parametrize("fault", [Fault.FAILING, Fault.TOO_MANY, Fault.CLOSE, Fault.HALF])
async def test_a_provider_that_is_away_refuses_nobody(
    fault: Fault, world: World, providers: Providers, pool: Pool
) -> None:
    answered = await back(providers, pool)
    world.provider("epic").break_next(fault, 1)
    with pytest.raises(ProviderAway):
        await finish(providers, pool, "epic", BROWSER, answered)
