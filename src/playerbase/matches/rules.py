"""What makes a report one. Pure."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from playerbase.kit.errors import Refusal
from playerbase.matches.model import BeganInFuture, EndsInFuture, PlayedTwice, Report, WinnerDidNotPlay

CLOCKS_APART = timedelta(minutes=5)  # How far a game server's clock may run ahead of ours.


def fault_in(report: Report, now: datetime) -> Refusal | None:
    """What no report can be right about, whatever the database holds; the first found."""
    seen = set()
    for position, performance in enumerate(report.players):
        if performance.player_id in seen:
            return PlayedTwice(position)
        seen.add(performance.player_id)
    if report.winner_id is not None and report.winner_id not in seen:
        return WinnerDidNotPlay()
    if report.started_at > now + CLOCKS_APART:
        return BeganInFuture()
    if report.started_at + timedelta(seconds=report.duration_seconds) > now + CLOCKS_APART:
        return EndsInFuture()
    return None


def fingerprint(report: Report) -> bytes:
    """The same for two reports that say the same, however they were spelt."""
    return hashlib.sha256(msgspec.json.encode(report)).digest()
