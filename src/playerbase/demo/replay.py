"""The replay: many matches at once, but each side's in the order they were played."""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any, Self

import httpx

from playerbase.demo.fixtures import PLAYED, Fixture, fixtures

AT_ONCE = 32
BAR_CHARACTERS = 30
RETRIES_MAX = 60


async def replay(url: str, key: str, *, most: int = 0, quiet: bool = False) -> int:
    """Log every side in and report every match (or the latest so many); 0 when all were accepted.

    May be interrupted and started again: what was reported before is answered like the first time.
    """
    wanted = fixtures()[-most:] if most else fixtures()
    async with _Lines(f"{url}/api/v1", key) as lines:
        bar = Bar(len(wanted), quiet=quiet)
        ids = await _log_in(lines, sorted({side for fixture in wanted for side in (fixture.home, fixture.away)}))
        await _report_all(lines, wanted, ids, bar)
    bar.end(f"{len(wanted):,} matches between {len(ids)} sides")
    return 0


class _Lines:
    """Clients of one connection each: one client with many spends more time on choosing than on sending."""

    def __init__(self, url: str, key: str) -> None:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        headers = {"Authorization": f"Bearer {key}"}
        self._url = url
        self._all = [
            httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=60) for _ in range(AT_ONCE)
        ]
        self._free = list(self._all)
        self._room = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(line.aclose() for line in self._all))

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer, after as many tries as it takes while the other side is busy or being started again."""
        async with self._room:
            line = self._free.pop()
            try:
                return await post(line, path, body)
            finally:
                self._free.append(line)


async def _log_in(lines: _Lines, sides: Sequence[str]) -> dict[str, str]:
    async def one(side: str) -> tuple[str, str]:
        body = {"external_id": side, "display_name": side}
        return side, (await lines.post("/auth/server/login", body))["player_id"]

    return dict(await asyncio.gather(*map(one, sides)))


async def _report_all(lines: _Lines, wanted: Sequence[Fixture], ids: dict[str, str], bar: "Bar") -> None:
    room = asyncio.Semaphore(AT_ONCE)
    last: dict[str, asyncio.Task[None]] = {}

    async def report(fixture: Fixture, before: set[asyncio.Task[None]]) -> None:
        try:
            if before:
                # A rating depends on the order of matches: neither side's next is told before its last was accepted.
                await asyncio.gather(*before)
            await lines.post("/matches", body_of(fixture, ids))
            bar.step()
        finally:
            room.release()

    async with asyncio.TaskGroup() as group:
        for fixture in wanted:
            await room.acquire()
            before = {last[side] for side in (fixture.home, fixture.away) if side in last and not last[side].done()}
            last[fixture.home] = last[fixture.away] = group.create_task(report(fixture, before))


def body_of(fixture: Fixture, ids: dict[str, str]) -> dict[str, Any]:
    """A match as POST /matches takes it."""
    return {
        "match_id": str(fixture.match_id),
        "game": "demo",
        "mode": fixture.tournament[:64],
        "map": fixture.city[:64],
        "started_at": fixture.started_at.isoformat(),
        "duration_seconds": int(PLAYED.total_seconds()),
        "players": [
            {"player_id": ids[fixture.home], "score": fixture.home_score},
            {"player_id": ids[fixture.away], "score": fixture.away_score},
        ],
        "winner_id": ids[fixture.winner] if fixture.winner else None,
    }


async def post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    """The answer, after as many tries as it takes while the other side is busy; ends the program at a refusal."""
    for _ in range(RETRIES_MAX):
        try:
            answer = await client.post(path, json=body)
        except httpx.TransportError:
            await asyncio.sleep(1)
            continue
        if answer.status_code in {429, 503}:
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            continue
        if answer.is_error:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.text}")
        return answer.json()
    raise SystemExit(f"{path} is not answered; is Playerbase running at {client.base_url}?")


class Bar:
    """Progress on one line, or in tenths where nobody watches."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._total, self._quiet = total, quiet
        self._done = 0
        self._began = time.monotonic()
        self._shown = -1

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        percent = self._done * 100 // self._total
        if self._quiet or percent == self._shown or (percent % 10 and not sys.stderr.isatty()):
            return
        self._shown = percent
        filled = BAR_CHARACTERS * percent // 100
        rate = self._done / max(time.monotonic() - self._began, 0.001)
        bar = "█" * filled + "·" * (BAR_CHARACTERS - filled)
        end = "\r" if sys.stderr.isatty() else "\n"
        text = f"Demo  {bar} {percent:3d} %  {self._done:,} of {self._total:,} matches, {rate:,.0f}/s"
        print(text, end=end, file=sys.stderr, flush=True)  # noqa: T201 - for the person who waits

    def end(self, text: str) -> None:
        """All are done."""
        if not self._quiet:
            seconds = time.monotonic() - self._began
            print(f"\nDemo  done: {text} in {seconds:.0f} s.", file=sys.stderr, flush=True)  # noqa: T201
