"""The verbs of federation: believe a credential, send a browser out, take it in again."""

from playerbase.federation.actions.believing import believe, named
from playerbase.federation.actions.configured import configured_providers, use_providers
from playerbase.federation.actions.grants import (
    check,
    claim_grants,
    count_checks,
    drop_grant,
    keep_grant,
    put_off,
    reseal_grants,
    revoke,
    standing,
    take_grant,
)
from playerbase.federation.actions.providers import Providers
from playerbase.federation.actions.spending import spend
from playerbase.federation.actions.travelling import begin, finish

__all__ = [
    "Providers",
    "begin",
    "believe",
    "check",
    "claim_grants",
    "configured_providers",
    "count_checks",
    "drop_grant",
    "finish",
    "keep_grant",
    "named",
    "put_off",
    "reseal_grants",
    "revoke",
    "spend",
    "standing",
    "take_grant",
    "use_providers",
]
