"""Who signs in in these tests."""

from tests.accounts.people import people

__all__ = ["people"]
