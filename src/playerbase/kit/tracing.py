"""Traces: W3C trace context in and out, spans to an OpenTelemetry collector when one is configured."""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from playerbase.kit.errors import Refusal

_TRACEPARENT = re.compile(rb"^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?=-|$)")

LINKS_MAX = 100  # Of one span: beyond, a collector shows none of them well.

_trace: ContextVar[str] = ContextVar("traceparent", default="")
_tracer: Any = None
_provider: Any = None


def configure(otlp_url: str | None, service: str) -> None:
    """Send spans to this collector; without one, ids are still made and passed on, at no cost."""
    global _tracer, _provider
    if otlp_url is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - 20 MB nobody else needs
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{otlp_url.rstrip('/')}/v1/traces")))
    _provider, _tracer = provider, provider.get_tracer("playerbase")


def flush() -> None:
    """Hand over the spans still held; blocks until the collector has them, or does not answer. Also done at exit."""
    if _provider is not None:
        _provider.force_flush()


def accept(header: bytes | None, *, carry: bool = True) -> str:
    """Continue the caller's trace if its header is well formed, else begin one; returns the trace id.

    One that nothing will be told or sent under need not be carried, which costs as much as all the rest.
    https://www.w3.org/TR/trace-context/: versions above 00 are read by their first 55 characters, ff never.
    """
    match = _TRACEPARENT.match(header) if header else None
    if match is None:
        # Ids to tell lines apart, not secrets: drawn without asking the kernel. The lowest bit keeps them from being 0.
        trace = f"{random.getrandbits(128) | 1:032x}"
        if carry:
            _trace.set(f"00-{trace}-{random.getrandbits(64) | 1:016x}-01")
        return trace
    trace = match[1].decode()
    _trace.set(f"00-{trace}-{match[2].decode()}-{match[3].decode()}")
    return trace


def is_on() -> bool:
    """Whether spans are sent anywhere."""
    return _tracer is not None


def current() -> str:
    """The traceparent to store with an event or send along with a call; empty outside any trace."""
    return _trace.get()


def ids() -> dict[str, object]:
    """What a log line says of the trace it belongs to."""
    traceparent = _trace.get()
    return {"trace_id": traceparent[3:35]} if traceparent else {}


@contextmanager
def within(traceparent: str) -> Iterator[None]:
    """Continue the trace of what was stored with an event or a job, without timing anything."""
    before = _trace.set(traceparent)
    try:
        yield
    finally:
        _trace.reset(before)


@contextmanager
def span(name: str, traceparent: str = "", *, also: Sequence[str] = (), **attributes: str | int) -> Iterator[None]:
    """Time a piece of work as part of the current trace, or of the one given; ``also`` are others it is done for."""
    parent = traceparent or _trace.get()
    with within(parent):
        if _tracer is None:
            yield
            return
        others = [each for each in dict.fromkeys(also) if each and each != parent]
        with _tracer.start_as_current_span(
            name, context=_context(parent), links=_links(others[:LINKS_MAX]), attributes=attributes,
            record_exception=False, set_status_on_exception=False,
        ) as current_span:  # fmt: skip
            own = current_span.get_span_context()
            _trace.set(f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}")
            try:
                yield
            except Refusal as refusal:  # An answer like any other.
                current_span.set_attribute("refusal", refusal.code)
                raise
            except Exception as fault:
                _fail(current_span, fault)
                raise


def rename(name: str) -> None:
    """Call the present span by what has turned out since it began."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span  # noqa: PLC0415

        get_current_span().update_name(name)


def _context(traceparent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


def _links(traceparents: Sequence[str]) -> list[Any]:
    from opentelemetry.trace import Link, get_current_span  # noqa: PLC0415

    return [Link(get_current_span(_context(each)).get_span_context()) for each in traceparents]


def _fail(failed: Any, fault: Exception) -> None:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415

    failed.record_exception(fault)
    failed.set_status(StatusCode.ERROR, str(fault))
