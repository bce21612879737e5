"""Battle pass: experience, the tiers of a season and their rewards. Others import this package alone."""

from playerbase.battlepass.actions import (
    PART,
    NewChallenge,
    NewPass,
    claim_all,
    close_step,
    create_challenge,
    create_pass,
    follow,
    pass_of,
    take_back,
)
from playerbase.battlepass.events import (
    EVENTS,
    ChallengeCompleted,
    PassChanged,
    PremiumClosed,
    PremiumOpened,
    RewardEarned,
    TierReached,
)
from playerbase.battlepass.model import Challenge, Measure, Part, Pass, Period, Source, Tier, Track

__all__ = [
    "EVENTS",
    "PART",
    "Challenge",
    "ChallengeCompleted",
    "Measure",
    "NewChallenge",
    "NewPass",
    "Part",
    "Pass",
    "PassChanged",
    "Period",
    "PremiumClosed",
    "PremiumOpened",
    "RewardEarned",
    "Source",
    "Tier",
    "TierReached",
    "Track",
    "claim_all",
    "close_step",
    "create_challenge",
    "create_pass",
    "follow",
    "pass_of",
    "take_back",
]
