"""The verbs."""

from playerbase.ledger.actions.assets import asset, create_asset, open_item
from playerbase.ledger.actions.configured import use_keys
from playerbase.ledger.actions.known import Known, assets
from playerbase.ledger.actions.months import keep_months, months_ahead
from playerbase.ledger.actions.posting import post

__all__ = ["Known", "asset", "assets", "create_asset", "keep_months", "months_ahead", "open_item", "post", "use_keys"]
