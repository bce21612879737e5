"""Prizes as rewards knows them."""

from playerbase import rewards
from playerbase.boards.model import Prize


def parts_of(prize: Prize) -> list[rewards.Part]:
    """The parts of a prize."""
    parts = [rewards.Part(item=item, quantity=quantity) for item, quantity in prize.items.items()]
    parts += [rewards.Part(asset=asset, amount=amount) for asset, amount in prize.assets.items()]
    return parts + ([rewards.Part(title=prize.title)] if prize.title else [])
