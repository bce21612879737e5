"""Connections, and the two ways to hold one: reading, or inside a transaction."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import asyncpg

from playerbase.kit import clock, log
from playerbase.kit.db.sql import Db, Tx
from playerbase.kit.errors import Unavailable

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool

AWAY_SECONDS = 5  # About as long as a restart of the database takes.
STATEMENTS_MAX = 1_000  # More than there are: none is ever prepared twice on one connection.

# A statement that runs this long is broken, and an idle transaction holds every event back (see outbox).
_SESSION = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "30s", "jit": "off", "timezone": "UTC"}

# What a connection says when the server has gone; nothing has been done yet if it is said at BEGIN.
# The client error is that of a connection whose farewell has been read, but not yet that it is closed.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
    ConnectionError,
)
# What a server says that cannot take a connection, or cannot run now what was prepared before a migration.
_REFUSING = (asyncpg.CannotConnectNowError, asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError)
_OUTDATED = (asyncpg.exceptions.InvalidCachedStatementError, asyncpg.exceptions.OutdatedSchemaCacheError)

Held = TypeVar("Held")
_log = log.get("db")
_said_at = -1.0
_after: dict[Tx, list[Callable[[], Awaitable[None] | None]]] = {}


class DatabaseAway(Unavailable):
    """The database cannot be reached at the moment; try again shortly."""


async def open_pool(dsn: str, *, size_max: int = 10, size_min: int = 1) -> Pool:
    """Connections to this database, opened as they are needed."""
    return await asyncpg.create_pool(
        dsn,
        min_size=size_min,
        max_size=size_max,
        # A pooler between us and the server may hand statements to another session; within one process this is safe.
        server_settings=_SESSION | {"application_name": "playerbase"},
        # The library cleans each released connection with a query of its own (57 us). Every connection is used by our
        # code alone, which leaves nothing behind: settings are transaction-local, locks are transaction-bound.
        reset=_leave,
        command_timeout=60,
        statement_cache_size=STATEMENTS_MAX,
        max_cached_statement_lifetime=0,
    )


async def _leave(_: object) -> None: ...


def transaction(pool: Pool) -> AbstractAsyncContextManager[Tx]:
    """Commit on leaving, roll back on an exception; the one place where a Tx comes into being.

    A pooled connection may have died while it waited, as all do when the server restarts: one that cannot even
    begin is thrown away for the next. Raises DatabaseAway.
    """
    return _Transaction(pool)


def after_commit(tx: Tx, do: Callable[[], Awaitable[None] | None]) -> None:
    """Have this done once the transaction has committed, and never if it does not: what is counted, cached or moved.

    What needs to survive the process is an event, not this. A fault in it is logged: the commit stands.
    """
    _after.setdefault(tx, []).append(do)


def promised(tx: Tx) -> int:
    """How much is to be done after this commit; hand it to take_back when a savepoint is undone."""
    return len(_after.get(tx, ()))


def take_back(tx: Tx, count: int) -> None:
    """Forget what was promised beyond so many: it belonged to a savepoint that was undone."""
    if tx in _after:
        del _after[tx][count:]


def reading(pool: Pool) -> AbstractAsyncContextManager[Db]:
    """A connection for reads that need not see one snapshot; raises DatabaseAway."""
    return _Holding(pool)


def is_gone(db: Db) -> bool:
    """Whether this connection is lost."""
    try:
        return db.is_closed()
    except asyncpg.InterfaceError:
        return True  # The pool has noticed already, and taken it back.


# Classes rather than generators: these stand around every request, and a generator costs 3 us more.
class _Holding(AbstractAsyncContextManager[Held], Generic[Held]):
    """A connection of the pool, given back on leaving."""

    _connection: Any

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Held:
        try:
            self._connection = await self._pool.acquire()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            # Whatever the reason a server gives for not letting us in, nothing has been done.
            _say_away(fault)
            raise DatabaseAway(retry_after=AWAY_SECONDS) from fault
        return cast("Held", self._connection)

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        is_away = self._is_away(fault)
        if is_away or isinstance(fault, asyncpg.InterfaceError) or self._is_at_something():
            # Nobody else may inherit that.
            self._terminate()
        await self._pool.release(self._connection)
        if is_away:
            _say_away(fault)
            # A server that went took the idle connections along: let nobody else find out by failing.
            await self._pool.expire_connections()
            raise DatabaseAway(retry_after=AWAY_SECONDS) from fault

    def _terminate(self) -> None:
        with suppress(asyncpg.InterfaceError):  # The pool has noticed already, and taken it back.
            self._connection.terminate()

    def _is_at_something(self) -> bool:
        """Whether it was cut off half-way, or left inside a transaction."""
        return is_gone(self._connection) or self._connection.is_in_transaction()

    def _is_away(self, fault: BaseException | None) -> bool:
        if isinstance(fault, asyncpg.InterfaceError):
            return is_gone(self._connection)  # On a connection that lives it is a mistake of ours.
        return isinstance(fault, (*GONE, *_REFUSING, *_OUTDATED))


def _say_away(fault: BaseException | None) -> None:
    """Log it, once a second: every request meets the same."""
    global _said_at  # noqa: PLW0603 - one log a process
    if clock.monotonic() - _said_at > 1:
        _said_at = clock.monotonic()
        _log.error("the database is away", fault=repr(fault))


class _Transaction(_Holding[Tx]):
    """The same inside a transaction."""

    _unit: Any

    async def __aenter__(self) -> Tx:
        for left in range(self._pool.get_max_size(), -1, -1):
            connection = await super().__aenter__()
            self._unit = connection.transaction()
            try:
                await self._unit.start()
            except BaseException as fault:
                self._terminate()
                await self._pool.release(self._connection)
                if not isinstance(fault, GONE):
                    raise
                if not left:
                    raise DatabaseAway(retry_after=AWAY_SECONDS) from fault
            else:
                return connection
        raise AssertionError

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        try:
            if fault is None:
                await self._unit.commit()
            else:
                with suppress(*GONE):  # The first fault is the one worth telling.
                    await self._unit.rollback()
        except BaseException as last:
            _after.pop(self._connection, None)
            await super().__aexit__(type(last), last, last.__traceback__)
            raise
        todo = _after.pop(self._connection, ()) if _after else ()
        await super().__aexit__(kind, fault, trace)
        if fault is None:
            for do in todo:
                await _do(do)


async def _do(do: Callable[[], Awaitable[None] | None]) -> None:
    try:
        waiting = do()
        if waiting is not None:
            await waiting
    except Exception as fault:
        _log.error("what follows a commit failed", fault=repr(fault))
