"""What the log needs from outside: the keys of the installation, and where anchors are written."""

from pathlib import Path

import msgspec

from playerbase.kit.crypto import Keys


class Configured(msgspec.Struct, frozen=True):
    """The keys of this installation and the file of its anchors."""

    keys: Keys
    anchors: Path


_configured: Configured | None = None


def use(keys: Keys, anchors: Path) -> None:
    """Give this process its keys and its file of anchors; once, at start, before anything is recorded."""
    global _configured  # noqa: PLW0603 - one process, one installation
    _configured = Configured(keys, anchors)


def configured() -> Configured:
    """What ``use`` was given."""
    assert _configured is not None, "audit.use(keys, anchors) comes before the first record"
    return _configured
