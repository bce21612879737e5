"""What the battle pass refuses, each with the sentence that is told."""

from playerbase.kit.errors import Conflict, Denied, Exhausted, Faults, NotFound


class NoBattlePass(NotFound):
    """There is no battle pass here at the moment."""


class NoSuchReward(NotFound):
    """This tier has no reward on this track."""


class NoSuchChallenge(NotFound):
    """There is no such challenge."""


class NoSuchCurve(NotFound):
    """There is no such version of these tiers."""


class TierNotReached(Conflict):
    """You have not reached this tier yet."""


class RewardClaimed(Conflict):
    """You have claimed this reward already."""


class PremiumNeeded(Denied):
    """This reward is for those who have premium."""


class PremiumOwned(Conflict):
    """You have premium already."""


class PremiumNotSold(Conflict):
    """There is no premium to be bought for this battle pass."""


class PassNotBegun(Conflict):
    """This battle pass has not begun yet."""


class PassOver(Conflict):
    """This battle pass is over, and so is the time after it."""


class PassExists(Conflict):
    """This season has a battle pass already; change that one."""


class VersionConflict(Conflict):
    """This was changed meanwhile; read it again and decide anew."""


class ItemOfAnotherPass(Conflict):
    """This item opens the premium of another battle pass."""


class ChallengeExists(Conflict):
    """There is a challenge of this code in the game already."""


class TooManyChallenges(Exhausted):
    """A game has as many challenges as can be kept; turn one into what you need."""


class GrantedOtherwise(Conflict):
    """Under this reference something else was granted; the first grant stands."""


class TooLittleExperience(Conflict):
    """More would be taken than there is."""


class TiersFaulty(Faults):
    """Some of what was sent is not valid; each fault is listed."""

    code = "invalid_input"
