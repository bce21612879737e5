"""Saves over HTTP."""

from playerbase.progression.routes import mine, operating, serving

HANDLERS = (mine, serving, operating)

__all__ = ["HANDLERS"]
