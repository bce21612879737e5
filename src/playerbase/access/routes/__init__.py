"""Access over HTTP: what verifies our tokens, and staff's work on keys, clients and roles."""

from playerbase.access.routes import discovery, keys

HANDLERS = (discovery, keys)
