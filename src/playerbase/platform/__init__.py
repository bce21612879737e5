"""The platform's own doors: health, metrics, documents, the live stream, the test clock."""

from playerbase.platform.model import ClockIsReal

__all__ = ["ClockIsReal"]
