"""Who signs in in these tests."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import people
from tests.accounts.worlds import standing, world

__all__ = ["letterbox", "people", "standing", "world"]
