"""Which postings there are under whose keys: for who keeps books of their own and compares them."""

from collections.abc import Iterable
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.ledger import rules, store


async def posted_under(db: Db, scope: str, keys: Iterable[str]) -> dict[str, UUID]:
    """The transactions that were posted under these keys of a scope; keys refused or never used are left out."""
    named = {rules.key_id(scope, key): key for key in keys}
    rows = await store.keys_known(db, list(named)) if named else []
    return {named[row.key_id]: row.transaction_id for row in rows if row.refusal is None}
