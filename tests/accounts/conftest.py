"""Who signs in in these tests."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import cheap_hashing, people

__all__ = ["cheap_hashing", "letterbox", "people"]
