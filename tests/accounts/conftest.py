"""Who signs in in these tests."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import people

__all__ = ["letterbox", "people"]
from tests.accounts.people import cheap_hashing, people
from tests.accounts.worlds import standing, world
__all__ = ["cheap_hashing", "letterbox", "people", "standing", "world"]
