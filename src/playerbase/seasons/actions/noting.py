"""What staff does with the calendar, written into the audit with it."""

from typing import Any

import msgspec

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request
from playerbase.seasons.model import Season


async def note(tx: Tx, request: Request, action: str, was: Season | None, now: Season, reason: str = "") -> None:
    """What a season was and is, if that changed."""
    if was == now:
        return
    before = _changed(was, now) if was is not None else None
    after = _changed(now, was) if was is not None else _flat(now)
    deed = audit.deed(request, action, "season", now.season_id, before=before, after=after, reason=reason)
    await audit.record(tx, deed)


def _changed(of: Season, other: Season) -> dict[str, Any]:
    rest = _flat(other)
    return {name: value for name, value in _flat(of).items() if rest[name] != value}


def _flat(season: Season) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(season)
    return found
