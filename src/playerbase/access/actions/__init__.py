"""The verbs of access."""

from playerbase.access.actions.api_keys import api_keys, create_api_key, revoke_api_key
from playerbase.access.actions.calling import authenticate, clear_cookie, cookie_name, set_cookie, token_of
from playerbase.access.actions.credentials import (
    add_password,
    check_new_password,
    check_not_barred,
    hash_new_password,
    normal_email,
    replace_password,
    settle,
    try_password,
)
from playerbase.access.actions.devices import admit_devices
from playerbase.access.actions.hashing import Hashing, use_hashing
from playerbase.access.actions.keyring import Keyring, ensure_signing_key
from playerbase.access.actions.sessions import (
    end_session,
    end_session_of,
    end_sessions,
    end_sessions_by,
    open_browser_session,
    open_session,
    open_sessions,
    refresh_session,
    sessions,
    set_status,
)
from playerbase.access.actions.staff import begin_staff, roles_of, set_roles, staff

__all__ = [
    "Hashing",
    "Keyring",
    "add_password",
    "admit_devices",
    "api_keys",
    "authenticate",
    "begin_staff",
    "check_new_password",
    "check_not_barred",
    "clear_cookie",
    "cookie_name",
    "create_api_key",
    "end_session",
    "end_session_of",
    "end_sessions",
    "end_sessions_by",
    "ensure_signing_key",
    "hash_new_password",
    "normal_email",
    "open_browser_session",
    "open_session",
    "open_sessions",
    "refresh_session",
    "replace_password",
    "revoke_api_key",
    "roles_of",
    "sessions",
    "set_cookie",
    "set_roles",
    "set_status",
    "settle",
    "staff",
    "token_of",
    "try_password",
    "use_hashing",
]
