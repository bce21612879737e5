"""Access over HTTP: what verifies our tokens, and staff's work on keys, clients and roles."""

from playerbase.access.routes import bans, discovery, keys

HANDLERS = (bans, discovery, keys)
