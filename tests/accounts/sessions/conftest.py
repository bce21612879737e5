"""Who signs in in these tests."""

from tests.accounts.people import cheap_hashing

__all__ = ["cheap_hashing"]
