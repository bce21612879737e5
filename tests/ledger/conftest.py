"""Players with wallets, and short words for postings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.ledger import HOUSE, GiveFree, Leg, Posted, Posting, Purpose, SetAside

SOURCE = {"earn": Purpose.ISSUANCE, "grant": Purpose.ISSUANCE, "spend": Purpose.REVENUE}


def moving(kind: str, player: UUID, amount: int, asset: str = "coins", **more: Any) -> Posting:
    """A posting of two legs: a player gets from the house, or gives to it when they spend."""
    signed = -amount if kind == "spend" else amount
    legs = (
        Leg(player, asset, signed, expires_at=more.pop("expires_at", None)),
        Leg(HOUSE, asset, -signed, SOURCE.get(kind, Purpose.ADJUSTMENT)),
    )
    return Posting(**{"scope": "test", "key": str(uuid4()), "kind": kind, "legs": legs, **more})


def holding(player: UUID, amount: int, expires_at: datetime, asset: str = "coins", **more: Any) -> Posting:
    """A posting that sets an amount aside."""
    hold = SetAside(more.pop("hold_id", uuid4()), player, asset, amount, expires_at)
    return Posting(**{"scope": "test", "key": str(uuid4()), "kind": "hold", "hold": hold, **more})


def capturing(player: UUID, hold_id: UUID, amount: int, asset: str = "coins", **more: Any) -> Posting:
    """A posting that takes what was set aside."""
    legs = (Leg(player, asset, -amount), Leg(HOUSE, asset, amount, Purpose.REVENUE))
    hold = GiveFree(hold_id, player, asset, "captured", amount)
    return Posting(**{"scope": "test", "key": str(uuid4()), "kind": "capture", "legs": legs, "hold": hold, **more})


def clawing(player: UUID, amount: int, asset: str = "coins", **more: Any) -> Posting:
    """A posting that takes back what is there, and makes the rest a debt."""
    legs = (Leg(player, asset, -amount, up_to="debt"), Leg(HOUSE, asset, amount, Purpose.CLAWBACK))
    return Posting(**{"scope": "test", "key": str(uuid4()), "kind": "clawback", "legs": legs, **more})


async def posted(tx: Tx, *postings: Posting) -> list[Posted]:
    """What came of postings that must all be admitted."""
    outcomes = await ledger.post(tx, postings)
    assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Posted)]


def told(outcomes: Sequence[Posted | Refusal]) -> list[str]:
    """Outcomes in a word each."""
    return [
        outcome.code if isinstance(outcome, Refusal) else "replayed" if outcome.replayed else "posted"
        for outcome in outcomes
    ]


@pytest.fixture
async def player(tx: Tx) -> UUID:
    return await identity.create(tx)
