"""The verbs of accounts."""

from playerbase.accounts.actions.beginning import bootstrap, renew_operator
from playerbase.accounts.actions.passwords import log_in, log_in_browser, register, register_browser, tokens
from playerbase.accounts.actions.sessions import end_all, end_one, end_others, log_out, log_out_browser, refresh
from playerbase.accounts.actions.vouched import DeviceLogins, ServerLogins, log_in_by_device, log_in_by_server

__all__ = [
    "DeviceLogins",
    "ServerLogins",
    "bootstrap",
    "end_all",
    "end_one",
    "end_others",
    "log_in",
    "log_in_browser",
    "log_in_by_device",
    "log_in_by_server",
    "log_out",
    "log_out_browser",
    "refresh",
    "register",
    "register_browser",
    "renew_operator",
    "tokens",
]
