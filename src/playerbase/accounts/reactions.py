"""What accounts does in the background: it sends letters, and asks Twitch whether it still stands by its tokens."""

from datetime import timedelta

from playerbase.accounts import actions
from playerbase.accounts.actions.letters import send_letter
from playerbase.accounts.actions.standing_by import revoke_grant
from playerbase.kit.db import Pool
from playerbase.kit.jobs import every

__all__ = ["check_twitch_grants", "revoke_grant", "send_letter"]


@every(timedelta(minutes=3), seconds_max=600)
async def check_twitch_grants(pool: Pool) -> None:
    """Ask Twitch about the tokens whose hour is nearly over, and end the sessions of those it no longer stands by."""
    await actions.check_grants(pool)
