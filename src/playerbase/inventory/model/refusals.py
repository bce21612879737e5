"""Why something about what players have is not done."""

from playerbase.kit.errors import Conflict, Exhausted, NotFound


class ThingNotYours(NotFound):
    """You have no such thing."""


class ThingOver(Conflict):
    """This thing has expired, or was used up or taken back."""


class NotThatMany(Conflict):
    """There are not that many left of this."""


class NotConsumable(Conflict):
    """This is not something that is used up."""


class ConsumedByGameOnly(Conflict):
    """Only the game can use this up."""


class NotWearable(Conflict):
    """This is not something that is worn."""


class OfAnotherGame(Conflict):
    """This belongs to another game."""


class SlotTakesOther(Conflict):
    """This slot is for something else."""


class DoesNotFit(Conflict):
    """This does not fit what the slot is for."""


class TooMuchWorn(Exhausted):
    """You wear as many things as can be kept; take something off first."""


class TooManySlots(Exhausted):
    """There are as many slots as can be kept."""


class SlotUnknown(NotFound):
    """There is no such slot."""
