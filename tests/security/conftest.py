"""Who signs in, and where their letters arrive."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import cheap_hashing, people

__all__ = ["cheap_hashing", "letterbox", "people"]
