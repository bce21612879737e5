"""Accounts over HTTP."""

from playerbase.accounts.routes import entering, factors, impersonations, providers, staffing

HANDLERS = (entering, factors, impersonations, providers, staffing)

__all__ = ["HANDLERS"]
