"""The battle pass over HTTP: for players, and for staff who run it."""

from playerbase.battlepass.routes import operating, playing

HANDLERS = (playing, operating)
