"""What accounts does in the background: it sends letters."""

from playerbase.accounts.actions.letters import send_letter

__all__ = ["send_letter"]
