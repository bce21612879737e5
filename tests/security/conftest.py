"""Who signs in, and where their letters arrive."""

from tests.accounts.letterbox import letterbox
from tests.accounts.people import people

__all__ = ["letterbox", "people"]
