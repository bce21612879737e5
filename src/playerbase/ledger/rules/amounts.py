"""Amounts as people write them. Pure."""

import re
from decimal import Decimal

from playerbase.kit.errors import Fault
from playerbase.ledger.model import AMOUNT_MAX, Asset

_WRITTEN = re.compile(r"[0-9]{1,16}(\.[0-9]{1,8})?")


def units(text: str, asset: Asset, field: str = "amount") -> int:
    """What somebody wrote, in smallest units: 12.50 of an asset of two decimals are 1250. Raises Fault."""
    bare = text.strip().replace("\u202f", "").replace(" ", "")
    if not _WRITTEN.fullmatch(bare):
        raise Fault(field, "not_an_amount", "Write an amount above zero, as 12 or 12.50")
    amount = Decimal(bare) * 10**asset.exponent
    if amount != amount.to_integral_value():
        raise Fault(field, "too_fine", f"{asset.name} has {asset.exponent or 'no'} decimals")
    if not 1 <= amount <= AMOUNT_MAX:
        raise Fault(field, "out_of_range", "An amount is above zero and below 2^53 of its smallest units")
    return int(amount)
