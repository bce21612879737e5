"""A client that hears what happens, as it happens."""

from collections import Counter
from typing import Self

from playerbase.identity import PlayerStatusChanged
from playerbase.kit import clock
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Request, in_milliseconds
from playerbase.kit.outbox import STAFF, Live, of_player
from playerbase.platform.model import KeyOfOneGame, TooManyStreams

KEEP_ALIVE_SECONDS = 15.0  # Below the idle timeout of every proxy in use.
STREAMS_MAX = 5  # Per caller and process: tabs of one person, instances of one game.

_open: Counter[str] = Counter()


class Hearing:
    """One client's stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

    def __init__(self, request: Request, live: Live) -> None:
        self._request, self._live = request, live
        self._subject = request.caller.subject
        self._audiences = _audiences(request.caller)
        self._begun = self._closed = False
        self._ask_at = clock.monotonic() + KEEP_ALIVE_SECONDS

    async def join(self) -> Self:
        """Take a place, and go on after ``Last-Event-ID`` if that was sent; raises TooManyStreams, KeyOfOneGame."""
        if self._request.caller.game is not None:
            raise KeyOfOneGame
        if _open[self._subject] >= STREAMS_MAX:
            raise TooManyStreams(limit=STREAMS_MAX, retry_after=10)
        # Taken before anything is waited for, or ten who come together would all find the fifth place free.
        _open[self._subject] += 1
        try:
            self._stream = await self._live.join(self._audiences, self._request.header("last-event-id") or "")
        except BaseException:
            self._leave()
            raise
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self._begun:
            self._begun = True
            return b"retry: 2000\n\n"
        patience = self._ask_at - clock.monotonic()
        pushed = await self._stream.next(patience) if patience > 0 else False
        if pushed is None or isinstance(pushed, bool):
            if pushed is None or not await self._is_still_theirs():
                raise StopAsyncIteration
            self._ask_at = clock.monotonic() + KEEP_ALIVE_SECONDS
            return b": still here\n\n"
        if pushed.topic == PlayerStatusChanged.topic:
            self._ask_at = clock.monotonic()  # It may be about who listens: asked before anything else is said.
        body = in_milliseconds(pushed.body.encode())
        return f"id: {pushed.id}\nevent: {pushed.topic}\ndata: ".encode() + body + b"\n\n"

    async def aclose(self) -> None:
        """Give up the place; also when the first part was never asked for."""
        if not self._closed:
            self._closed = True
            self._live.leave(self._stream)
            self._leave()

    async def _is_still_theirs(self) -> bool:
        """A stream outlives the moment it was allowed in: ask again, however busy it is, who is listening."""
        try:
            caller = await self._request.site.authenticate(self._request)
        except Refusal:
            return False
        return _audiences(caller) == self._audiences

    def _leave(self) -> None:
        _open[self._subject] -= 1
        if not _open[self._subject]:
            del _open[self._subject]


def _audiences(caller: Caller) -> frozenset[str]:
    """A player hears their own, staff and servers hear all."""
    if "operations.read" in caller.permissions or "events:read" in caller.scopes:
        return frozenset({STAFF})
    return frozenset({of_player(caller.player_id)} if caller.player_id else ())
