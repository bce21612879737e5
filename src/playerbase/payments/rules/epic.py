"""What Epic's Ecom interface says (entitlements v4, redeem, ownership, clawbacks and offers v3)."""

import re
from typing import Any, Final

import msgspec

from playerbase.payments.model.epic import EpicClawback, EpicEntitlement, EpicOffer
from playerbase.payments.rules.moments import moment

PAGE: Final = 100
PAGES_MAX: Final = 50  # Nobody has more; and a list that never ends must end.
REDEEMED_MAX: Final = 100

_ACCOUNT = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Granted(msgspec.Struct, frozen=True):
    """A token for our client itself."""

    access_token: str
    expires_in: int


class Entitlement(msgspec.Struct, frozen=True, rename="camel"):
    """An entitlement as it is written."""

    id: str
    entitlement_name: str = ""
    namespace: str = ""
    catalog_item_id: str = ""
    entitlement_type: str = ""
    grant_date: str = ""
    consumable: bool = False
    status: str = ""
    use_count: int = 0


class Owned(msgspec.Struct, frozen=True, rename="camel"):
    """Whether something is owned; its name is written in one of two ways."""

    owned: bool = False
    item_id: str = ""
    catalog_item_id: str = ""


def is_account(text: str) -> bool:
    """Whether this could be an account at Epic."""
    return _ACCOUNT.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether this could be an entitlement or an item."""
    return _ID.fullmatch(text) is not None


def entitlement_of(said: Entitlement) -> EpicEntitlement:
    """An entitlement; raises ValueError for a moment that is none."""
    return EpicEntitlement(
        id=said.id, name=said.entitlement_name, catalog_item_id=said.catalog_item_id, kind=said.entitlement_type,
        status=said.status, is_consumable=said.consumable, use_count=said.use_count, granted_at=moment(said.grant_date),
    )  # fmt: skip


def offers_of(said: object) -> list[EpicOffer]:
    """The offers in a list, or in one that is wrapped; raises ValueError, KeyError, TypeError."""
    return [
        EpicOffer(
            id=str(each["id"]), title=str(each.get("title", "")), price=int(each.get("currentPrice", 0)),
            currency=str(each.get("currencyCode", "")), decimals=int(each.get("decimalPoint", 2)),
        )
        for each in _listed(said)
    ]  # fmt: skip


def clawbacks_of(said: object) -> list[EpicClawback]:
    """What was taken back, in a list or in one that is wrapped; raises ValueError, KeyError, TypeError."""
    return [
        EpicClawback(
            entitlement_id=str(each.get("entitlementId") or each["id"]),
            account_id=str(each.get("accountId") or each.get("identityId") or ""),
            at=moment(str(each.get("clawbackDate") or each.get("date") or "")),
        )
        for each in _listed(said)
    ]


def _listed(said: object) -> list[dict[str, Any]]:
    if isinstance(said, dict):
        said = said.get("elements") or said.get("data") or []
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        raise ValueError("not a list")
    return said
