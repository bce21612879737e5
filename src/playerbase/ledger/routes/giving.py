"""Giving and taking a currency or points by staff, for the one route that does so with items as well."""

from uuid import UUID

from playerbase.kit.db import Kept, Key, Pool
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.ledger import actions
from playerbase.ledger.actions import Granting, Postings, Revoking
from playerbase.ledger.routes.answers import kept


async def give_asset(
    pool: Pool, request: Request, postings: Postings, key: Key, player_id: UUID, wish: Granting
) -> Kept:
    """Give a player of a currency or points, once for each key; above the asset's bound it wants a fresh proof."""
    named = actions.staff_named(request, key.scope, key.key, (player_id, wish))
    try:
        return kept(await actions.grant(pool, postings.known, request, player_id, wish, named))
    except Refusal as refusal:
        return kept(refusal)


async def take_asset(
    pool: Pool, request: Request, postings: Postings, key: Key, player_id: UUID, wish: Revoking
) -> Kept:
    """Take of a currency or points away from a player, once for each key; what was spent is refused, or owed."""
    named = actions.staff_named(request, key.scope, key.key, (player_id, wish))
    try:
        return kept(await actions.revoke(pool, postings.known, request, player_id, wish, named))
    except Refusal as refusal:
        return kept(refusal)
