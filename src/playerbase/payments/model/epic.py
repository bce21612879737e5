"""What Epic's store says of entitlements."""

from datetime import datetime

import msgspec


class EpicEntitlement(msgspec.Struct, frozen=True, kw_only=True):
    """Something an account was given at Epic's store: by `id`, which is given once and belongs to one account."""

    id: str
    name: str  # What it is called in the sandbox; one name may be given by several offers.
    catalog_item_id: str
    kind: str
    status: str
    is_consumable: bool
    use_count: int
    granted_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it stands: Epic names no other status it might have, so no other is taken for one that does."""
        return self.status == "ACTIVE"


class EpicOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Something an account may buy, in hundredths of its currency (or what its decimals say)."""

    id: str
    title: str
    price: int
    currency: str
    decimals: int


class EpicClawback(msgspec.Struct, frozen=True, kw_only=True):
    """An entitlement whose money went back. How Epic writes this is not public, so it is read leniently."""

    entitlement_id: str
    account_id: str
    at: datetime | None
