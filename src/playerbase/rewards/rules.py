"""What a part of a reward must be, whatever exists; pure."""

from playerbase.rewards.model import Part


def fault_of_shape(part: Part) -> tuple[str, str] | None:
    """Which field of a part is wrong whatever exists, and why in words; None if it is one of the three."""
    named = [name for name in ("item", "asset", "title") if getattr(part, name) is not None]
    if len(named) != 1:
        return named[1] if named else "item", "Name an item, an asset or a title, and only one of them"
    if part.asset is not None and part.amount is None:
        return "amount", "Say how much of it"
    if part.asset is None and part.amount is not None:
        return "amount", "An amount is of an asset"
    if part.item is None and part.quantity != 1:
        return "quantity", "Only items have a quantity"
    return None
