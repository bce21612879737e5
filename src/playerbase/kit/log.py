"""Logs: one JSON object a line on standard output, with the request's ids when there is a request."""

import asyncio
import atexit
import logging
import sys
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog

FLUSH_SECONDS = 0.05  # What a process that is killed outright may lose of ``write``'s lines.
LINES_MAX = 500

_context: ContextVar[dict[str, object]] = ContextVar("log_context", default={})  # noqa: B039 - never mutated
_encode = msgspec.json.Encoder(enc_hook=str).encode
_written: list[bytes] = []
_level = logging.INFO
_surroundings: Callable[[], Mapping[str, object]] = dict
_second = (0, "")


def configure(level: str = "INFO", surroundings: Callable[[], Mapping[str, object]] = dict) -> None:
    """Set up both our own lines and those of libraries; call once, at the start of a process.

    What ``surroundings`` says when a line is written, such as the trace it belongs to, the line carries too.
    """
    global _level, _surroundings
    _level, _surroundings = logging.getLevelNamesMapping()[level], surroundings
    structlog.configure(
        processors=[
            _with_context,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: _encode(event)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def get(name: str) -> Any:
    """The logger of a part; its lines carry the part's name."""
    return structlog.get_logger(part=name)


def bind(**context: object) -> None:
    """Add these to every line this task logs from here on."""
    _context.set(_context.get() | context)


def write(line: msgspec.Struct) -> None:
    """Log a line of a fixed shape, one that comes with every request: 2 us, where a free one costs 28.

    The lines of one moment are written together.
    """
    if _level > logging.INFO:
        return
    if not _written:
        asyncio.get_running_loop().call_later(FLUSH_SECONDS, flush)
    _written.append(_encode(line))
    if len(_written) >= LINES_MAX:
        flush()


def flush() -> None:
    """Hand over what ``write`` still holds; to be called before a loop ends."""
    if _written:
        lines = b"\n".join(_written) + b"\n"
        _written.clear()
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()


def timestamp() -> str:
    """The machine's time as lines carry it; most of it is the same for a whole second."""
    global _second  # noqa: PLW0603 - the last one made
    now = time.time()
    whole = int(now)
    if whole != _second[0]:
        _second = (whole, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)))
    return f"{_second[1]}.{int((now - whole) * 1000):03d}Z"


def _with_context(_: object, __: str, event: Any) -> Any:
    return {**_surroundings(), **_context.get(), **event}


class _JsonLine(logging.Formatter):
    """A library's line, in our shape."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": timestamp(),
            "level": record.levelname.lower(),
            "part": record.name,
            "event": record.getMessage(),
            **_surroundings(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line).decode()


atexit.register(flush)
