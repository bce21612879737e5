"""Access's pure decisions: what a password must be, what a token must say, what a role may do."""

from playerbase.access.rules.grants import Grant, NotGranted, check_address, granted_scopes, read_grant
from playerbase.access.rules.passwords import PASSWORD_BYTES_MAX, faults_of, prehash
from playerbase.access.rules.people import device_label, normal_email
from playerbase.access.rules.proofs import CODE, PASSWORD, RECOVERY, SECOND, amr_of, with_second
from playerbase.access.rules.roles import PERMISSIONS, ROLES, permissions, roles_with
from playerbase.access.rules.tokens import AUDIENCE, HEADER_FIELDS, Claims, ClientClaims, is_allowed_from, reject_reason
from playerbase.access.rules.totp import (
    SECRET_BYTES,
    base32,
    is_totp,
    matching_step,
    normal_code,
    otpauth_uri,
    qr_svg,
)

__all__ = [
    "AUDIENCE",
    "CODE",
    "HEADER_FIELDS",
    "PASSWORD",
    "PASSWORD_BYTES_MAX",
    "PERMISSIONS",
    "RECOVERY",
    "ROLES",
    "SECOND",
    "SECRET_BYTES",
    "Claims",
    "ClientClaims",
    "Grant",
    "NotGranted",
    "amr_of",
    "base32",
    "check_address",
    "device_label",
    "faults_of",
    "granted_scopes",
    "is_allowed_from",
    "is_totp",
    "matching_step",
    "normal_code",
    "normal_email",
    "otpauth_uri",
    "permissions",
    "prehash",
    "qr_svg",
    "read_grant",
    "reject_reason",
    "roles_with",
    "with_second",
]
