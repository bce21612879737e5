"""Accounts: the journeys of a player's sign-in, from registering to logging out everywhere."""

from playerbase.accounts.actions import (
    bootstrap,
    confirm_factor,
    enable_factor,
    end_one,
    end_others,
    finish_browser,
    log_in,
    log_in_browser,
    log_out_browser,
    reauthenticate,
    register,
    register_browser,
    renew_operator,
)
from playerbase.accounts.events import IdentityLinked, IdentityUnlinked, PlayerLoggedIn, PlayerRegistered
from playerbase.accounts.model import SECOND, Bootstrapped, PasswordLogin, Registration

__all__ = [
    "SECOND",
    "Bootstrapped",
    "IdentityLinked",
    "IdentityUnlinked",
    "PasswordLogin",
    "PlayerLoggedIn",
    "PlayerRegistered",
    "Registration",
    "bootstrap",
    "confirm_factor",
    "enable_factor",
    "end_one",
    "end_others",
    "finish_browser",
    "log_in",
    "log_in_browser",
    "log_out_browser",
    "reauthenticate",
    "register",
    "register_browser",
    "renew_operator",
]
