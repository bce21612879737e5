"""The index of boards in Redis: exact ranks without counting. What it does not have, PostgreSQL answers."""

import asyncio
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from playerbase.boards.model import Entry, EntryState
from playerbase.boards.rules import member, merged, shard, window
from playerbase.boards.store import Piece
from playerbase.kit.redis import Away, Redis, Script

_SCRIPT = Script(Path(__file__).with_suffix(".lua"))
_PAIR = struct.Struct(">QQ")
_ROW = struct.Struct(">Q24s")
_WRITTEN = struct.Struct(">16sQQ24s")
_TOP, _AROUND, _SEAT, _NEAR = (
    struct.Struct(">cQ"),
    struct.Struct(">c16sQ"),
    struct.Struct(">c16s"),
    struct.Struct(">cQ24sQ"),
)
_NOWHERE = 2**53
_PARTS = ("order", "members", "ahead", "next-order", "next-members", "next-ahead")

Raw = tuple[int, bytes]  # An entry as a sorted set holds it.
_Group = tuple[UUID, int, int]  # Run, shards, shard.


class Found(NamedTuple):
    """Neighbouring rows: places (from 0) of the first and of who was asked for, how many, up to which commit."""

    first: int
    rank: int | None
    size: int
    version: int
    rows: list[Raw]


class _Answer(NamedTuple):
    """What one part of an index said to one question."""

    version: int
    size: int
    body: bytes


def keys_of(run_id: UUID, shards: int, at: int) -> list[str]:
    """The keys of one part of a run; all of them are on one node of a cluster, which the tag sees to."""
    tag = f"{{{run_id.hex}.{shards}.{at}}}"
    return [f"boards:{part}:{tag}" for part in _PARTS]


class Index:
    """The index of all runs. Questions of one moment to one part travel together."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: dict[_Group, list[tuple[bytes, asyncio.Future[_Answer | None]]]] = {}
        self._sender: asyncio.Task[None] | None = None

    async def top(self, run_id: UUID, shards: int, count: int) -> Found | None:
        """The first rows of a run; None where the index is not whole, or Redis away."""
        answers = await self._ask_all(run_id, shards, _TOP.pack(b"t", count))
        if answers is None:
            return None
        rows = merged([_rows(each.body) for each in answers])[:count]
        return Found(0, None, sum(each.size for each in answers), min(each.version for each in answers), rows)

    async def around(self, run_id: UUID, shards: int, player_id: UUID, each_side: int) -> Found | None:
        """Where a player stands, with the rows around; None where the index is not whole, or Redis away."""
        if shards > 1:
            return await self._around_in_parts(run_id, shards, player_id, each_side)
        answer = await self._ask((run_id, 1, 0), _AROUND.pack(b"a", player_id.bytes, each_side))
        if answer is None:
            return None
        if not answer.body:
            return Found(0, None, answer.size, answer.version, [])
        rank, first = _PAIR.unpack_from(answer.body)
        return Found(first, rank, answer.size, answer.version, _rows(answer.body[_PAIR.size :]))

    async def put(self, run_id: UUID, shards: int, version: int, entries: Sequence[Entry]) -> bool:
        """Write what a commit changed, if it is newer than what is there; False while Redis is away."""
        parts: list[list[bytes]] = [[] for _ in range(shards)]
        for entry in entries:
            parts[shard(entry.player_id, shards)].append(_written(entry))
        # Each part hears of each commit, so that each knows whether it has missed one.
        calls = [self._run((run_id, shards, at), "put", version, b"".join(rows)) for at, rows in enumerate(parts)]
        try:
            await asyncio.gather(*calls)
        except Away:
            return False
        return True

    async def begin(self, run_id: UUID, shards: int, lease: bytes) -> None:
        """Begin to build anew beside what is in use; whoever began before is turned away. Raises Away."""
        for at in range(shards):
            await self._run((run_id, shards, at), "begin", lease)

    async def load(self, run_id: UUID, shards: int, lease: bytes, pieces: Sequence[Piece]) -> bool:
        """Write some of everybody into what is built; False if somebody else began. Raises Away."""
        parts: dict[int, list[bytes]] = {}
        for piece in pieces:
            parts.setdefault(shard(piece.player_id, shards), []).append(_written(piece))
        told = [await self._run((run_id, shards, at), "load", lease, b"".join(rows)) for at, rows in parts.items()]
        return all(told)

    async def finish(self, run_id: UUID, shards: int, lease: bytes, version: int) -> bool:
        """Put what was built in the place of what is in use: all commits up to this version are in it. Raises Away."""
        told = [await self._run((run_id, shards, at), "finish", lease, version) for at in range(shards)]
        return all(told)

    async def drop(self, run_id: UUID, shards: int) -> None:
        """Forget a run. Raises Away."""
        for at in range(shards):
            await self._run((run_id, shards, at), "drop")

    async def _around_in_parts(self, run_id: UUID, shards: int, player_id: UUID, each_side: int) -> Found | None:
        home = await self._ask((run_id, shards, shard(player_id, shards)), _SEAT.pack(b"s", player_id.bytes))
        if home is None:
            return None
        seat = _rows(home.body)
        if not seat:
            sizes = await self._ask_all(run_id, shards, _TOP.pack(b"t", 1))
            if sizes is None:
                return None
            return Found(0, None, sum(each.size for each in sizes), min(each.version for each in sizes), [])
        # Twice as many on each side: near an end the rows missing there are shown on the other.
        answers = await self._ask_all(run_id, shards, _NEAR.pack(b"n", *seat[0], 2 * each_side))
        if answers is None:
            return None
        size = sum(each.size for each in answers)
        ranks, parts = [], []
        for each in answers:
            ranks.append(_PAIR.unpack_from(each.body))
            parts.append(_rows(each.body[_PAIR.size :]))
        rank = sum(rank for rank, _ in ranks)
        rows = merged(parts)
        if seat[0] not in rows:  # Moved between the two questions: PostgreSQL knows where to.
            return None
        first, last = window(rank, size, each_side)
        at = rows.index(seat[0])
        shown = rows[max(at - (rank - first), 0) : at + (last - rank) + 1]
        return Found(first, rank, size, min(each.version for each in answers), shown)

    async def _ask_all(self, run_id: UUID, shards: int, question: bytes) -> list[_Answer] | None:
        answers = await asyncio.gather(*[self._ask((run_id, shards, at), question) for at in range(shards)])
        whole = [each for each in answers if each is not None]
        return whole if len(whole) == shards else None

    def _ask(self, group: _Group, question: bytes) -> asyncio.Future[_Answer | None]:
        answer: asyncio.Future[_Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, []).append((question, answer))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return answer

    async def _send(self) -> None:
        while self._waiting:
            groups, self._waiting = self._waiting, {}
            await asyncio.gather(*[self._send_to(group, asked) for group, asked in groups.items()])

    async def _send_to(self, group: _Group, asked: list[tuple[bytes, asyncio.Future[_Answer | None]]]) -> None:
        try:
            said = await self._run(group, "read", *[question for question, _ in asked])
        except Away:
            said = []
        except Exception as fault:
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(fault)
            return
        version, size = _PAIR.unpack(said[0]) if said else (0, 0)
        for at, (_, answer) in enumerate(asked, 1):
            if not answer.done():
                answer.set_result(_Answer(version, size, said[at]) if said else None)

    async def _run(self, group: _Group, word: str, *told: bytes | int) -> Any:
        return await self._redis.run(_SCRIPT, keys_of(*group), word, *told)


def _written(entry: Entry | Piece) -> bytes:
    """What is written of an entry: player, version, and where they stand, or nothing for who is not to be seen."""
    if entry.state is not EntryState.SHOWN:
        return _WRITTEN.pack(entry.player_id.bytes, entry.version, _NOWHERE, b"")
    return _WRITTEN.pack(entry.player_id.bytes, entry.version, *member(entry.place, entry.reached_at, entry.player_id))


def _rows(body: bytes) -> list[Raw]:
    return [(high, name) for high, name in _ROW.iter_unpack(body)]
