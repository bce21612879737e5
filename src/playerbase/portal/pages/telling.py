"""What happened to an account, in words for its owner: the audit log, without what concerns staff alone."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import access, audit
from playerbase.kit.db import Db
from playerbase.portal.pages.wording import worded

Place = tuple[datetime, UUID]

SLICE = 50
LOOKS_MAX = 10  # So many slices at most are searched for one page: refreshing tokens fills the log of an active player.


class Line(msgspec.Struct, frozen=True):
    """One thing that happened, as its player reads it."""

    at: datetime
    text: str
    where: str
    tone: str


async def lately(
    db: Db, player_id: UUID, after: Place | None, count: int, names: Mapping[str, str]
) -> tuple[list[Line], Place | None]:
    """What happened to this player's account, newest first, and where the list goes on if it does.

    ``names`` is what providers are called here.
    """
    lines: list[Line] = []
    for _ in range(LOOKS_MAX):
        entries = await audit.look(db, audit.Filter(player_id=player_id), after, SLICE)
        for entry in entries:
            words = worded(entry, names)
            if words is not None:
                if len(lines) == count:
                    return lines, after
                lines.append(Line(entry.at, words.text, _where(entry, player_id), words.tone))
            after = (entry.at, entry.entry_id)
        if len(entries) < SLICE:
            return lines, None
    return lines, after


def _where(entry: audit.Entry, player_id: UUID) -> str:
    """From where it was done. Of staff and of our own machines that is not the player's to know."""
    if entry.actor_kind == "system":
        return "By itself"
    if entry.actor_kind == "staff" and entry.actor_id != str(player_id):
        return "By staff"
    where = access.device_label(entry.agent)
    return f"{where}, {entry.ip}" if entry.ip else where
