"""Redis: rate limits and caches. It counts and remembers; it never decides about money or uniqueness."""

from playerbase.kit.redis.cache import Cache
from playerbase.kit.redis.limits import DEFAULTS, Limit, Limits, Taken, TooManyRequests
from playerbase.kit.redis.server import Away, Redis, Script, open_redis

__all__ = ["DEFAULTS", "Away", "Cache", "Limit", "Limits", "Redis", "Script", "Taken", "TooManyRequests", "open_redis"]
