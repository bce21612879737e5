"""Assets and accounts: what a process has seen of them once it need not look up again, since none is ever removed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from playerbase import identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.ledger import store
from playerbase.ledger.model import HOUSE, Asset, AssetUnknown, OwnerUnknown, Posting, Purpose

ACCOUNTS_MAX = 200_000  # About 60 MB; beyond that the memory begins anew.


class Place(NamedTuple):
    """Whose units of what, and for what: an account by what it is."""

    owner: UUID
    asset: str
    purpose: Purpose


class Known:
    """Assets and accounts this process has seen, for one database."""

    def __init__(self) -> None:
        self.assets: dict[str, Asset] = {}
        self.accounts: dict[Place, int] = {}
        self.place_of: dict[int, Place] = {}

    def remember(self, places: dict[Place, int]) -> None:
        """Accounts that are there for good."""
        if len(self.accounts) + len(places) > ACCOUNTS_MAX:
            self.accounts.clear()
            self.place_of.clear()
        self.accounts.update(places)
        self.place_of.update({account: place for place, account in places.items()})


class Found(NamedTuple):
    """The accounts of a batch, and what each is of."""

    accounts: dict[Place, int]
    place_of: dict[int, Place]
    assets: dict[str, Asset]


async def assets(db: Db, known: Known | None = None) -> dict[str, Asset]:
    """Every asset there is, by its code."""
    found = {asset.code: asset for asset in await store.assets_known(db)}
    if known is not None:
        known.assets = found
    return found


def places_of(posting: Posting) -> set[Place]:
    """The accounts a posting needs: of its legs, of debts they may become, of its hold."""
    places = {Place(leg.owner, leg.asset, leg.purpose) for leg in posting.legs}
    for leg in posting.legs:
        if leg.up_to == "debt":
            places.add(Place(leg.owner, leg.asset, Purpose.DEBT))
    if posting.hold is not None:
        places.add(Place(posting.hold.owner, posting.hold.asset, Purpose.MAIN))
    return places


async def find(tx: Tx, postings: Sequence[Posting], known: Known) -> tuple[Found, dict[int, Refusal]]:
    """The accounts of these postings, opened where they are not; and which of them name what does not exist."""
    wanted = {at: places_of(posting) for at, posting in enumerate(postings)}
    missing = {place for places in wanted.values() for place in places if place not in known.accounts}
    if not missing:
        return Found(known.accounts, known.place_of, known.assets), {}
    if any(place.asset not in known.assets for place in missing):
        await assets(tx, known)
    strange = {place.asset for place in missing if place.asset not in known.assets}
    owners = {place.owner for place in missing} - {HOUSE}
    strangers = owners - set(await identity.existing(tx, list(owners))) if owners else set()
    refused: dict[int, Refusal] = {}
    for at, places in wanted.items():
        if unknown := next((place.asset for place in places if place.asset in strange), None):
            refused[at] = AssetUnknown("asset", unknown)
        elif any(place.owner in strangers for place in places):
            refused[at] = OwnerUnknown()
    sound = {place for place in missing if place.asset not in strange and place.owner not in strangers}
    opened = await _opened(tx, sound, known)
    # What is opened here may yet be undone: until the commit it is known to this batch alone.
    needed = {place: known.accounts[place] for places in wanted.values() for place in places if place in known.accounts}
    accounts = needed | opened
    return Found(accounts, {account: place for place, account in accounts.items()}, known.assets), refused


async def _opened(tx: Tx, places: Iterable[Place], known: Known) -> dict[Place, int]:
    listed = list(places)
    if not listed:
        return {}
    codes = {asset.asset_id: asset.code for asset in known.assets.values()}
    columns = (
        [place.owner for place in listed], [known.assets[place.asset].asset_id for place in listed],
        [str(place.purpose) for place in listed],
    )  # fmt: skip
    await store.open_accounts(tx, *columns, clock.now())
    rows = await store.accounts_of(tx, *columns)
    opened = {Place(row.owner_id, codes[row.asset_id], Purpose(row.purpose)): row.account_id for row in rows}
    after_commit(tx, lambda: known.remember(opened))  # Not before: what is undone was never there.
    return opened
