"""What boards need from outside: the index in Redis, if this process has one."""

from playerbase.boards.actions.index import Index
from playerbase.kit.redis import Redis

_index: Index | None = None


def use_redis(redis: Redis | None) -> None:
    """Give this process its index; without one PostgreSQL answers everything."""
    global _index  # noqa: PLW0603 - one process, one Redis
    _index = Index(redis) if redis is not None else None


def configured_index() -> Index | None:
    """What ``use_redis`` was given."""
    return _index
