"""A tree of hashes over final standings, as RFC 6962 (2.1) has it. Pure.

Only the roots of whole blocks of rows are kept: a block is a power of two, so its root is a node of the tree of all.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playerbase.kit import clock

BLOCK = 256


def leaf(rank: int, player_id: UUID, score: int, reached_at: datetime) -> bytes:
    """The hash of one row; what is hashed is a zero byte and ``rank player score moment``."""
    return hashlib.sha256(b"\0" + leaf_text(rank, player_id, score, reached_at).encode()).digest()


def leaf_text(rank: int, player_id: UUID, score: int, reached_at: datetime) -> str:
    """What is hashed of a row."""
    return f"{rank} {player_id} {score} {clock.rfc3339(reached_at)}"


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these; of none, the hash of nothing."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = list(hashes)
    # Pair by pair from the left; one that is left over rises: the same as halving at the largest power of two.
    while len(level) > 1:
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def path(hashes: Sequence[bytes], at: int) -> list[bytes]:
    """The hashes beside the way from one leaf up to the root, lowest first."""
    found = []
    level = list(hashes)
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            found.append(level[beside])
        paired = [_node(level[each], level[each + 1]) for each in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
        at //= 2
    return found


def root_by(leaf_hash: bytes, at: int, size: int, beside: Sequence[bytes]) -> bytes:
    """The root that follows from one leaf and the hashes beside its way up."""
    found, left = leaf_hash, list(beside)
    while size > 1:
        if at % 2:
            found = _node(left.pop(0), found)
        elif at + 1 < size:
            found = _node(found, left.pop(0))
        at, size = at // 2, (size + 1) // 2
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
