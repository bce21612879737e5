"""Providers that are slow, dead, half dead, or want us to stop."""

from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import REGISTRY

from playerbase.federation import ProviderAway, ProviderRefused, Providers, begin, believe, finish
from playerbase.kit.db import Pool
from playerbase.kit.outside import Breaker
from playerbase.simulators import handing
from playerbase.simulators.world import Fault, World
from tests.federation.conftest import Trusting
from tests.simulators.stage import log_in

STEAM_ADA, BROWSER = "76561197960287930", "a-browser-of-its-own"
PEOPLE = {"epic": "9626f441055349ce8cb7d7d5a483eaa2", "twitch": "25009227", "oidc": "user-1"}
Try = Callable[[World, Providers, Pool], Awaitable[object]]


async def by_ticket(world: World, providers: Providers, pool: Pool) -> object:
    return await believe(providers, pool, "steam", handing.ticket(world, STEAM_ADA))


async def by_epic(world: World, providers: Providers, pool: Pool) -> object:
    return await believe(providers, pool, "epic", handing.access_token(world, "epic", PEOPLE["epic"]))


async def by_twitch(world: World, providers: Providers, pool: Pool) -> object:
    return await believe(providers, pool, "twitch", handing.access_token(world, "twitch", PEOPLE["twitch"]))


async def by_oidc(world: World, providers: Providers, pool: Pool) -> object:
    return await believe(providers, pool, "simulated", handing.id_token(world, "oidc", PEOPLE["oidc"]))


TRIES: dict[str, Try] = {"steam": by_ticket, "epic": by_epic, "twitch": by_twitch, "oidc": by_oidc}
every = pytest.mark.parametrize("name", list(TRIES))


def count(provider: str, outcome: str) -> float:
    labels = {"provider": provider, "outcome": outcome}
    return REGISTRY.get_sample_value("federation_judgements_total", labels) or 0.0


@every
@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.CLOSE, Fault.HALF, Fault.FAILING])
async def test_a_provider_that_is_away_is_neither_yes_nor_no(
    name: str, fault: Fault, world: World, trusting: Trusting, pool: Pool
) -> None:
    providers = trusting(seconds=0.5)
    provider = "simulated" if name == "oidc" else name
    before = count(provider, "away")
    world.provider(name).break_next(fault, 1)
    with pytest.raises(ProviderAway) as away:
        await TRIES[name](world, providers, pool)
    assert (away.value.status, away.value.members["retry_after"]) == (503, 15)
    assert count(provider, "away") == before + 1
    await TRIES[name](world, providers, pool)


@every
async def test_who_keeps_failing_is_left_alone_for_a_while(
    name: str, world: World, trusting: Trusting, pool: Pool
) -> None:
    providers = trusting(breaker=lambda: Breaker(failures_max=3))
    world.provider(name).break_next(Fault.FAILING, 100)
    for _ in range(3):
        with pytest.raises(ProviderAway):
            await TRIES[name](world, providers, pool)
    asked = len(world.provider(name).calls)
    with pytest.raises(ProviderAway) as away:
        await TRIES[name](world, providers, pool)
    assert 1 <= int(str(away.value.members["retry_after"])) <= 15
    assert len(world.provider(name).calls) == asked == 3


@every
async def test_one_that_fails_takes_no_other_down(name: str, world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting(breaker=lambda: Breaker(failures_max=1))
    world.provider(name).break_next(Fault.FAILING, 100)
    with pytest.raises(ProviderAway):
        await TRIES[name](world, providers, pool)
    for other in TRIES.keys() - {name}:
        await TRIES[other](world, providers, pool)


@every
async def test_too_many_calls_are_stopped_and_whoever_waits_is_told(
    name: str, world: World, providers: Providers, pool: Pool
) -> None:
    world.provider(name).break_next(Fault.TOO_MANY, 1)
    with pytest.raises(ProviderAway) as away:
        await TRIES[name](world, providers, pool)
    assert away.value.members["retry_after"] == 7
    with pytest.raises(ProviderAway):
        await TRIES[name](world, providers, pool)
    assert len(world.provider(name).calls) == 1


async def test_steam_says_403_once_and_is_not_asked_again(world: World, providers: Providers, pool: Pool) -> None:
    world.provider("steam").break_next(Fault.FORBIDDEN, 1)
    for _ in range(4):
        with pytest.raises(ProviderAway):
            await by_ticket(world, providers, pool)
    assert [call.status for call in world.provider("steam").calls] == [403]


async def test_a_wrong_key_is_our_fault_and_costs_one_call(world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting({"STEAM_WEB_API_KEY": "wrong"})
    for _ in range(3):
        with pytest.raises(ProviderAway):
            await by_ticket(world, providers, pool)
    assert [call.status for call in world.provider("steam").calls] == [403]


async def test_steams_login_page_that_limits_us_means_later_and_not_no(
    world: World, providers: Providers, pool: Pool
) -> None:
    answered = await log_in(await begin(providers, pool, "steam", BROWSER, "/"), STEAM_ADA)
    world.provider("steam").break_next(Fault.FORBIDDEN, 1)
    with pytest.raises(ProviderAway):
        await finish(providers, pool, "steam", BROWSER, answered)


async def test_a_ticket_that_could_not_be_asked_about_can_be_tried_again(
    world: World, providers: Providers, pool: Pool
) -> None:
    ticket = handing.ticket(world, STEAM_ADA)
    world.provider("steam").break_next(Fault.HALF, 1)
    with pytest.raises(ProviderAway):
        await believe(providers, pool, "steam", ticket)
    assert (await believe(providers, pool, "steam", ticket)).id == STEAM_ADA


async def test_an_answer_that_is_too_large_is_none(world: World, trusting: Trusting, pool: Pool) -> None:
    world.provider("steam").people[STEAM_ADA].id = "7" * 100_000
    world.provider("steam").people["7" * 100_000] = world.provider("steam").people[STEAM_ADA]
    with pytest.raises(ProviderAway):
        await by_ticket(world, trusting(), pool)


async def test_what_came_of_a_credential_is_counted(world: World, providers: Providers, pool: Pool) -> None:
    before = {outcome: count("steam", outcome) for outcome in ("believed", "refused")}
    await by_ticket(world, providers, pool)
    with pytest.raises(ProviderRefused):
        await believe(providers, pool, "steam", "abcd")
    assert count("steam", "believed") == before["believed"] + 1
    assert count("steam", "refused") == before["refused"] + 1
    assert REGISTRY.get_sample_value("federation_call_seconds_count", {"provider": "steam"})
