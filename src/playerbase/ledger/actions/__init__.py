"""The verbs."""

from playerbase.ledger.actions.asking import (
    Amount,
    Asked,
    Named,
    Text,
    capturing,
    movement,
    reversing,
    said,
    setting_aside,
    voiding,
)
from playerbase.ledger.actions.assets import asset, create_asset, open_item
from playerbase.ledger.actions.configured import use_keys
from playerbase.ledger.actions.known import Known, assets
from playerbase.ledger.actions.lanes import Postings, Wallets, wallet_of
from playerbase.ledger.actions.months import keep_months, months_ahead
from playerbase.ledger.actions.outcomes import is_recorded
from playerbase.ledger.actions.posting import post
from playerbase.ledger.actions.proof import (
    anchor,
    ask_proof,
    count_findings,
    findings,
    last_proof,
    prove,
    prove_all,
    prove_command,
    watch,
)
from playerbase.ledger.actions.reading import Filter, counts, entries, hold
from playerbase.ledger.actions.sweeping import end_holds, expire_lots

__all__ = [
    "Amount",
    "Asked",
    "Filter",
    "Known",
    "Named",
    "Postings",
    "Text",
    "Wallets",
    "anchor",
    "ask_proof",
    "asset",
    "assets",
    "capturing",
    "count_findings",
    "counts",
    "create_asset",
    "end_holds",
    "entries",
    "expire_lots",
    "findings",
    "hold",
    "is_recorded",
    "keep_months",
    "last_proof",
    "months_ahead",
    "movement",
    "open_item",
    "post",
    "prove",
    "prove_all",
    "prove_command",
    "reversing",
    "said",
    "setting_aside",
    "use_keys",
    "voiding",
    "wallet_of",
    "watch",
]
