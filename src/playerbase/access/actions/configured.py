"""What jobs of access need from outside: the keys of the installation."""

from playerbase.kit.crypto import Keys

_keys: Keys | None = None


def use_keys(keys: Keys) -> None:
    """Give this process its keys; once, at start."""
    global _keys  # noqa: PLW0603 - one process, one installation
    _keys = keys


def configured_keys() -> Keys:
    """What ``use_keys`` was given."""
    assert _keys is not None, "access.use_keys(keys) comes before the first job"
    return _keys
