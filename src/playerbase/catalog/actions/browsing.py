"""Looking through what is for sale in the process's own memory, for pages that are rendered here."""

from playerbase.catalog import rules
from playerbase.catalog.actions.shelves import Shelf
from playerbase.catalog.model import Item, Search
from playerbase.kit import clock

Place = tuple[int | str, str]


def browse(present: Shelf, search: Search, after: Place | None, count: int) -> tuple[list[Item], Place | None]:
    """So many of what is for sale or announced and asked for, and the place after which the list goes on."""
    under = None if search.category is None else present.under(search.category)
    found = rules.pick(present.items, search, under, clock.now(), after, count + 1)
    return found[:count], rules.place(found[count - 1], search) if found[count:] else None
