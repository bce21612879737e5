"""A player's pass for staff: how far they are, what they have, the log, and giving experience."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import games
from playerbase.battlepass import actions, store
from playerbase.battlepass.actions import ExperienceGrant
from playerbase.battlepass.model import NoBattlePass
from playerbase.battlepass.pages.showing import HERE, READ, ROWS, WRITE, asked, faults_of, page
from playerbase.kit import ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Line, Panel, Rendering, Request, get, names, post, redirect

LAST = UUID(int=2**128 - 1)
PANEL_GAMES = 5
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]
Word = Annotated[str, msgspec.Meta(max_length=200)]


class Grant(msgspec.Struct, frozen=True):
    """What the form of a grant sends."""

    game: Word = ""
    amount: Word = ""
    ref: Word = ""
    reason: Word = ""


@get(f"{HERE}/players/{{player_id}}", policy=READ, limit="console", page=True)
async def read_player(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID,
    game: Slug = "demo", cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """One player's pass in a game, and every gain and correction."""
    scope = f"console experience {player_id} {game} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await actions.gains(db, player_id, game, before, ROWS + 1)
    here, following = f"{HERE}/players/{player_id}", ""
    if rows[ROWS:]:
        place = cursors.make((rows[ROWS - 1].entry_id,), scope=scope)
        following = f"{here}?{urlencode({'game': game, 'cursor': place})}"
    mine, held, at_stake = None, None, []
    try:
        season, found = await actions.meant(db, game)
    except NoBattlePass:
        pass
    else:
        mine = await actions.mine(db, season, found, player_id)
        at_stake = await actions.at_stake(db, found.season_id, player_id)
        held = await store.premium_of(db, found.season_id, player_id)
    return await page(
        db, request, rendering, "player.html", player_id=player_id, game=game, games=await games.games(db), mine=mine,
        rows=rows[:ROWS], following=following, first=f"{here}?game={game}" if cursor else "", at_stake=at_stake,
        held=held,
        name=(await names(request.site.pages, db, [player_id])).get(player_id, "Somebody"), here=here,
        told="Noted. Their tier and level have moved." if told == "granted" else "",
    )  # fmt: skip


@get(f"{HERE}/players/{{player_id}}/experience", policy=WRITE, limit="console", page=True)
async def ask_grant(db: Db, request: Request, rendering: Rendering, player_id: UUID, game: Slug = "demo") -> Answer:
    """The form that gives somebody experience, or takes some."""
    # Made with the form, so that sending it twice gives once.
    form = Grant(game=game, ref=f"console-{ids.uuid7()}")
    return await _form(db, request, rendering, player_id, form, {})


@post(f"{HERE}/players/{{player_id}}/experience", policy=WRITE, limit="console", page=True)
async def grant(tx: Tx, request: Request, rendering: Rendering, player_id: UUID, form: Grant) -> Answer:
    """Give somebody experience, or take some."""
    wanted, faults = asked(
        ExperienceGrant, {name: value.strip() for name, value in msgspec.structs.asdict(form).items()}
    )
    try:
        if wanted is not None:
            await actions.grant(tx, request, player_id, wanted)
            return redirect(f"{HERE}/players/{player_id}?{urlencode({'game': wanted.game, 'told': 'granted'})}")
    except Refusal as refusal:
        faults = faults_of(refusal)
    return await _form(tx, request, rendering, player_id, form, faults)


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """How far a player is in the pass of each game."""
    lines = []
    for game in (await games.games(db))[:PANEL_GAMES]:
        try:
            season, found = await actions.meant(db, game.slug)
        except NoBattlePass:
            continue
        mine = await actions.mine(db, season, found, player_id)
        if not mine.xp and not mine.has_premium:
            continue
        due = f"{len(mine.claimable)} to claim" if mine.claimable else ""
        lines.append(
            Line(
                f"{found.name}, {game.name}", f"tier {mine.tier} of {mine.tiers}", due,
                f"{HERE}/players/{player_id}?game={game.slug}", "good" if mine.has_premium else "",
                "premium" if mine.has_premium else "",
            )
        )  # fmt: skip
    empty = "They have no experience in a season that runs."
    act = ("Give experience…", f"{HERE}/players/{player_id}/experience", "battlepass.write")
    return [Panel("Battle pass", lines, empty, f"{HERE}/players/{player_id}", "All of it", [act])]


async def _form(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, form: Grant, faults: dict[str, str]
) -> Answer:
    name = (await names(request.site.pages, db, [player_id])).get(player_id, "Somebody")
    return await page(
        db, request, rendering, "grant.html", status=422 if faults else 200, player_id=player_id, form=form,
        faults=faults, name=name, games=await games.games(db),
    )  # fmt: skip
