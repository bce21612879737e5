"""Players and a shop for the tests of orders."""

import pytest

from tests.accounts.people import People, people
from tests.orders.shop import Shop

__all__ = ["people"]


@pytest.fixture
def shop(people: People) -> Shop:
    return Shop(people)
