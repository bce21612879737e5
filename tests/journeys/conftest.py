"""Who takes part in these stories."""

from tests.accounts.people import cheap_hashing, people

__all__ = ["cheap_hashing", "people"]
