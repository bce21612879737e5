"""The line and the numbers every answer leaves behind."""

import msgspec

from playerbase.kit import log, metrics

PATH_MAX = 200


class Line(msgspec.Struct, frozen=True):
    """One request in the log."""

    time: str
    level: str
    part: str
    event: str
    request_id: str
    trace_id: str
    caller: str
    method: str
    route: str | None
    path: str | None  # Only where there was no route: a route's path names whom it was about.
    status: int
    ms: float


def note(
    *, request_id: str, trace_id: str, caller: str, method: str, route: str | None, path: str, status: int,
    seconds: float, is_stream: bool = False,
) -> None:  # fmt: skip
    """Log and count one answer; how long a stream stayed open says nothing of how fast we are."""
    if not is_stream:
        metrics.requests(method if route else "-", route or "unmatched", status)(seconds)
    log.write(
        Line(
            log.timestamp(), "info", "http", "request", request_id, trace_id, caller, method, route,
            None if route else path[:PATH_MAX], status, round(seconds * 1000, 2),
        )
    )  # fmt: skip
