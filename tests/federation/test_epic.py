"""Epic beyond its ID tokens: pins, and access tokens by tokenInfo."""

import pytest

from playerbase.federation import ProviderAway, ProviderRefused, Providers, believe
from playerbase.kit.db import Pool
from playerbase.simulators import handing
from playerbase.simulators.world import Grant, World
from tests.federation.conftest import Trusting

ADA = "9626f441055349ce8cb7d7d5a483eaa2"


async def reason_of(providers: Providers, pool: Pool, credential: str, nonce: str | None = None) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await believe(providers, pool, "epic", credential, nonce=nonce)
    return refused.value.reason


async def test_a_pinned_sandbox_and_deployment_are_the_only_ones(world: World, trusting: Trusting, pool: Pool) -> None:
    token = handing.id_token(world, "epic", ADA)
    pinned = {"EPIC_SANDBOX": "simulated-sandbox", "EPIC_DEPLOYMENT": "simulated-deployment"}
    assert (await believe(trusting(pinned), pool, "epic", token)).id == ADA
    assert await reason_of(trusting({**pinned, "EPIC_SANDBOX": "live"}), pool, token) == "sandbox"
    assert await reason_of(trusting({**pinned, "EPIC_DEPLOYMENT": "live"}), pool, token) == "deployment"
    unmarked = handing.id_token(world, "epic", ADA, claims={"pfsid": None})
    assert await reason_of(trusting(pinned), pool, unmarked) == "sandbox"


@pytest.mark.parametrize("sub", ["ada", ADA.upper(), ADA[:-1], f"{ADA}\n"])
async def test_an_account_is_thirty_two_digits(sub: str, world: World, providers: Providers, pool: Pool) -> None:
    assert await reason_of(providers, pool, handing.id_token(world, "epic", ADA, claims={"sub": sub})) == "subject"


async def test_an_access_token_is_asked_about_and_not_taken_for_an_id_token(
    world: World, providers: Providers, pool: Pool
) -> None:
    subject = await believe(providers, pool, "epic", handing.access_token(world, "epic", ADA))
    assert (subject.id, subject.display_name) == (ADA, None)
    assert [call.path for call in world.provider("epic").calls] == ["/epic/epic/oauth/v2/tokenInfo"]


async def test_another_games_access_token_signs_nobody_in(world: World, providers: Providers, pool: Pool) -> None:
    token = handing.access_token(world, "epic", ADA, client_id="another-game")
    assert await reason_of(providers, pool, token) == "audience"


async def test_an_inactive_access_token_is_refused(world: World, providers: Providers, pool: Pool) -> None:
    token = handing.access_token(world, "epic", ADA)
    world.provider("epic").tokens.clear()
    assert await reason_of(providers, pool, token) == "token_invalid"
    assert await reason_of(providers, pool, "eg1~made.up.token") == "token_invalid"


async def test_a_clients_own_token_speaks_of_nobody(world: World, providers: Providers, pool: Pool) -> None:
    token = world.provider("epic").give_token(Grant("", "simulated-epic-client"))
    assert await reason_of(providers, pool, token) == "subject"


async def test_where_more_must_be_proven_an_access_token_does_not_do(
    world: World, trusting: Trusting, pool: Pool
) -> None:
    token = handing.access_token(world, "epic", ADA)
    assert await reason_of(trusting({"EPIC_SANDBOX": "simulated-sandbox"}), pool, token) == "id_token_wanted"
    assert await reason_of(trusting(), pool, token, nonce="n") == "id_token_wanted"
    assert not world.provider("epic").calls


async def test_an_answer_that_says_neither_is_no_proof(world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting({"EPIC_URL": f"{world.url}/twitch"})
    with pytest.raises(ProviderAway):
        await believe(providers, pool, "epic", handing.id_token(world, "epic", ADA))
