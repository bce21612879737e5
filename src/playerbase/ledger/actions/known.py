"""Assets and accounts: what a process has seen of them once it need not look up again, since none is ever removed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from playerbase import identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.ledger import rules, store
from playerbase.ledger.model import HOUSE, Asset, AssetUnknown, OwnerUnknown, Posting, Purpose

ACCOUNTS_MAX = 200_000  # About 60 MB; beyond that the memory begins anew.

Name = tuple[int, str, str]  # An account's owner as a number, which is found faster than an id; its asset and purpose.


class Place(NamedTuple):
    """Whose units of what, and for what: an account by what it is."""

    owner: UUID
    asset: str
    purpose: Purpose

    @property
    def name(self) -> Name:
        """What its account is found by."""
        return self.owner.int, self.asset, self.purpose


class Accounts(NamedTuple):
    """Accounts by name, and where each is."""

    by_name: dict[Name, int]
    places: dict[int, Place]

    def add(self, place: Place, account_id: int) -> None:
        """An account that is there."""
        self.by_name[place.name] = account_id
        self.places[account_id] = place


class Known:
    """Assets and accounts this process has seen, for one database."""

    def __init__(self) -> None:
        self.assets: dict[str, Asset] = {}
        self.accounts = Accounts({}, {})

    def remember(self, places: dict[Place, int]) -> None:
        """Accounts that are there for good."""
        if len(self.accounts.places) + len(places) > ACCOUNTS_MAX:
            self.accounts = Accounts({}, {})
        for place, account_id in places.items():
            self.accounts.add(place, account_id)


class Found(NamedTuple):
    """The accounts of a batch: those of each posting's legs and of its hold, and all of them."""

    of_legs: list[tuple[int, ...]]
    of_hold: list[int]
    accounts: Accounts
    assets: dict[str, Asset]


async def assets(db: Db, known: Known | None = None) -> dict[str, Asset]:
    """Every asset there is, by its code."""
    found = {asset.code: asset for asset in await store.assets_known(db)}
    if known is not None:
        known.assets = found
    return found


async def find(tx: Tx, postings: Sequence[Posting], known: Known) -> tuple[Found, dict[int, Refusal]]:
    """The accounts of these postings, opened where they are not; and which of them name what cannot be."""
    try:
        return _located(postings, known.accounts, known), {}
    except KeyError:
        return await _find_all(tx, postings, known)


async def _find_all(tx: Tx, postings: Sequence[Posting], known: Known) -> tuple[Found, dict[int, Refusal]]:
    refused = {at: fault for at, posting in enumerate(postings) if (fault := rules.misplaced(posting)) is not None}
    wanted = {at: _places_of(posting) for at, posting in enumerate(postings) if at not in refused}
    missing = {place for places in wanted.values() for place in places if place.name not in known.accounts.by_name}
    if any(place.asset not in known.assets for place in missing):
        await assets(tx, known)
    owners = {place.owner for place in missing} - {HOUSE}
    strangers = owners - set(await identity.existing(tx, list(owners))) if owners else set()
    for at, places in wanted.items():
        if unknown := next((place.asset for place in places if place.asset not in known.assets), None):
            refused[at] = AssetUnknown("asset", unknown)
        elif any(place.owner in strangers for place in places):
            refused[at] = OwnerUnknown()
    # What is opened here may yet be undone: until the commit it is known to this batch alone.
    accounts = Accounts({}, {})
    for place in {place for places in wanted.values() for place in places} - missing:
        accounts.add(place, known.accounts.by_name[place.name])
    sound = {place for place in missing if place.asset in known.assets and place.owner not in strangers}
    for place, account_id in (await _opened(tx, sound, known)).items():
        accounts.add(place, account_id)
    return _located([posting for at, posting in enumerate(postings) if at not in refused], accounts, known), refused


def _located(postings: Iterable[Posting], accounts: Accounts, known: Known) -> Found:
    """Raises KeyError for what is not among the accounts."""
    by_name = accounts.by_name
    of_legs, of_hold = [], []
    for posting in postings:
        of_legs.append(tuple([by_name[leg.owner.int, leg.asset, leg.purpose] for leg in posting.legs]))
        hold = posting.hold
        of_hold.append(by_name[hold.owner.int, hold.asset, Purpose.MAIN] if hold is not None else 0)
        for leg in posting.legs:
            if leg.up_to == "debt":
                by_name[leg.owner.int, leg.asset, Purpose.DEBT]
    return Found(of_legs, of_hold, accounts, known.assets)


def _places_of(posting: Posting) -> set[Place]:
    """The accounts a posting needs: of its legs, of debts they may become, of its hold."""
    places = {Place(leg.owner, leg.asset, leg.purpose) for leg in posting.legs}
    places |= {Place(leg.owner, leg.asset, Purpose.DEBT) for leg in posting.legs if leg.up_to == "debt"}
    if posting.hold is not None:
        places.add(Place(posting.hold.owner, posting.hold.asset, Purpose.MAIN))
    return places


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
