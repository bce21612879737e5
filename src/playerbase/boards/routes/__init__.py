"""Boards over HTTP."""

from playerbase.boards.routes import finals, operating, reading, submitting

HANDLERS = (reading, finals, submitting, operating)
