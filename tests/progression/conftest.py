"""Who saves in these tests."""

from tests.accounts.people import people

__all__ = ["people"]
