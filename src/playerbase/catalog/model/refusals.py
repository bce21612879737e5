"""Why something about the catalog is not done."""

from playerbase.kit.errors import Conflict, Exhausted, Fault, Faults, NotFound


class ItemUnknown(NotFound):
    """There is no such item."""


class CategoryUnknown(NotFound):
    """There is no such category."""


class SkuUnknown(NotFound):
    """No platform sells anything under this name."""


class ItemNotForSale(Conflict):
    """This item is not for sale at the moment."""


class SoldOut(Conflict):
    """There are not that many left of this item."""


class ItemAlreadyExists(Conflict):
    """There is an item with this code already."""


class CategoryAlreadyExists(Conflict):
    """There is a category with this code already."""


class VersionConflict(Conflict):
    """This was changed meanwhile; read it again and decide anew."""


class CatalogFull(Exhausted):
    """The catalog holds as many of these as its settings allow."""


class ImportFaulty(Faults):
    """Some of what was sent is not valid; each fault is listed."""

    code = "invalid_input"


class VersionMissing(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__(
            "expected_version", "missing", "Say which version you saw: in If-Match, or as expected_version"
        )


class PlatformMissing(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__("platform", "missing", "Several platforms sell something under this name: say which is meant")
