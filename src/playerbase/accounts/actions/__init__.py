"""The verbs of accounts."""

from playerbase.accounts.actions.beginning import bootstrap, renew_operator
from playerbase.accounts.actions.changing import (
    ask_verification,
    change_email,
    change_password,
    own_address,
    verify_email,
)
from playerbase.accounts.actions.email_codes import log_in_by_code
from playerbase.accounts.actions.entering import let_browser_in
from playerbase.accounts.actions.factors import (
    confirm_factor,
    disable_factor,
    enable_factor,
    finish_browser,
    finish_log_in,
    reauthenticate,
    renew_recovery_codes,
)
from playerbase.accounts.actions.federated import (
    back_from_provider,
    leave_for_provider,
    log_in_browser_by,
    log_in_by_provider,
    provider_labels,
    ways_in_browser,
)
from playerbase.accounts.actions.impersonating import end_impersonation, lend, see_as, stop_seeing_as
from playerbase.accounts.actions.linking import FIXED, check_may_link, link, link_subject, linked, unlink
from playerbase.accounts.actions.merging import decline_merge, look_at_merge, merge
from playerbase.accounts.actions.passwords import (
    log_in,
    log_in_browser,
    register,
    register_browser,
    tokens,
    tokens_or_question,
)
from playerbase.accounts.actions.postbox import Postbox, postbox, use_postbox
from playerbase.accounts.actions.resetting import ask_code, ask_reset, confirm_reset
from playerbase.accounts.actions.second import second
from playerbase.accounts.actions.sessions import (
    Refreshes,
    end_all,
    end_one,
    end_others,
    log_out,
    log_out_browser,
    refresh,
)
from playerbase.accounts.actions.settings import set_settings, settings
from playerbase.accounts.actions.staffing import identities, unlink_for
from playerbase.accounts.actions.standing_by import check_grants
from playerbase.accounts.actions.vouched import DeviceLogins, ServerLogins, log_in_by_device, log_in_by_server
from playerbase.accounts.actions.writing import write

__all__ = [
    "FIXED",
    "DeviceLogins",
    "Postbox",
    "Refreshes",
    "ServerLogins",
    "ask_code",
    "ask_reset",
    "ask_verification",
    "back_from_provider",
    "bootstrap",
    "change_email",
    "change_password",
    "check_grants",
    "check_may_link",
    "confirm_factor",
    "confirm_reset",
    "decline_merge",
    "disable_factor",
    "enable_factor",
    "end_all",
    "end_impersonation",
    "end_one",
    "end_others",
    "finish_browser",
    "finish_log_in",
    "identities",
    "leave_for_provider",
    "lend",
    "let_browser_in",
    "link",
    "link_subject",
    "linked",
    "log_in",
    "log_in_browser",
    "log_in_browser_by",
    "log_in_by_code",
    "log_in_by_device",
    "log_in_by_provider",
    "log_in_by_server",
    "log_out",
    "log_out_browser",
    "look_at_merge",
    "merge",
    "own_address",
    "postbox",
    "provider_labels",
    "reauthenticate",
    "refresh",
    "register",
    "register_browser",
    "renew_operator",
    "renew_recovery_codes",
    "second",
    "see_as",
    "set_settings",
    "settings",
    "stop_seeing_as",
    "tokens",
    "tokens_or_question",
    "unlink",
    "unlink_for",
    "use_postbox",
    "verify_email",
    "ways_in_browser",
    "write",
]
