"""Premium: opened by the item that stands for it, wherever that came from; closed when it is taken back."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase import inventory, seasons
from playerbase.battlepass import store
from playerbase.battlepass.actions import knowing, paying
from playerbase.battlepass.actions.claiming import has_premium, holds_premium, settle_player
from playerbase.battlepass.events import PremiumClosed, PremiumOpened, TakenBack
from playerbase.battlepass.model import Claim, Part, Pass, PremiumNotSold, PremiumOwned, Refunds, Track
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.outbox import emit

_opened = metrics.Counter("battlepass_premium_opened", "Premium of battle passes that players got.", ["game", "source"])
_closed = metrics.Counter("battlepass_premium_closed", "Premium of battle passes that was taken back.", ["game"])

Lost = inventory.ItemRevoked | inventory.ItemExpired


async def check_sale(db: Db, season: seasons.Season, found: Pass, player_id: UUID) -> str:
    """The item that opens premium, if it can be bought now.

    Raises PassNotBegun, PassOver, PremiumNotSold, PremiumOwned.
    """
    knowing.check_open(season, found, clock.now())
    if found.premium_item is None:
        raise PremiumNotSold
    if await has_premium(db, found, player_id):
        raise PremiumOwned
    return found.premium_item


async def open_premium(tx: Tx, told: Sequence[inventory.ItemGranted]) -> None:
    """Note who has got premium; what they had reached is theirs to claim, and after the season's end given at once."""
    passes = {each.premium_item: each for each in await store.passes_with_item(tx, sorted({one.item for one in told}))}
    mine = {(each.player_id, passes[each.item].season_id): each for each in reversed(told) if each.item in passes}
    for (player_id, season_id), each in sorted(mine.items()):
        found = passes[each.item]
        # Locked first, as wherever rewards are given: progress, what they have, the ledger.
        rows = [store.NewPremium(season_id, player_id, each.source, each.source_ref, clock.now())]
        await store.begin_progress(tx, [season_id], [player_id], [found.curve], clock.now())
        await store.lock_progress(tx, [season_id], [player_id])
        if not await holds_premium(tx, found, player_id) or not await store.open_premiums(tx, rows):
            continue
        await emit(
            tx,
            PremiumOpened(
                season_id=season_id, game=found.game, player_id=player_id, source=each.source,
                source_ref=each.source_ref,
            ),
        )  # fmt: skip
        # Asked behind the lock: if the season's end has passed this player by already, that is seen here.
        if await _is_late(tx, found):
            await settle_player(tx, found, player_id)
        after_commit(tx, _opened.labels(found.game, each.source).inc)


async def close_premium(tx: Tx, told: Sequence[Lost]) -> None:
    """Close the premium of who no longer has it; what it gave is taken back or kept, as the pass says."""
    passes = {each.premium_item: each for each in await store.passes_with_item(tx, sorted({one.item for one in told}))}
    mine = {(each.player_id, passes[each.item].season_id): each for each in told if each.item in passes}
    for (player_id, season_id), each in sorted(mine.items()):
        found = passes[each.item]
        await store.lock_progress(tx, [season_id], [player_id])
        if await holds_premium(tx, found, player_id):
            continue
        if await store.close_premium(tx, season_id, player_id, clock.now()) is None:
            continue
        is_revoked = isinstance(each, inventory.ItemRevoked)
        reason = each.reason if isinstance(each, inventory.ItemRevoked) else "Its time is over."
        await _settle(tx, found, player_id, reason, takes_back=is_revoked and found.refunds is Refunds.TAKE_BACK)
        after_commit(tx, _closed.labels(found.game).inc)


async def claimed_of_premium(db: Db, season_id: UUID, player_id: UUID) -> list[Claim]:
    """The premium rewards that somebody claimed and still has."""
    claims = await store.claims_of(db, season_id, [player_id])
    return [each for each in claims if each.track is Track.PREMIUM and each.taken_back_at is None]


async def _settle(tx: Tx, found: Pass, player_id: UUID, reason: str, *, takes_back: bool) -> None:
    claimed = await claimed_of_premium(tx, found.season_id, player_id)
    taken = await store.take_claims_back(tx, found.season_id, player_id, clock.now()) if takes_back else []
    await emit(
        tx,
        PremiumClosed(
            season_id=found.season_id, game=found.game, player_id=player_id, reason=reason,
            taken_back=[
                TakenBack(each.tier, msgspec.json.decode(each.parts, type=list[Part])) for each in taken
            ],
            kept=len(claimed) - len(taken),
        ),
    )  # fmt: skip
    keys = [paying.key(found.season_id, player_id, each.tier, each.track.value, each.round) for each in taken]
    if keys:
        await paying.take_back(tx, keys, reason)


async def _is_late(tx: Tx, found: Pass) -> bool:
    """Whether the season's end has given everybody what they earned, or is about to, and the grace still runs."""
    season = await seasons.season(tx, found.season_id)
    return season.is_fenced and clock.now() < knowing.grace_ends(season, found)
