"""The nouns of rewards, and the refusals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Invalid, NotFound

TITLE_CHARACTERS_MAX = 50  # As many as a profile shows.

ItemCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,47}$", examples=["ember_blade"])]
AssetCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,31}$", examples=["gems"])]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
# Units that every client can hold exactly: JavaScript has no whole numbers beyond.
Amount = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Title = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=TITLE_CHARACTERS_MAX,
        pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$",
        examples=["Champion"],
    ),
]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of three: so many of an item, an amount of an asset in its smallest unit, or a title."""

    item: ItemCode | None = None
    quantity: Quantity = 1
    asset: AssetCode | None = None
    amount: Amount | None = None
    title: Title | None = None


class Gift(msgspec.Struct, frozen=True, kw_only=True):
    """What a player is to be given, for what, and the key under which that happens once.

    ``source`` is a word for who gives (boards, battle_pass), ``ref`` what for (a run, a tier).
    """

    key: str
    player_id: UUID
    parts: tuple[Part, ...]
    source: str
    ref: str = ""


class ItemCount(msgspec.Struct, frozen=True):
    """So many of an item; ``asset`` is where the ledger counts it, if it does."""

    item_id: UUID
    code: str
    quantity: int
    asset: str | None = None


class AssetAmount(msgspec.Struct, frozen=True):
    """So much of an asset."""

    asset: str
    amount: int


class Contents(msgspec.Struct, frozen=True):
    """What parts come down to once bundles are opened."""

    items: list[ItemCount]
    amounts: list[AssetAmount]
    titles: list[str]

    @property
    def counted(self) -> list[AssetAmount]:
        """What the ledger counts of it: stacks and amounts."""
        stacks = [AssetAmount(each.asset, each.quantity) for each in self.items if each.asset is not None]
        return stacks + self.amounts


class TakenItem(msgspec.Struct, frozen=True):
    """How many of an item were still there to take, and how many were not."""

    code: str
    taken: int
    gone: int


class TakenAmount(msgspec.Struct, frozen=True):
    """How much of an asset was there to take, and how much is owed since."""

    asset: str
    taken: int
    owed: int


class Taken(msgspec.Struct, frozen=True):
    """What taking a gift back took; ``refused`` is why the ledger took nothing, if it did not."""

    items: list[TakenItem]
    amounts: list[TakenAmount]
    titles: list[str]
    refused: str = ""


class GiftRow(msgspec.Struct, frozen=True):
    """A gift as it lies in its table; parts, contents and what was taken are JSON."""

    gift_id: UUID
    key: str
    player_id: UUID
    source: str
    ref: str
    parts: str
    contents: str
    given_at: datetime
    transaction_id: UUID | None
    withheld: str
    tries: int
    taken_at: datetime | None
    taken_why: str
    taken: str | None


class Given(msgspec.Struct, frozen=True):
    """A gift as it was given, now or when its key was used first.

    ``withheld`` is why the ledger did not take what it counts of it, and empty if it did; ``is_new`` whether it was
    given by this very call.
    """

    gift_id: UUID
    key: str
    player_id: UUID
    source: str
    ref: str
    parts: list[Part]
    given_at: datetime
    withheld: str
    taken_at: datetime | None
    taken_why: str
    taken: Taken | None
    is_new: bool = False


class NoSuchGift(NotFound):
    """There is no such gift."""


class RewardUnknown(Invalid):
    """A reward names an item that is not in the catalog."""


class RewardNotGivable(Invalid):
    """A reward holds something that is delivered outside the game; a reward cannot be."""


class RewardTooLarge(Invalid):
    """A reward holds more different things that are counted than one transaction of the ledger takes."""


class NothingWithheld(Conflict):
    """Nothing of this gift is withheld."""


class GiftTakenBack(Conflict):
    """This gift was taken back."""
