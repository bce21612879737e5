"""The world outside: HTTP calls that cannot be turned inward, circuit breakers, and mail."""

from playerbase.kit.outside.breaker import Breaker, Standing, State
from playerbase.kit.outside.failures import BreakerOpen, Busy, NoAnswer, Refused, TimedOut, TooLarge, Unreachable
from playerbase.kit.outside.http import Answer, Outbound
from playerbase.kit.outside.mail import Delayed, Mail, Mailbox, NotSent, Undeliverable, send

__all__ = [
    "Answer",
    "Breaker",
    "BreakerOpen",
    "Busy",
    "Delayed",
    "Mail",
    "Mailbox",
    "NoAnswer",
    "NotSent",
    "Outbound",
    "Refused",
    "Standing",
    "State",
    "TimedOut",
    "TooLarge",
    "Undeliverable",
    "Unreachable",
    "send",
]
