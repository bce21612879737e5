"""The passes of every game: what each season has, how far its players are, and its terms."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import games, seasons
from playerbase.battlepass import actions, rules, store
from playerbase.battlepass.actions import NewPass, PassChange
from playerbase.battlepass.model import Curve, NoBattlePass, Pass
from playerbase.battlepass.pages.showing import HERE, READ, WRITE, asked, faults_of, page
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect

GAMES_MAX = 50
SEASONS_SHOWN = 5  # Of each game, the latest.
CURVE_POINTS = 60  # A plot of five hundred tiers is drawn from as many.
TOLD = {
    "created": "Made. Players see it when the season begins.", "changed": "Changed.",
    "tiers": "A new version of the tiers is in force.",
}  # fmt: skip
Word = Annotated[str, msgspec.Meta(max_length=200)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class Terms(msgspec.Struct, frozen=True):
    """What the form of a pass sends."""

    name: Word = ""
    theme: Word = ""
    premium_item: Word = ""
    excess_xp: Word = "200"
    excess_asset: Word = "coins"
    excess_amount: Word = "1"
    grace_days: Word = "14"
    refunds: Word = "take_back"
    catch_up_days: Word = "0"
    daily_cap: Word = ""
    expected_version: Word = ""
    reason: Word = ""


@get(HERE, policy=READ, limit="console", page=True)
async def list_passes(db: Db, request: Request, rendering: Rendering) -> Answer:
    """Every game's seasons that are not over, and their passes."""
    known = (await games.games(db))[:GAMES_MAX]
    calendars = await seasons.calendars(db, [each.slug for each in known])
    shown = [(game, season) for game in known for season in reversed(calendars[game.slug].seasons[-SEASONS_SHOWN:])]
    rows = [(game, season, await store.pass_of(db, season.season_id)) for game, season in shown]
    return await page(db, request, rendering, "passes.html", rows=rows)


@get(f"{HERE}/seasons/{{season_id}}", policy=READ, limit="console", page=True)
async def read_pass(
    db: Db, request: Request, rendering: Rendering, season_id: UUID, curve: Version | None = None, told: str = ""
) -> Answer:
    """A season's pass: its tiers in a version, where players are, what was claimed, and its versions."""
    season, found = await _found(db, season_id)
    rows = await store.curves_of(db, [season_id])
    versions = (await actions.curves(db, [season_id]))[season_id]
    shown = next((each for each in versions if each.version == curve), versions[-1])
    before = next((each for each in reversed(versions) if each.version < shown.version), None)
    holders = {each.tier: each.players for each in await store.spread(db, season_id)}
    return await page(
        db, request, rendering, "pass.html", season=season, found=found, curve=shown, versions=rows, before=before,
        differences=rules.differences(before, shown) if before else [], points=points(shown),
        compare=points(before) if before else [], holders=holders, players=sum(holders.values()),
        claims={each.track: each.count for each in await store.tally_claims(db, season_id)},
        premiums=await store.count_premiums(db, season_id), told=TOLD.get(told, ""),
        is_kind=before is not None and rules.never_worse(shown, before), ends=actions.grace_ends(season, found),
    )  # fmt: skip


@get(f"{HERE}/seasons/{{season_id}}/terms", policy=WRITE, limit="console", page=True)
async def ask_terms(db: Db, request: Request, rendering: Rendering, season_id: UUID) -> Answer:
    """The form of a pass: of the one there is, or of a new one."""
    season, found = await seasons.season(db, season_id), await store.pass_of(db, season_id)
    return await page(
        db, request, rendering, "terms.html", season=season, form=_form(found, season), is_new=found is None, faults={}
    )


@post(f"{HERE}/seasons/{{season_id}}/terms", policy=WRITE, limit="console", page=True)
async def save_terms(tx: Tx, request: Request, rendering: Rendering, season_id: UUID, form: Terms) -> Answer:
    """Make a season's pass, or another one of it."""
    given = {name: value.strip() for name, value in msgspec.structs.asdict(form).items()}
    sent = {name: value for name, value in given.items() if value or name in {"name", "theme", "reason"}}
    season, is_new = await seasons.season(tx, season_id), not given["expected_version"]
    faults: dict[str, str] = {}
    try:
        if is_new:
            wanted = {name: value for name, value in sent.items() if name != "reason"} | {"season_id": season_id}
            made, faults = asked(NewPass, wanted)
            if made is not None:
                await actions.create_pass(tx, request, made)
        else:
            changed, faults = asked(PassChange, sent)
            if changed is not None:
                await actions.change_pass(tx, request, season_id, changed)
    except Refusal as refusal:
        faults = faults_of(refusal)
    if faults:
        return await page(
            tx, request, rendering, "terms.html", status=422, season=season, form=form, is_new=is_new, faults=faults
        )
    return redirect(f"{HERE}/seasons/{season_id}?told={'created' if is_new else 'changed'}")


def points(curve: Curve) -> list[float]:
    """What the tiers take, as a course."""
    step = max(1, -(-len(curve.tiers) // CURVE_POINTS))
    chosen = curve.tiers[::step]
    return [float(each.xp) for each in (chosen if chosen[-1] == curve.tiers[-1] else [*chosen, curve.tiers[-1]])]


async def _found(db: Db, season_id: UUID) -> tuple[seasons.Season, Pass]:
    season, found = await seasons.season(db, season_id), await store.pass_of(db, season_id)
    if found is None:
        raise NoBattlePass
    return season, found


def _form(found: Pass | None, season: seasons.Season) -> Terms:
    if found is None:
        return Terms(name=season.name, theme=season.theme)
    shown = {name: getattr(found, name) for name in Terms.__struct_fields__ if hasattr(found, name)}
    return Terms(
        **{name: "" if value is None else str(value) for name, value in shown.items()},
        expected_version=str(found.version),
    )
