"""The battle pass for players: how far they are, what they claim, and buying premium."""

import hashlib
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import orders
from playerbase.battlepass import actions
from playerbase.battlepass.actions import ChallengeSeen, Due, Gain, Mine, PassSeen, SourceSum
from playerbase.battlepass.model import NoBattlePass, Part, Tier, TierNumber, Track
from playerbase.kit.db import Db, Kept, Key, Pool, Tx, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Request, get, post

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
SeasonName = Annotated[
    str, msgspec.Meta(pattern="^[0-9a-f-]{1,36}$", description="A season's number or id.", examples=["3"])
]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
LAST = UUID(int=2**128 - 1)


class ClaimWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reward to claim; without a season that which runs, or the one that has just ended."""

    tier: TierNumber
    track: Annotated[str, msgspec.Meta(pattern="^(free|premium)$", examples=["free"])]
    game: Slug = "demo"
    season: SeasonName | None = None


class ClaimAllWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which season to claim everything that is due."""

    game: Slug = "demo"
    season: SeasonName | None = None


class PremiumWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With what to pay for premium, once under a name."""

    transaction_id: orders.Name | None = None
    currency: orders.AssetCode | None = None
    game: Slug = "demo"
    season: SeasonName | None = None


class RewardGot(msgspec.Struct, frozen=True):
    """A reward that was claimed by this."""

    season_id: UUID
    tier: int
    track: str
    parts: list[Part]


class RewardsGot(msgspec.Struct, frozen=True):
    """Everything that was claimed by this; empty if nothing was due."""

    season_id: UUID
    items: list[RewardGot]


class TiersSeen(msgspec.Struct, frozen=True):
    """The tiers of a season in the version that holds for who asks."""

    season_id: UUID
    game: str
    number: int
    curve: int
    items: list[Tier]


class XpProgress(msgspec.Struct, frozen=True):
    """Where experience came from: sums by source of the season, challenges, and the log, latest first."""

    game: str
    season_id: UUID | None
    xp: int
    tier: int
    xp_next: int | None
    by_source: list[SourceSum]
    challenges: list[ChallengeSeen]
    items: list[Gain]
    next_cursor: str | None


@get("/battlepass/current", policy=PLAYER, limit="game")
async def read_current(db: Db, request: Request, game: Slug = "demo") -> PassSeen | Answer:
    """The battle pass that runs in a game; between seasons the last one, while its rewards can still be claimed."""
    season, found = await actions.meant(db, game)
    return tagged(request, await actions.seen(db, season, found))


@get("/battlepass/tiers/{season}", policy=PLAYER, limit="game")
async def read_tiers(
    db: Db, request: Request, caller: Caller, season: SeasonName, game: Slug = "demo", curve: Version | None = None
) -> TiersSeen | Answer:
    """Every tier of a season with its rewards: in the version that holds for you, or in the one you name."""
    meant, found = await actions.meant(db, game, season)
    held = await actions.tiers(db, found, caller.player_id, curve)
    return tagged(request, TiersSeen(meant.season_id, game, meant.number, held.version, list(held.tiers)))


@get("/me/battlepass", policy=PLAYER, limit="game")
async def read_mine(
    db: Db, request: Request, caller: Caller, game: Slug = "demo", season: SeasonName | None = None
) -> Mine | Answer:
    """How far you are, whether you have premium, what you can claim and what you have claimed."""
    assert caller.player_id is not None
    meant, found = await actions.meant(db, game, season)
    return tagged(request, await actions.mine(db, meant, found, caller.player_id))


@get("/me/battlepass/xp-progress", policy=PLAYER, limit="game")
async def read_experience(
    db: Db, request: Request, caller: Caller, cursors: Cursors, game: Slug = "demo", limit: Limit = 20,
    cursor: Cursor | None = None,
) -> XpProgress | Answer:  # fmt: skip
    """Where your experience came from, and how far you are with challenges."""
    assert caller.player_id is not None
    scope = f"experience {game} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await actions.gains(db, caller.player_id, game, before, limit + 1)
    following = cursors.make((rows[limit - 1].entry_id,), scope=scope) if rows[limit:] else None
    season_id, xp, tier, xp_next, sums = None, 0, 0, None, []
    try:
        meant, found = await actions.meant(db, game)
    except NoBattlePass:
        pass
    else:
        own = await actions.mine(db, meant, found, caller.player_id)
        season_id, xp, tier, xp_next = meant.season_id, own.xp, own.tier, own.xp_next
        sums = await actions.sums(db, caller.player_id, meant.season_id)
    shown = XpProgress(
        game, season_id, xp, tier, xp_next, sums,
        await actions.challenges(db, game, season_id, caller.player_id), rows[:limit], following,
    )  # fmt: skip
    return tagged(request, shown)


@post("/me/battlepass/claim-reward", policy=PLAYER)
async def claim_reward(tx: Tx, caller: Caller, body: ClaimWanted) -> RewardGot:
    """Claim the reward of a tier you have reached, once: 409 reward_claimed afterwards."""
    assert caller.player_id is not None
    season, found = await actions.meant(tx, body.game, body.season)
    got = await actions.claim(tx, season, found, caller.player_id, body.tier, Track(body.track))
    return _got(found.season_id, got)


@post("/me/battlepass/claim-all", policy=PLAYER)
async def claim_everything(tx: Tx, caller: Caller, body: ClaimAllWanted) -> RewardsGot:
    """Claim every reward you have reached and not claimed, on all tracks that are open to you."""
    assert caller.player_id is not None
    season, found = await actions.meant(tx, body.game, body.season)
    got = await actions.claim_all(tx, season, found, caller.player_id)
    return RewardsGot(found.season_id, [_got(found.season_id, each) for each in got])


@post("/me/battlepass/purchase-premium", policy=PLAYER, limit="purchase", status=201)
async def purchase_premium(
    pool: Pool, purchases: orders.Purchases, caller: Caller, request: Request, key: Key | None, body: PremiumWanted
) -> orders.OrderSeen | Kept:
    """Buy premium in the store: rewards of tiers you have reached are open to you at once.

    Answers the order: 201 when it is bought, 202 when somebody looks at it first, 200 when it is sent again.
    """
    assert caller.player_id is not None
    name = body.transaction_id or (key.key if key is not None else None)
    if name is None:
        raise orders.TransactionIdMissing
    async with reading(pool) as db:
        season, found = await actions.meant(db, body.game, body.season)
        # Sent again it is the order that was made, whatever has happened since: only a new one needs the sale open.
        is_known = await orders.is_known(db, caller.player_id, name)
        item = found.premium_item if is_known else await actions.check_sale(db, season, found, caller.player_id)
    wanted = orders.Purchase([orders.ItemWanted(item or "")], name, body.currency)
    wish = await orders.wish(pool, caller, request, wanted, name)
    return (await purchases.put(wish)).answer


def tagged(request: Request, shown: msgspec.Struct) -> Answer:
    """An answer under a tag of its content: who asks again with it is told that nothing has changed."""
    body = msgspec.json.encode(shown)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = [(b"etag", tag.encode())]
    known = {each.strip().removeprefix("W/") for each in (request.header("if-none-match") or "").split(",")}
    return Answer(b"", status=304, headers=headers) if tag in known else Answer(body, headers=headers)


def _got(season_id: UUID, due: Due) -> RewardGot:
    return RewardGot(season_id, due.tier, due.track.value, list(due.parts))
