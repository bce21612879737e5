"""What a platform stands for when it is asked about a receipt, and whether that is this player's."""

from uuid import UUID

import msgspec

from playerbase import accounts, catalog
from playerbase.commerce.actions import wiring
from playerbase.commerce.model import (
    Environment,
    Evidence,
    Platform,
    PlatformNotLinked,
    PurchaseOfAnother,
    PurchasePending,
    PurchaseTakenBack,
    PurchaseUnbound,
    Settings,
)
from playerbase.commerce.rules import money, reading
from playerbase.kit.db import Db
from playerbase.payments import (
    AppleTransaction,
    GooglePurchase,
    GoogleState,
    PaymentRefused,
    configured_tills,
)

APPLE_CONSUMABLE = "Consumable"


async def linked_account(db: Db, player_id: UUID, platform: Platform) -> str:
    """What a platform calls this player; raises PlatformNotLinked."""
    for each in await accounts.linked(db, wiring.keys(), player_id):
        if each.provider == platform.value and each.provider_id is not None:
            return each.provider_id
    raise PlatformNotLinked(platform=platform)


async def of_receipt(platform: Platform, receipt: str) -> Evidence:
    """What a platform says of what a client presents.

    Raises ReceiptUnreadable, PaymentRefused, ProviderAway, PlatformUnknown, PurchasePending, PurchaseTakenBack.
    """
    if platform is Platform.APPLE:
        # What was signed was true then; what has become of it since, Apple says.
        signed = configured_tills().apple.verify(receipt)
        found = await of_purchase(platform, signed.transaction_id, signed.product_id, None)
    elif platform is Platform.GOOGLE:
        said = reading.google(receipt)
        found = await of_purchase(platform, said.purchase_token, said.product_id, None)
    else:
        shown = reading.epic(receipt)
        found = await of_purchase(platform, shown.entitlement_id, "", shown.account_id)
    if found.is_taken_back:
        raise PurchaseTakenBack(platform=platform)
    return found


async def of_purchase(platform: Platform, ref: str, sku: str, account: str | None) -> Evidence:
    """How a purchase stands now, by the platform's own name for it; raises as `of_receipt`, but for what is unreadable.

    What was given back is no refusal here.
    """
    tills = configured_tills()
    if platform is Platform.APPLE:
        return of_apple(await tills.apple.transaction(ref))
    if platform is Platform.GOOGLE:
        return of_google(await tills.google.purchase(sku, ref))
    assert platform is Platform.EPIC
    assert account is not None
    held = {each.id: each for each in await tills.epic.entitlements(account, with_redeemed=True)}
    if ref not in held or not held[ref].is_active:
        raise PaymentRefused.because("unknown_purchase", provider=platform)
    return Evidence(
        platform=platform, ref=ref, sku=held[ref].name, account=account, environment=wiring.environment(platform),
        is_consumable=held[ref].is_consumable,
    )  # fmt: skip


def of_apple(said: AppleTransaction) -> Evidence:
    """What the App Store stands for; raises PaymentRefused for what somebody else of the family paid for."""
    if said.is_family_shared:
        raise PaymentRefused.because("family_shared", provider=Platform.APPLE)
    is_sandbox = said.environment != "Production"
    return Evidence(
        platform=Platform.APPLE, ref=said.transaction_id, sku=said.product_id, quantity=said.quantity,
        amount=money.of_milliunits(said.price_milliunits) if said.price_milliunits else None, currency=said.currency,
        bound_to=said.account_token, environment=Environment.SANDBOX if is_sandbox else Environment.PRODUCTION,
        is_taken_back=said.is_revoked, is_consumable=said.kind == APPLE_CONSUMABLE,
    )  # fmt: skip


def of_google(said: GooglePurchase) -> Evidence:
    """What Google Play stands for; raises PurchasePending, PaymentRefused."""
    if said.state is GoogleState.PENDING:
        raise PurchasePending(platform=Platform.GOOGLE)
    if said.state is GoogleState.OTHER:
        raise PaymentRefused.because("strange_state", provider=Platform.GOOGLE)
    return Evidence(
        platform=Platform.GOOGLE, ref=said.token, sku=said.product_id, quantity=said.quantity, bound_to=said.account_id,
        environment=Environment.SANDBOX if said.is_test else Environment.PRODUCTION,
        is_taken_back=said.state is GoogleState.CANCELED,
    )  # fmt: skip


async def check_owner(db: Db, evidence: Evidence, player_id: UUID, held: Settings) -> None:
    """Raises PurchaseOfAnother, PurchaseUnbound, PlatformNotLinked, WrongEnvironment for what is not this player's."""
    wiring.check_environment(evidence.platform, evidence.environment)
    if evidence.account is not None:
        if await linked_account(db, player_id, evidence.platform) != evidence.account:
            raise PurchaseOfAnother(platform=evidence.platform)
    elif evidence.bound_to is not None:
        if reading.player_of(evidence.bound_to) != player_id:
            raise PurchaseOfAnother(platform=evidence.platform)
    elif held.demand_binding:
        raise PurchaseUnbound(platform=evidence.platform)


async def sold(db: Db, evidence: Evidence) -> tuple[catalog.Item, Evidence]:
    """What is sold under the name a purchase bears, and what Google should hear of it; raises SkuUnknown."""
    item, _ = await catalog.sku(db, evidence.platform.value, evidence.sku)
    if evidence.platform is Platform.GOOGLE:
        # One that lasts is acknowledged; all else is used up at the shop, so that it can be bought again.
        is_consumable = item.type is not catalog.ItemType.DURABLE
        evidence = msgspec.structs.replace(evidence, is_consumable=is_consumable)
    return item, evidence
