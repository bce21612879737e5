"""What of boards needs a human, and what a player has on them."""

from uuid import UUID

from playerbase.boards import store
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Need

LATE_HOURS = 24  # A player waits for each of them.


async def needs(db: Db) -> list[Need]:
    """Claims that wait."""
    waiting = await store.waiting(db)
    if waiting.oldest_at is None:
        return []
    hours = int((clock.now() - waiting.oldest_at).total_seconds() // 3600)
    title = "A score waits for a decision" if waiting.count == 1 else f"{waiting.count} scores wait for a decision"
    return [
        Need(
            30, "star", title, "What was claimed does not follow from what was done; it does not count yet.",
            "late" if hours >= LATE_HOURS else "soon", f"{hours} h" if hours else "new", "Review",
            "/console/boards/claims", waiting.count,
        )
    ]  # fmt: skip


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they have scores: those stay with an account."""
    return "scores on boards" if await store.entries_by_player(db, player_id, 1) else ""
