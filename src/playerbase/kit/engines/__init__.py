"""PostgreSQL and Redis brought along, and the watch over every process of one machine; the standard library alone."""

from playerbase.kit.engines.engine import Engine
from playerbase.kit.engines.home import AlreadyRunning, CannotStart, Claim, claim, home, secret, throwaway_home
from playerbase.kit.engines.lifeline import follow_parent
from playerbase.kit.engines.ports import answers, listen, listen_on
from playerbase.kit.engines.postgres import postgres
from playerbase.kit.engines.progress import say, step
from playerbase.kit.engines.redis import redis
from playerbase.kit.engines.supervisor import Child, supervise

__all__ = [
    "AlreadyRunning",
    "CannotStart",
    "Child",
    "Claim",
    "Engine",
    "answers",
    "claim",
    "follow_parent",
    "home",
    "listen",
    "listen_on",
    "postgres",
    "redis",
    "say",
    "secret",
    "step",
    "supervise",
    "throwaway_home",
]
