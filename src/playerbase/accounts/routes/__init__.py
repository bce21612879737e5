"""Accounts over HTTP."""

from playerbase.accounts.routes import entering, providers

HANDLERS = (entering, providers)

__all__ = ["HANDLERS"]
