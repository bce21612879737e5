"""How a save can be refused."""

from collections.abc import Sequence

from playerbase.kit.errors import Conflict, Denied, Exhausted, Fault, Invalid, NotFound
from playerbase.progression.model.nouns import Oddity


class NoSuchSave(NotFound):
    """There is nothing in this slot yet."""


class NoSuchVersion(NotFound):
    """This slot has no such version, or it was so long ago that it is kept no more."""


class VersionConflict(Conflict):
    """This was changed meanwhile; read it again and decide anew."""


class CannotMerge(Conflict):
    """Both sides changed fields that no rule settles; decide on those yourself, and save what you decided."""


class SaveTooLarge(Invalid):
    """A save of this game may not be so large."""

    status = 413


class SlotsAllUsed(Exhausted):
    """You use as many slots in this game as there are."""

    status = 409


class SavingTooOften(Exhausted):
    """This slot is saved too often; wait as long as Retry-After says."""


class RestoringNotAllowed(Denied):
    """In this game only its staff restores what was saved before."""


class OtherGame(Denied):
    """This key belongs to another game."""


class SeenVersionMissing(Invalid):
    """Say which version you saw, 0 for none: in If-Match, or as expected_version."""

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "expected_version", "code": "missing", "message": self.title()}])


class VersionsDiffer(Fault):
    """If-Match and expected_version say different versions."""

    def __init__(self) -> None:
        super().__init__("expected_version", "conflicting", self.title())


class NothingSent(Fault):
    """Send the data you want kept or merged."""

    def __init__(self) -> None:
        super().__init__("data", "missing", self.title())


class SaveImplausible(Invalid):
    """What was to be saved breaks rules of the game; each field is listed."""

    def __init__(self, found: Sequence[Oddity]) -> None:
        super().__init__(
            errors=[{"field": f"data.{each.field}"[:200], "code": each.rule, "message": each.message} for each in found]
        )


class NotAnObject(Fault):
    """A save is an object: names and what stands under them."""

    def __init__(self) -> None:
        super().__init__("data", "invalid", self.title())


class GameUnknown(Fault):
    """There is no such game."""

    def __init__(self) -> None:
        super().__init__("game", "unknown", self.title())


class PathTwice(Fault):
    """A field has one rule."""

    def __init__(self, position: int) -> None:
        super().__init__(f"fields.{position}.path", "duplicate", self.title())


class RuleUnfit(Fault):
    """This rule cannot hold for that kind of field."""

    def __init__(self, position: int, name: str, message: str) -> None:
        super().__init__(f"fields.{position}.{name}", "unfit", message)


class DeclarationChanged(Conflict):
    """This was changed meanwhile; read it again and decide anew."""

    code = "version_conflict"


class FlagDecided(Conflict):
    """Somebody has decided about this already."""


class NoSuchFlag(NotFound):
    """There is no such flag."""
