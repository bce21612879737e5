"""Access's pure decisions: what a password must be, what a token must say, what a role may do."""

from playerbase.access.rules.passwords import PASSWORD_BYTES_MAX, faults_of, prehash
from playerbase.access.rules.people import device_label, normal_email
from playerbase.access.rules.roles import PERMISSIONS, ROLES, permissions
from playerbase.access.rules.tokens import AUDIENCE, HEADER_FIELDS, Claims, is_allowed_from, reject_reason

__all__ = [
    "AUDIENCE",
    "HEADER_FIELDS",
    "PASSWORD_BYTES_MAX",
    "PERMISSIONS",
    "ROLES",
    "Claims",
    "device_label",
    "faults_of",
    "is_allowed_from",
    "normal_email",
    "permissions",
    "prehash",
    "reject_reason",
]
