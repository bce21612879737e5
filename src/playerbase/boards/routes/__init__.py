"""Boards over HTTP."""

from playerbase.boards.routes import operating, reading, submitting

HANDLERS = (reading, submitting, operating)
