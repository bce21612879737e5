"""Who takes part in these stories."""

from tests.accounts.people import people

__all__ = ["people"]
