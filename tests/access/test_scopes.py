"""Whatever a key may be for can be asked for when one is made."""

from typing import get_args

from playerbase import access
from playerbase.access.routes.keys import Scope


def test_every_scope_can_be_given_to_a_key_over_http() -> None:
    assert set(get_args(Scope)) == set(access.KEY_SCOPES)
