"""The battle pass for staff: passes, their tiers as lists and files, rates, challenges, and what players gained."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import seasons
from playerbase.battlepass import actions, rules, store
from playerbase.battlepass.actions import (
    ChallengeChange,
    ExperienceGrant,
    Gain,
    Mine,
    NewChallenge,
    NewPass,
    PassChange,
    RatesChange,
    TiersChange,
)
from playerbase.battlepass.model import Challenge, NoBattlePass, NoSuchCurve, Pass, Rates, Tier
from playerbase.battlepass.routes.playing import Cursor, Limit, Slug, Version
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Listing, Request, get, post, put, staff

READ, WRITE = staff("battlepass.read"), staff("battlepass.write")
LAST = UUID(int=2**128 - 1)
MEDIA = {"csv": b"text/csv; charset=utf-8", "json": b"application/json"}
FileKind = Annotated[str, msgspec.Meta(pattern="^(csv|json)$")]


class CurveSeen(msgspec.Struct, frozen=True):
    """A version of a season's tiers."""

    season_id: UUID
    curve: int
    made_at: datetime
    made_by: str
    reason: str
    items: list[Tier]


class CurvesSeen(msgspec.Struct, frozen=True):
    """Every version of a season's tiers, oldest first: as many as were made."""

    items: list[CurveSeen]


class ChallengesSeen(msgspec.Struct, frozen=True):
    """The challenges of a game: as many as there may be."""

    items: list[Challenge]


class Gains(msgspec.Struct, frozen=True):
    """A player's pass, if one runs, and the log of experience, latest first."""

    player_id: UUID
    game: str
    standing: Mine | None
    items: list[Gain]
    next_cursor: str | None


@get("/admin/battlepass/passes", policy=READ, limit="console")
async def list_passes(
    db: Db, caller: Caller, cursors: Cursors, game: Slug | None = None, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Pass]:
    """The passes of a game or of all, latest first."""
    scope = f"passes {game} {caller.subject}"
    latest = (clock.now() + timedelta(days=1), LAST)
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else latest
    rows = await store.passes_page(db, game, *at, limit + 1)
    last = rows[limit - 1] if rows[limit:] else None
    return Listing(rows[:limit], cursors.make((last.created_at, last.season_id), scope=scope) if last else None)


@post("/admin/battlepass/passes", policy=WRITE, limit="console", status=201)
async def create_pass(tx: Tx, request: Request, body: NewPass) -> Pass:
    """Give a season its pass; a season has one."""
    return await actions.create_pass(tx, request, body)


@get("/admin/battlepass/passes/{season_id}", policy=READ, limit="console")
async def read_pass(db: Db, season_id: UUID) -> Pass:
    """A season's pass."""
    return await _pass(db, season_id)


@put("/admin/battlepass/passes/{season_id}", policy=WRITE, limit="console")
async def change_pass(tx: Tx, request: Request, season_id: UUID, body: PassChange) -> Pass:
    """Make another pass of it, if nobody was faster; its tiers are changed by themselves."""
    return await actions.change_pass(tx, request, season_id, body)


@put("/admin/battlepass/passes/{season_id}/tiers", policy=WRITE, limit="console")
async def change_tiers(tx: Tx, request: Request, season_id: UUID, body: TiersChange) -> Pass:
    """Make a new version of the tiers; who began with an older one keeps it, unless nobody loses by the new one."""
    return await actions.change_tiers(tx, request, season_id, body.tiers, body.reason)


@get("/admin/battlepass/passes/{season_id}/curves", policy=READ, limit="console")
async def list_curves(db: Db, season_id: UUID) -> CurvesSeen:
    """Every version of the tiers, oldest first."""
    await _pass(db, season_id)
    rows = await store.curves_of(db, [season_id])
    return CurvesSeen(
        [
            CurveSeen(
                row.season_id, row.version, row.made_at, row.made_by, row.reason,
                msgspec.json.decode(row.tiers, type=list[Tier]),
            )
            for row in rows
        ]
    )  # fmt: skip


@get("/admin/battlepass/passes/{season_id}/tiers", policy=READ, limit="console")
async def export_tiers(db: Db, season_id: UUID, kind: FileKind = "csv", curve: Version | None = None) -> Answer:
    """The tiers as a file, CSV or JSON, in the newest version or the one that is named."""
    found = await _pass(db, season_id)
    versions = (await actions.curves(db, [season_id]))[season_id]
    chosen = next((each for each in versions if each.version == (curve or found.curve)), None)
    if chosen is None:
        raise NoSuchCurve
    text = rules.as_csv(chosen.tiers) if kind == "csv" else rules.as_json(chosen.tiers)
    named = f'attachment; filename="tiers-{chosen.version}.{kind}"'.encode()
    return Answer(text.encode(), media=MEDIA[kind], headers=[(b"content-disposition", named)])


@get("/admin/battlepass/rates/{game}", policy=READ, limit="console")
async def read_rates(db: Db, game: Slug) -> Rates:
    """What a match of a game gives."""
    return (await actions.rates(db, [game]))[game]


@put("/admin/battlepass/rates/{game}", policy=WRITE, limit="console")
async def change_rates(tx: Tx, request: Request, game: Slug, body: RatesChange) -> Rates:
    """Decide what matches of a game give from now on."""
    return await actions.change_rates(tx, request, game, body)


@get("/admin/battlepass/challenges", policy=READ, limit="console")
async def list_challenges(db: Db, game: Slug = "demo") -> ChallengesSeen:
    """The challenges of a game, those that are off as well."""
    return ChallengesSeen(await store.challenges_of(db, [game]))


@post("/admin/battlepass/challenges", policy=WRITE, limit="console", status=201)
async def create_challenge(tx: Tx, request: Request, body: NewChallenge) -> Challenge:
    """Add a challenge to a game."""
    return await actions.create_challenge(tx, request, body)


@put("/admin/battlepass/challenges/{challenge_id}", policy=WRITE, limit="console")
async def change_challenge(tx: Tx, request: Request, challenge_id: UUID, body: ChallengeChange) -> Challenge:
    """Make another challenge of it, if nobody was faster; what was counted stays counted."""
    return await actions.change_challenge(tx, request, challenge_id, body)


@get("/admin/battlepass/players/{player_id}", policy=READ, limit="console")
async def read_player(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID, game: Slug = "demo", limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Gains:  # fmt: skip
    """How far a player is, and what they gained and lost."""
    scope = f"experience of {player_id} {game} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await actions.gains(db, player_id, game, before, limit + 1)
    following = cursors.make((rows[limit - 1].entry_id,), scope=scope) if rows[limit:] else None
    try:
        season, found = await actions.meant(db, game)
    except NoBattlePass:
        return Gains(player_id, game, None, rows[:limit], following)
    return Gains(player_id, game, await actions.mine(db, season, found, player_id), rows[:limit], following)


@post("/admin/battlepass/players/{player_id}/experience", policy=WRITE, limit="console", status=201)
async def grant_experience(tx: Tx, request: Request, player_id: UUID, body: ExperienceGrant) -> Gain:
    """Give a player experience, or take some; once under its reference."""
    entry = await actions.grant(tx, request, player_id, body)
    return Gain(entry.entry_id, entry.source.value, entry.ref, entry.amount, entry.bonus, entry.at, entry.reason)


async def _pass(db: Db, season_id: UUID) -> Pass:
    found = await store.pass_of(db, season_id)
    if found is None:
        await seasons.season(db, season_id)  # Whether it is the season or its pass that there is none of.
        raise NoBattlePass
    return found
