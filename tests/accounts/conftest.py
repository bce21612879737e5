"""Who signs in in these tests."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import people

__all__ = ["letterbox", "people"]
