"""Friends: who knows whom, who has asked, and who wants nothing to do with whom."""

from playerbase.friends.actions import accept, are, ask, block, blocked, of, remove, unblock
from playerbase.friends.events import EVENTS, FriendMade, FriendRemoved, FriendRequested, PlayerBlocked
from playerbase.friends.model import FRIENDS_MAX, FriendRequest

__all__ = [
    "EVENTS",
    "FRIENDS_MAX",
    "FriendMade",
    "FriendRemoved",
    "FriendRequest",
    "FriendRequested",
    "PlayerBlocked",
    "accept",
    "are",
    "ask",
    "block",
    "blocked",
    "of",
    "remove",
    "unblock",
]
