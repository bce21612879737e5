"""Players and editors for the tests of the inventory."""

from uuid import UUID

import pytest

from playerbase import identity
from playerbase.kit.db import Tx
from tests.accounts.people import people

__all__ = ["people"]


@pytest.fixture
async def player(tx: Tx) -> UUID:
    return await identity.create(tx)
