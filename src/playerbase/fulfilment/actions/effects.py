"""The effects that fulfilment knows itself; under which names they are sold, the composition root says."""

from playerbase import profiles
from playerbase.fulfilment.model import Delivery, EffectWorthless
from playerbase.kit.db import Tx


async def change_of_name(tx: Tx, delivery: Delivery) -> None:
    """One more change of name for each that was bought. Raises EffectWorthless where names are free to change."""
    try:
        await profiles.grant_name_changes(tx, delivery.player_id, delivery.quantity)
    except profiles.NamesFree as free:
        raise EffectWorthless(str(free)) from None
