"""What must be true of sessions, written down a second time and as plainly as can be: no table, no hash, no process."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

GRACE = timedelta(seconds=20)
SLIDING = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
ACCESS = timedelta(minutes=15)
IDLE = timedelta(minutes=60)
BROWSER_ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)

ROTATED, REPEATED = "rotated", "repeated"
INVALID, ENDED, REUSED = "token_invalid", "session_ended", "refresh_reused"


class Known(msgspec.Struct):
    """A session, with everything that was ever handed out for it."""

    session_id: UUID
    player_id: UUID
    kind: str
    method: str
    rotated_at: datetime
    expires_at: datetime
    absolute_at: datetime
    cookie: str = ""
    refreshes: list[tuple[str, int]] = []  # Each with the number of the secret it was made under.
    accesses: list[tuple[str, datetime]] = []
    seen_at: datetime = datetime.min.replace(tzinfo=UTC)
    is_ended: bool = False

    def lives(self, now: datetime) -> bool:
        return not self.is_ended and now < self.expires_at

    def expected(self, which: int, now: datetime, secrets: range) -> str:
        """What becomes of the refresh token of this number."""
        if self.refreshes[which][1] not in secrets:
            return INVALID
        if not self.lives(now):
            return ENDED
        age = len(self.refreshes) - 1 - which
        if age == 0:
            return ROTATED
        return REPEATED if age == 1 and now - self.rotated_at <= GRACE else REUSED

    def rotate(self, refresh: str, secret: int, now: datetime) -> None:
        self.refreshes.append((refresh, secret))
        self.rotated_at, self.expires_at = now, min(now + SLIDING, self.absolute_at)

    def issue(self, access: str, now: datetime) -> timedelta:
        """Note an access token; how long it is good for."""
        ends = min(now + ACCESS, self.absolute_at)
        self.accesses.append((access, ends))
        return ends - now

    def touch(self, now: datetime) -> None:
        """A browser was there."""
        if now - self.seen_at > TOUCH:
            self.seen_at, self.expires_at = now, min(now + IDLE, self.absolute_at)


class Person(msgspec.Struct):
    """A player, how they come in, and what stands against it."""

    player_id: UUID
    email: str = ""
    password: str = ""
    device_id: str = ""
    external_id: str = ""
    roles: list[str] = []
    bans: list[tuple[UUID, str | None, datetime | None]] = []

    def is_barred(self, now: datetime, game: str | None = None) -> bool:
        return any(scope in {None, game} and (until is None or now < until) for _, scope, until in self.bans)


def player_session(told: dict[str, Any], method: str, secret: int, now: datetime) -> Known:
    """A session from the answer to a sign-in."""
    known = Known(
        UUID(told["session_id"]), UUID(told["player_id"]), "player", method, now, now + SLIDING, now + ABSOLUTE,
        refreshes=[(told["refresh_token"], secret)],
    )  # fmt: skip
    assert told["expires_in"] == known.issue(told["access_token"], now).total_seconds()
    return known


def browser_session(row: Any, cookie: str, now: datetime) -> Known:
    """A browser's session; its id is in no answer, so it comes from its row."""
    return Known(
        row["session_id"], row["player_id"], "browser", "password", now, now + IDLE, now + BROWSER_ABSOLUTE,
        cookie=cookie, seen_at=now,
    )  # fmt: skip


def end(sessions: Iterable[Known], now: datetime, *, but: Known | None = None) -> int:
    """End those that live; how many."""
    ending = [each for each in sessions if each is not but and each.lives(now)]
    for each in ending:
        each.is_ended = True
    return len(ending)
