"""What the catalog tells."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event


class CatalogChanged(Event, frozen=True):
    """Items or categories were made or changed; of an import there are several, each with some of them."""

    topic: ClassVar[str] = "catalog.changed"
    version: UUID
    items: list[str]
    categories: list[str]

    def keys(self) -> Sequence[str]:
        """Changes of the catalog are heard in order."""
        return ("catalog",)
