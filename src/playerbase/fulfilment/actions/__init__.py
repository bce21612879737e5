"""The verbs of fulfilment."""

from playerbase.fulfilment.actions.beginning import begin
from playerbase.fulfilment.actions.carrying import apply_effect, carry_out, deliver_letter, deliver_parcel
from playerbase.fulfilment.actions.effects import change_of_name
from playerbase.fulfilment.actions.hearing import hear_shop, is_news
from playerbase.fulfilment.actions.pooling import (
    add_codes,
    codes_of,
    given,
    given_code,
    make_pool,
    pool,
    pools,
    reveal,
)
from playerbase.fulfilment.actions.reading import (
    LAST_ID,
    delivery,
    made_before,
    of_order,
    of_player,
    page,
    set_settings,
    tally,
)
from playerbase.fulfilment.actions.resending import resend_letter
from playerbase.fulfilment.actions.sealing import reseal
from playerbase.fulfilment.actions.settling import settings
from playerbase.fulfilment.actions.shopify import Shopify
from playerbase.fulfilment.actions.stopping import (
    cancel,
    cancel_by_staff,
    give_address,
    resume,
    retry,
    wake_addressed,
    wake_players,
)
from playerbase.fulfilment.actions.wiring import Effect, Shop, use_effects, use_keys, use_shop

__all__ = [
    "LAST_ID",
    "Effect",
    "Shop",
    "Shopify",
    "add_codes",
    "apply_effect",
    "begin",
    "cancel",
    "cancel_by_staff",
    "carry_out",
    "change_of_name",
    "codes_of",
    "deliver_letter",
    "deliver_parcel",
    "delivery",
    "give_address",
    "given",
    "given_code",
    "hear_shop",
    "is_news",
    "made_before",
    "make_pool",
    "of_order",
    "of_player",
    "page",
    "pool",
    "pools",
    "reseal",
    "resend_letter",
    "resume",
    "retry",
    "reveal",
    "set_settings",
    "settings",
    "tally",
    "use_effects",
    "use_keys",
    "use_shop",
    "wake_addressed",
    "wake_players",
]
