"""Sums of money as platforms write them: hundredths of a currency, also of one that has none. Pure."""

from typing import Final

# ISO 4217: currencies whose smallest unit is the whole, and those with thousandths.
WHOLE: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)  # fmt: skip
THOUSANDTHS: Final = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def hundredths(amount: int, currency: str) -> int:
    """An amount in a currency's smallest unit, in hundredths of it; of thousandths what is less than one is cut off."""
    if currency in WHOLE:
        return amount * 100
    return amount // 10 if currency in THOUSANDTHS else amount


def of_milliunits(amount: int) -> int:
    """Thousandths of a currency in hundredths."""
    return amount // 10
