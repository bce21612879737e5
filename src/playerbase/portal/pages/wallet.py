"""The wallet: what somebody has, what they owe and why, and how it came to be."""

from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec

from playerbase import ledger
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get
from playerbase.ledger import AssetClass, EntrySeen, Filter, Postings, Wallets

HERE = "/portal/wallet"
ROWS = 25
KINDS = {"earn": "Earned", "spend": "Spent", "grant": "Given to you", "reversal": "Undone", "expire": "Expired"}
# What is not asked for by a chip has its words all the same.
WORDS = KINDS | {
    "revoke": "Taken away", "adjust": "Corrected", "capture": "Paid from what was set aside", "refund": "Refunded",
    "purchase": "Bought", "clawback": "Taken back", "transfer": "Transferred",
}  # fmt: skip

Code = Annotated[str, msgspec.Meta(max_length=64)]
Kind = Literal["earn", "spend", "grant", "reversal", "expire", ""]


@get(HERE, policy=PLAYER, limit="console", page=True)
async def read_wallet(
    pool: Pool, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, wallets: Wallets,
    postings: Postings, asset: Code = "", kind: Kind = "", cursor: str = "",
) -> Answer:  # fmt: skip
    """A player's own balances and their history, latest first, of one asset or kind or all."""
    assert caller.player_id is not None
    # Before a connection is taken: it needs one of its own.
    holdings = (await ledger.wallet_of(wallets, postings.known, caller.player_id)).items
    async with reading(pool) as db:
        return await _shown(db, request, caller, cursors, rendering, holdings, (asset, kind), cursor)


async def _shown(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, holdings: list[ledger.Holding],
    chosen: tuple[str, str], cursor: str,
) -> Answer:  # fmt: skip
    assert caller.player_id is not None
    asset, kind = chosen
    assets = await ledger.assets(db)
    shown = {"asset": asset if asset in assets else "", "kind": kind}
    scope = f"portal wallet {caller.subject} {shown}"
    after = cursors.read(cursor, list[tuple[int, int]], scope=scope) if cursor else None
    wanted = Filter(asset=shown["asset"] or None, kind=kind or None)
    lines, place = await ledger.entries(db, caller.player_id, wanted, after, ROWS)
    following = _linked(shown, cursor=cursors.make(tuple(place), scope=scope)) if place else ""
    return rendering.page(
        request, "portal/wallet.html", holdings=holdings, assets=assets, lines=lines, worded=worded, shown=shown,
        kinds=KINDS, following=following, first=_linked(shown) if cursor else "", is_live=not caller.actor_id,
        linked=lambda **change: _linked(shown, **change),
        choice=[each for each in assets.values() if each.asset_class is not AssetClass.ITEM],
        has_any=any(each.total_earned or each.total_spent or each.debt for each in holdings),
    )  # fmt: skip


def worded(line: EntrySeen) -> str:
    """What a line of the history is called where no reason was given."""
    return line.reason or WORDS.get(line.kind, line.kind.replace("_", " ").capitalize())


def _linked(shown: dict[str, str], **changed: str) -> str:
    kept = {name: value for name, value in {**shown, **changed}.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
