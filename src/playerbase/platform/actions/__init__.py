"""The verbs of the platform."""

from playerbase.platform.actions.answering import ask, is_answered
from playerbase.platform.actions.observing import Observer
from playerbase.platform.actions.streaming import Hearing

__all__ = ["Hearing", "Observer", "ask", "is_answered"]
