"""Events, and what makes a function the reaction to one."""

import functools
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from types import ModuleType
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids, tracing
from playerbase.kit.db import Tx, sql


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened: past tense, primitive fields, never edited. Tell a new event instead."""

    topic: ClassVar[str]

    def keys(self) -> Sequence[str]:
        """What must be handled in the order it happened: two events that share a key are never swapped."""
        return ()

    def audiences(self) -> Sequence[str]:
        """Who hears of it live, besides staff, who may hear all: see ``of_player``."""
        return ()

    def told_to(self, audiences: frozenset[str]) -> Self:  # noqa: ARG002 - for those who tell of several at once
        """What these hear of it: all, unless it tells of others as well."""
        return self


E = TypeVar("E", bound=Event)


class Reaction(msgspec.Struct, frozen=True):
    """What a module does when events are told: a function of a list of them, oldest first, in one transaction."""

    name: str
    events: tuple[type[Event], ...]
    run: Callable[[Tx, list[Any]], Awaitable[None]]

    @property
    def topics(self) -> list[str]:
        """The topics it listens to."""
        return [event.topic for event in self.events]


class Entry(msgspec.Struct, frozen=True):
    """An event on its way into the log."""

    event_id: UUID
    topic: str
    body: str
    traceparent: str


@sql
async def append(tx: Tx, entries: list[Entry], now: datetime) -> None: ...


async def emit(tx: Tx, *events: Event, traceparents: Sequence[str] | None = None) -> None:
    """Tell the events if, and only if, this transaction commits.

    Where requests share a transaction, ``traceparents`` says for each event which of them it comes from.
    """
    traces = [tracing.current()] * len(events) if traceparents is None else traceparents
    entries = [
        Entry(event_id, event.topic, msgspec.json.encode(event).decode(), traceparent)
        for event_id, event, traceparent in zip(ids.uuid7s(len(events)), events, traces, strict=True)
    ]
    await append(tx, entries, clock.now())


def on(*events: type[E]) -> Callable[[Callable[[Tx, list[E]], Awaitable[None]]], Reaction]:
    """Make a function the reaction to these events.

    Its name is stored in the database: a renamed reaction is a new one, and hears only what is told from then on.
    """

    def reaction(run: Callable[[Tx, list[E]], Awaitable[None]]) -> Reaction:
        module = run.__module__.removeprefix("playerbase.").split(".")[0]
        return Reaction(f"{module}.{run.__name__}", events, run)

    return reaction


def fact(reaction: Reaction, topic: str, body: str) -> Event:
    """The event as the reaction's module declares it; fields it does not know are left out."""
    return _decoders(reaction.events)[topic].decode(body)


@functools.cache
def _decoders(events: tuple[type[Event], ...]) -> dict[str, msgspec.json.Decoder[Event]]:
    return {event.topic: msgspec.json.Decoder(event) for event in events}


def reactions_in(*modules: ModuleType) -> list[Reaction]:
    """The reactions these modules define."""
    return [thing for module in modules for thing in vars(module).values() if isinstance(thing, Reaction)]
