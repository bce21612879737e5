"""Challenges, and what matches give: the sources of experience that an operator decides."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import games
from playerbase.battlepass import actions, store
from playerbase.battlepass.actions import ChallengeChange, NewChallenge, RatesChange
from playerbase.battlepass.model import NoSuchChallenge
from playerbase.battlepass.pages.showing import HERE, READ, WRITE, asked, faults_of, page
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]
Word = Annotated[str, msgspec.Meta(max_length=200)]
FIXED = {"game", "code"}
RATES = (
    ("win", "A match won"), ("draw", "A match drawn"), ("loss", "A match lost"), ("kill", "Each kill"),
    ("streak", "Each streak"), ("second_tenths", "Each second, in tenths of a point"), ("least", "At least"),
    ("most", "At most"),
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """What the form of a challenge sends."""

    game: Word = ""
    code: Word = ""
    name: Word = ""
    source: Word = "season_challenge"
    measure: Word = "wins"
    goal: Word = "3"
    period: Word = "day"
    mode: Word = ""
    xp: Word = "250"
    is_on: Word = ""
    expected_version: Word = ""


class RatesAsked(msgspec.Struct, frozen=True):
    """What the form of the rates sends."""

    win: Word = ""
    draw: Word = ""
    loss: Word = ""
    kill: Word = ""
    streak: Word = ""
    second_tenths: Word = ""
    least: Word = ""
    most: Word = ""
    reason: Word = ""


@get(f"{HERE}/challenges", policy=READ, limit="console", page=True)
async def list_challenges(db: Db, request: Request, rendering: Rendering, game: Slug | None = None) -> Answer:
    """The challenges of a game, and what its matches give."""
    known = await games.games(db)
    chosen = game or (known[0].slug if known else "demo")
    return await page(
        db, request, rendering, "challenges.html", games=known, game=chosen, rates_named=RATES,
        challenges=await store.challenges_of(db, [chosen]), rates=(await actions.rates(db, [chosen]))[chosen],
    )  # fmt: skip


@get(f"{HERE}/challenges/{{game}}/new", policy=WRITE, limit="console", page=True)
async def ask_new(db: Db, request: Request, rendering: Rendering, game: Slug) -> Answer:
    """The form of a new challenge."""
    return await page(db, request, rendering, "challenge.html", form=Asked(game=game, is_on="true"), at="", faults={})


@post(f"{HERE}/challenges/{{game}}/new", policy=WRITE, limit="console", page=True)
async def add(tx: Tx, request: Request, rendering: Rendering, game: Slug, form: Asked) -> Answer:
    """Add a challenge."""
    form = msgspec.structs.replace(form, game=game)
    made, faults = asked(NewChallenge, _sent(form, {"expected_version"}))
    try:
        if made is not None:
            await actions.create_challenge(tx, request, made)
            return redirect(f"{HERE}/challenges?game={game}")
    except Refusal as refusal:
        faults = faults_of(refusal)
    return await page(tx, request, rendering, "challenge.html", status=422, form=form, at="", faults=faults)


@get(f"{HERE}/challenges/{{challenge_id}}/change", policy=WRITE, limit="console", page=True)
async def ask_change(db: Db, request: Request, rendering: Rendering, challenge_id: UUID) -> Answer:
    """The form of a challenge."""
    found = await store.challenges_by_id(db, [challenge_id])
    if not found:
        raise NoSuchChallenge
    shown = {name: getattr(found[0], name) for name in Asked.__struct_fields__ if name != "expected_version"}
    form = Asked(
        **{name: "" if value is None else str(value) for name, value in shown.items() if name != "is_on"},
        is_on="true" if found[0].is_on else "", expected_version=str(found[0].version),
    )  # fmt: skip
    return await page(db, request, rendering, "challenge.html", form=form, at=str(challenge_id), faults={})


@post(f"{HERE}/challenges/{{challenge_id}}/change", policy=WRITE, limit="console", page=True)
async def change(tx: Tx, request: Request, rendering: Rendering, challenge_id: UUID, form: Asked) -> Answer:
    """Make another challenge of it."""
    made, faults = asked(ChallengeChange, _sent(form, FIXED))
    try:
        if made is not None:
            changed = await actions.change_challenge(tx, request, challenge_id, made)
            return redirect(f"{HERE}/challenges?game={changed.game}")
    except Refusal as refusal:
        faults = faults_of(refusal)
    return await page(
        tx, request, rendering, "challenge.html", status=422, form=form, at=str(challenge_id), faults=faults
    )


@get(f"{HERE}/rates/{{game}}", policy=WRITE, limit="console", page=True)
async def ask_rates(db: Db, request: Request, rendering: Rendering, game: Slug) -> Answer:
    """The form of what matches give."""
    rates = msgspec.structs.asdict((await actions.rates(db, [game]))[game])
    form = RatesAsked(**{name: str(value) for name, value in rates.items()})
    return await page(db, request, rendering, "rates.html", game=game, form=form, rates_named=RATES, faults={})


@post(f"{HERE}/rates/{{game}}", policy=WRITE, limit="console", page=True)
async def change_rates(tx: Tx, request: Request, rendering: Rendering, game: Slug, form: RatesAsked) -> Answer:
    """Decide what matches give from now on."""
    made, faults = asked(RatesChange, {name: value.strip() for name, value in msgspec.structs.asdict(form).items()})
    try:
        if made is not None:
            await actions.change_rates(tx, request, game, made)
            return redirect(f"{HERE}/challenges?game={game}")
    except Refusal as refusal:
        faults = faults_of(refusal)
    return await page(
        tx, request, rendering, "rates.html", status=422, game=game, form=form, rates_named=RATES, faults=faults
    )


def _sent(form: Asked, without: set[str]) -> dict[str, object]:
    given: dict[str, object] = {
        name: value.strip()
        for name, value in msgspec.structs.asdict(form).items()
        if name not in without and (value.strip() or name != "mode")
    }
    return given | {"is_on": bool(form.is_on)}
