"""Accounts over HTTP."""

from playerbase.accounts.routes import entering, factors, impersonations, providers

HANDLERS = (entering, factors, impersonations, providers)

__all__ = ["HANDLERS"]
