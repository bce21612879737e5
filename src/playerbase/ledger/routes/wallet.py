"""A player's own wallet."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, get, server, staff
from playerbase.ledger import actions
from playerbase.ledger.actions import Filter, Postings, Wallets
from playerbase.ledger.model import Asset, Code, EntrySeen, Wallet

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=2000)]
Word = Annotated[str, msgspec.Meta(max_length=64)]
Ref = Annotated[str, msgspec.Meta(max_length=200)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class AssetSeen(msgspec.Struct, frozen=True, rename={"asset_class": "class"}):
    """Something that is counted."""

    code: str
    name: str
    asset_class: str
    exponent: int
    lifetime_days: int | None


class Assets(msgspec.Struct, frozen=True):
    """Everything that is counted."""

    items: list[AssetSeen]


@get("/wallet", policy=PLAYER, limit="game")
async def my_wallet(caller: Caller, wallets: Wallets, postings: Postings) -> Wallet:
    """What you have of every currency and of points; amounts are whole smallest units, ``display`` is for people."""
    assert caller.player_id is not None
    return await actions.wallet_of(wallets, postings.known, caller.player_id)


@get("/wallet/entries", policy=PLAYER, limit="game")
async def my_wallet_entries(
    db: Db, caller: Caller, cursors: Cursors, asset: Code | None = None, kind: Word | None = None,
    ref: Ref | None = None, since: Moment | None = None, until: Moment | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[EntrySeen]:  # fmt: skip
    """How your wallet came to be, latest first: what each change was, why, and the balance after it."""
    assert caller.player_id is not None
    wanted = Filter(asset, kind, ref, since, until)
    return await page(db, cursors, caller, caller.player_id, wanted, limit, cursor)


@get("/players/{player_id}/wallet", policy=server("ledger:read") | staff("ledger.read"), limit="game")
async def wallet_of_player(wallets: Wallets, postings: Postings, player_id: UUID) -> Wallet:
    """What a player has; for game servers and staff."""
    return await actions.wallet_of(wallets, postings.known, player_id)


@get("/players/{player_id}/wallet/entries", policy=server("ledger:read") | staff("ledger.read"), limit="game")
async def wallet_entries_of_player(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID, asset: Code | None = None, kind: Word | None = None,
    ref: Ref | None = None, since: Moment | None = None, until: Moment | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[EntrySeen]:  # fmt: skip
    """How a player's wallet came to be, latest first; for game servers and staff."""
    return await page(db, cursors, caller, player_id, Filter(asset, kind, ref, since, until), limit, cursor)


@get("/assets", policy=PLAYER | server("ledger:read") | staff("ledger.read"), limit="game")
async def read_assets(db: Db) -> Assets:
    """Everything that is counted: currencies, points and stackable items."""
    return Assets([_seen(asset) for asset in (await actions.assets(db)).values()])


async def page(
    db: Db, cursors: Cursors, caller: Caller, owner_id: UUID, wanted: Filter, limit: int, cursor: str | None
) -> Listing[EntrySeen]:
    """One page of somebody's history."""
    scope = f"wallet {caller.subject} {owner_id} {wanted}"
    after = cursors.read(cursor, list[tuple[int, int]], scope=scope) if cursor else None
    found, place = await actions.entries(db, owner_id, wanted, after, limit)
    return Listing(found, cursors.make(tuple(place), scope=scope) if place else None)


def _seen(asset: Asset) -> AssetSeen:
    return AssetSeen(asset.code, asset.name, asset.asset_class, asset.exponent, asset.lifetime_days)
