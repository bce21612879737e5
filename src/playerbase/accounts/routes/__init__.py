"""Accounts over HTTP."""

from playerbase.accounts.routes import entering, factors, providers

HANDLERS = (entering, factors, providers)

__all__ = ["HANDLERS"]
