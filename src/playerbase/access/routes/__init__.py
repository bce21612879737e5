"""Access over HTTP: what verifies our tokens, and staff's work on keys, clients, roles and who may not come in."""

from playerbase.access.routes import bans, clients, discovery, keys, locks, signing

HANDLERS = (bans, clients, discovery, keys, locks, signing)
