"""Epic's store: what an account was given there, and what was taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from playerbase.payments import PaymentRefused, PaymentUnknownOutcome, ProviderAway, Tills
from playerbase.payments.rules import epic as rules
from playerbase.simulators import epic_sales
from playerbase.simulators.epic_sales import Entitlement
from playerbase.simulators.world import Fault, World
from tests.payments.conftest import Opening

ADA = "9626f441055349ce8cb7d7d5a483eaa2"


def bought(world: World, name: str = "gems_100", **options: str) -> Entitlement:
    return epic_sales.buy(world, ADA, name, **options)  # type: ignore[arg-type]  # A test names what it wants.


async def test_an_entitlement_is_seen_redeemed_and_gone(world: World, tills: Tills) -> None:
    given = bought(world)
    (found,) = await tills.epic.entitlements(ADA)
    assert (found.id, found.name, found.is_active, found.is_consumable) == (given.id, "gems_100", True, True)
    for _ in range(2):
        await tills.epic.redeem(ADA, [given.id])
    assert await tills.epic.entitlements(ADA) == []
    assert [each.id for each in await tills.epic.entitlements(ADA, with_redeemed=True)] == [given.id]


async def test_only_our_sandbox_counts(world: World, tills: Tills, opening: Opening) -> None:
    other = bought(world, namespace="another-sandbox")
    assert await tills.epic.entitlements(ADA) == []
    with pytest.raises(PaymentRefused):
        await tills.epic.redeem(ADA, [other.id])
    with pytest.raises(ProviderAway):
        await opening({"EPIC_STORE_DEPLOYMENT": "another"}).epic.entitlements(ADA)


async def test_somebody_elses_is_not_redeemed(world: World, tills: Tills) -> None:
    eve = world.provider("epic").add("Eve")
    given = bought(world)
    with pytest.raises(PaymentRefused) as refused:
        await tills.epic.redeem(eve.id, [given.id])
    assert refused.value.reason == "invalid"
    assert not given.is_redeemed


async def test_many_come_in_pages(world: World, tills: Tills) -> None:
    given = {bought(world).id for _ in range(205)}
    assert {each.id for each in await tills.epic.entitlements(ADA)} == given
    asked = [call for call in world.provider("epic").calls if call.path.endswith("/entitlements")]
    assert len(asked) == 3


async def test_ownership_ends_with_a_refund(world: World, tills: Tills) -> None:
    given = bought(world, "skin")
    assert await tills.epic.owned(ADA, "item-skin")
    assert not await tills.epic.owned(ADA, "item-other")
    epic_sales.happen(world, given, "refund")
    assert not await tills.epic.owned(ADA, "item-skin")
    (row,) = await tills.epic.clawbacks(datetime.now(UTC) - timedelta(days=2))
    assert (row.entitlement_id, row.account_id) == (given.id, ADA)
    assert row.at is not None
    assert await tills.epic.clawbacks(datetime.now(UTC) + timedelta(days=2)) == []


async def test_prices_are_told(tills: Tills) -> None:
    (offer,) = await tills.epic.offers(ADA)
    assert (offer.id, offer.price, offer.currency, offer.decimals) == ("offer-gems", 499, "EUR", 2)


async def test_a_token_is_asked_for_once_and_renewed_when_it_was_withdrawn(world: World, tills: Tills) -> None:
    given = bought(world)
    for _ in range(2):
        await tills.epic.entitlements(ADA)
    assert [call.path for call in world.provider("epic").calls].count("/epic/epic/oauth/v2/token") == 1
    world.provider("epic").tokens.clear()
    assert await tills.epic.entitlements(ADA)
    world.provider("epic").tokens.clear()
    await tills.epic.redeem(ADA, [given.id])


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CLOSE, Fault.FAILING])
async def test_a_redemption_without_an_answer_is_tried_again(fault: Fault, world: World, opening: Opening) -> None:
    world.slow_seconds = 60.0
    tills = opening(seconds=5.0 if fault is Fault.LOST else 20.0)
    given = bought(world)
    await tills.epic.entitlements(ADA)
    world.provider("epic").break_next(fault, 1)
    with pytest.raises(PaymentUnknownOutcome):
        await tills.epic.redeem(ADA, [given.id])
    assert given.is_redeemed is (fault is not Fault.FAILING)
    await tills.epic.redeem(ADA, [given.id])
    assert given.is_redeemed


@pytest.mark.parametrize(
    "fault", [Fault.CLOSE, Fault.HALF, Fault.FAILING, Fault.TOO_MANY, Fault.FORBIDDEN, Fault.MISTAKE]
)
async def test_epic_away_is_neither_yes_nor_no(fault: Fault, world: World, tills: Tills) -> None:
    await tills.epic.entitlements(ADA)
    world.provider("epic").break_next(fault, 1)
    with pytest.raises(ProviderAway):
        await tills.epic.entitlements(ADA)


async def test_what_cannot_be_an_account_or_an_entitlement_is_not_asked(world: World, tills: Tills) -> None:
    for account in ("", "../x", ADA.upper(), f"{ADA}/x"):
        with pytest.raises(PaymentRefused):
            await tills.epic.entitlements(account)
    many = ["a"] * (rules.REDEEMED_MAX + 1)
    for ids in ([], ["a/b"], many):
        with pytest.raises(PaymentRefused):
            await tills.epic.redeem(ADA, ids)
    with pytest.raises(PaymentRefused):
        await tills.epic.owned(ADA, "a:b")
    assert not world.provider("epic").calls


def test_clawbacks_are_read_however_they_are_wrapped() -> None:
    row = {"entitlementId": "e", "accountId": "a", "clawbackDate": "2026-01-01"}
    for said in ([row], {"elements": [row]}, {"data": [row]}):
        (found,) = rules.clawbacks_of(said)
        assert (found.entitlement_id, found.at) == ("e", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="list"):
        rules.clawbacks_of("nothing")


def test_a_status_epic_never_told_us_is_not_taken_for_one_that_stands() -> None:
    said = rules.Entitlement(id="e", status="REVOKED")
    assert not rules.entitlement_of(said).is_active
