"""What the ledger adds to the page of a player: their wallet, and what they earned and spent in the timeline."""

from datetime import datetime
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Panel
from playerbase.ledger import actions
from playerbase.ledger.actions import Filter
from playerbase.ledger.model import Asset, AssetClass, EntrySeen
from playerbase.ledger.model.explored import AccountSeen
from playerbase.ledger.pages.showing import HERE, money

ACTS = (("Give…", "grant"), ("Take away…", "revoke"))
SAID = {
    "earn": "Earned {0}", "spend": "Spent {0}", "grant": "{0} given by staff", "revoke": "{0} taken away by staff",
    "adjust": "{0} adjusted", "reversal": "{0} undone", "capture": "{0} paid out of a hold", "expire": "{0} expired",
    "refund": "{0} refunded", "purchase": "Bought {0}", "clawback": "{0} taken back", "transfer": "{0} transferred",
}  # fmt: skip


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """The wallet: every currency and points they ever had, what is held, and what they owe."""
    assets = await actions.assets(db)
    accounts = [
        each for each in await actions.accounts_of(db, player_id)
        if assets[each.asset].asset_class is not AssetClass.ITEM and each.purpose in {"main", "debt"}
    ]  # fmt: skip
    lines = [_line(each, assets[each.asset]) for each in accounts if each.purpose == "main" or each.balance]
    here = f"/console/players/{player_id}"
    return [
        Panel(
            "Wallet", lines, "Nothing yet: the first thing they earn opens it.", f"{HERE}?player_id={player_id}",
            "Accounts", acts=[(word, f"{here}/{verb}", "ledger.write") for word, verb in ACTS],
        )
    ]  # fmt: skip


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What came and went, latest first."""
    assets = await actions.assets(db)
    found, _ = await actions.entries(db, player_id, Filter(until=before), None, count)
    return sorted((_happening(each, assets[each.asset]) for each in found), key=lambda each: each.at, reverse=True)


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they have anything, or owe it: a wallet stays with an account."""
    return "a wallet" if any(each.balance for each in await actions.accounts_of(db, player_id)) else ""


def _line(it: AccountSeen, asset: Asset) -> Line:
    path, held = f"{HERE}/accounts/{it.account_id}", f"{money(asset, it.held)} held" if it.held else ""
    if it.purpose == "debt":
        return Line(f"{asset.name} owed", money(asset, it.balance), "paid back out of what they earn", path, "bad")
    return Line(
        asset.name, money(asset, it.balance), held, path, "warn" if it.locked else "", "locked" if it.locked else ""
    )


def _happening(it: EntrySeen, asset: Asset) -> Happening:
    said = SAID.get(it.kind, f"{{0}}: {it.kind.replace('_', ' ')}").format(asset.name)
    return Happening(
        it.at, "ledger", "Wallet", said, it.reason, money(asset, it.amount, signed=True),
        "good" if it.amount > 0 else "", f"{HERE}/transactions/{it.transaction_id}",
    )  # fmt: skip
