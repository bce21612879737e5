"""Tickets of Steam: AuthenticateUserTicket answers 200 whatever it thinks of one."""

import asyncio

import pytest

from playerbase.federation import (
    ProviderBanned,
    ProviderRefused,
    Providers,
    ProviderUnknown,
    believe,
    named,
)
from playerbase.kit.db import Pool
from playerbase.simulators import handing
from playerbase.simulators.world import World
from tests.federation.conftest import Trusting

ADA, BEN = "76561197960287930", "76561197960434622"


async def reason_of(providers: Providers, pool: Pool, ticket: str) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await believe(providers, pool, "steam", ticket)
    return refused.value.reason


async def test_a_ticket_tells_who_plays(world: World, providers: Providers, pool: Pool) -> None:
    subject = await believe(providers, pool, "steam", handing.ticket(world, ADA))
    assert (subject.provider, subject.id, subject.owner_id) == ("steam", ADA, ADA)
    assert (subject.is_borrower, subject.vac_banned, subject.email) == (False, False, None)


async def test_a_borrower_is_told_from_the_owner(world: World, providers: Providers, pool: Pool) -> None:
    subject = await believe(providers, pool, "steam", handing.ticket(world, BEN))
    assert (subject.id, subject.owner_id, subject.is_borrower) == (BEN, ADA, True)


async def test_a_ticket_lets_in_once_however_it_is_spelt(world: World, providers: Providers, pool: Pool) -> None:
    ticket = handing.ticket(world, ADA)
    await believe(providers, pool, "steam", ticket)
    asked = len(world.provider("steam").calls)
    assert await reason_of(providers, pool, ticket) == "ticket_used"
    assert await reason_of(providers, pool, ticket.upper()) == "ticket_used"
    assert len(world.provider("steam").calls) == asked


async def test_of_many_with_one_ticket_one_is_let_in(world: World, providers: Providers, pool: Pool) -> None:
    ticket = handing.ticket(world, ADA)
    tries = [believe(providers, pool, "steam", ticket) for _ in range(8)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in came) == ["ProviderRefused"] * 7 + ["Subject"]


async def test_a_ticket_steam_does_not_take_is_refused(world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting()
    assert await reason_of(providers, pool, "ab" * 40) == "ticket_invalid"
    assert await reason_of(providers, pool, handing.ticket(world, ADA, app_id=570)) == "ticket_for_other_game"
    assert await reason_of(providers, pool, handing.ticket(world, ADA, identity="other")) == "ticket_invalid"


@pytest.mark.parametrize("ticket", ["", "abc", "zz", "ab cd", "ab" * 2_561, "\uff11\uff12"])
async def test_what_is_no_ticket_is_not_shown_to_steam(
    ticket: str, world: World, providers: Providers, pool: Pool
) -> None:
    assert await reason_of(providers, pool, ticket) == "ticket_malformed"
    assert not world.provider("steam").calls


async def test_the_longest_ticket_there_can_be_is_asked_about(world: World, providers: Providers, pool: Pool) -> None:
    assert await reason_of(providers, pool, "ab" * 2_560) == "ticket_invalid"
    assert len(world.provider("steam").calls) == 1


async def test_a_publishers_ban_keeps_out_and_a_vac_ban_is_told(world: World, providers: Providers, pool: Pool) -> None:
    ada = world.provider("steam").people[ADA]
    ada.vac_banned = True
    assert (await believe(providers, pool, "steam", handing.ticket(world, ADA))).vac_banned
    ada.publisher_banned = True
    with pytest.raises(ProviderBanned):
        await believe(providers, pool, "steam", handing.ticket(world, ADA))


async def test_an_id_that_is_no_persons_is_not_believed(world: World, providers: Providers, pool: Pool) -> None:
    steam = world.provider("steam")
    steam.people[ADA].id = "76561202255233024"  # One beyond the last account of a person.
    steam.people["76561202255233024"] = steam.people[ADA]
    assert await reason_of(providers, pool, handing.ticket(world, ADA)) == "subject"


async def test_the_key_goes_in_a_header_and_in_no_address(
    world: World, providers: Providers, pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = handing.ticket(world, ADA)
    world.provider("steam").people[ADA].publisher_banned = True
    with pytest.raises(ProviderBanned) as banned:
        await believe(providers, pool, "steam", ticket)
    said = "".join(capsys.readouterr()) + repr(banned.value) + repr(banned.value.members)
    assert ticket not in said
    assert "simulated-publisher-key" not in said + "".join(each.path for each in world.provider("steam").calls)


async def test_a_name_is_for_show_and_its_absence_stops_nobody(world: World, providers: Providers, pool: Pool) -> None:
    subject = await believe(providers, pool, "steam", handing.ticket(world, ADA))
    assert (await named(providers, subject)).display_name == "Ada at Steam"
    del world.provider("steam").people[ADA]
    assert (await named(providers, subject)).display_name is None


async def test_nobody_is_believed_who_is_not_configured(world: World, trusting: Trusting, pool: Pool) -> None:
    providers = trusting({"STEAM_WEB_API_KEY": "", "STEAM_APP_ID": ""})
    for name in ("steam", "nintendo", ""):
        with pytest.raises(ProviderUnknown):
            await believe(providers, pool, name, handing.ticket(world, ADA))
