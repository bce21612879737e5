"""How many requests this process answers: looked at now and then, so that a rate has a course."""

import time
from collections import deque

from prometheus_client import REGISTRY

from playerbase.kit.http import Tile

SAMPLE_SECONDS = 10
SAMPLES_MAX = 90  # A quarter of an hour.

_samples: deque[tuple[float, float, float]] = deque(maxlen=SAMPLES_MAX)


def look() -> None:
    """Note how many were answered and how many of them failed, unless that was noted a moment ago."""
    if _samples and time.monotonic() - _samples[-1][0] < SAMPLE_SECONDS:
        return
    answered = failed = 0.0
    for family in REGISTRY.restricted_registry(["http_requests_total"]).collect():
        for sample in family.samples:
            answered += sample.value
            failed += sample.value if sample.labels.get("status", "").startswith("5") else 0
    _samples.append((time.monotonic(), answered, failed))


def tile() -> Tile:
    """Requests a second, as far back as somebody looked."""
    look()
    rates = [
        (after[1] - before[1]) / (after[0] - before[0])
        for before, after in zip(_samples, list(_samples)[1:], strict=False)
    ]
    failed = _samples[-1][2] - _samples[0][2]
    foot = f"{failed:.0f} failed" if failed else "none failed"
    figure = f"{rates[-1]:.1f}" if rates else "no data"
    return Tile("Requests a second", figure, rates, foot=f"{foot}, this process", path="/console/health")
