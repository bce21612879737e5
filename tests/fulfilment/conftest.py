"""Deliveries, a shop that does what a test wants, and players with and without a mailbox."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from playerbase import accounts, fulfilment
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, broken, reading
from playerbase.schema import INVARIANTS
from tests.accounts.letterbox import letterbox
from tests.accounts.people import people
from tests.conftest import SECRET
from tests.fulfilment.shops import Counter

__all__ = ["letterbox", "people"]


@pytest.fixture(autouse=True)
def _wired(tmp_path: Path) -> Iterator[None]:
    accounts.use_postbox(
        accounts.Postbox(
            keys=Keys.derive(SECRET), public_url="http://test", mail_from="Studio <no-reply@studio.example>",
            smtp_url=None, folder=tmp_path / "mail",
        )
    )  # fmt: skip
    yield
    fulfilment.use_shop(None)
    fulfilment.use_effects({})


@pytest.fixture
async def pool(pool: Pool) -> AsyncIterator[Pool]:
    """What was committed keeps what must always hold."""
    yield pool
    async with reading(pool) as db:
        assert await broken(db, {name: each for name, each in INVARIANTS.items() if "fulfilment" in name}) == []


@pytest.fixture
def counter() -> Counter:
    """A shop."""
    made = Counter()
    fulfilment.use_shop(made)
    return made
