"""Editors and players for the tests of the catalog."""

from tests.accounts.people import people

__all__ = ["people"]
