"""Accounts: the journeys of a player's sign-in, from registering to logging out everywhere."""

from playerbase.accounts.actions import bootstrap, log_in, log_in_browser, register, renew_operator
from playerbase.accounts.events import PlayerLoggedIn, PlayerRegistered
from playerbase.accounts.model import Bootstrapped, PasswordLogin, Registration

__all__ = [
    "Bootstrapped",
    "PasswordLogin",
    "PlayerLoggedIn",
    "PlayerRegistered",
    "Registration",
    "bootstrap",
    "log_in",
    "log_in_browser",
    "register",
    "renew_operator",
]
