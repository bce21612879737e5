"""Seasons over HTTP."""

HANDLERS = ()
