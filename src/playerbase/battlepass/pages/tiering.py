"""Tiers: brought in from a file after a look at what it would do, or changed one at a time."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.battlepass import actions, rules, store
from playerbase.battlepass.model import Curve, NoBattlePass, NoSuchCurve, Tier, TiersFaulty
from playerbase.battlepass.pages.passes import points
from playerbase.battlepass.pages.showing import HERE, READ, WRITE, faults_of, page
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect

MEDIA = {"csv": b"text/csv; charset=utf-8", "json": b"application/json"}
Kind = Literal["csv", "json"]
Word = Annotated[str, msgspec.Meta(max_length=1_000)]
Number = Annotated[int, msgspec.Meta(ge=0, le=500)]


class File(msgspec.Struct, frozen=True):
    """A list of tiers as a form sends it."""

    text: Annotated[str, msgspec.Meta(max_length=400_000)] = ""
    kind: Kind = "csv"
    reason: Word = ""
    verb: Literal["check", "apply"] = "check"


class OneTier(msgspec.Struct, frozen=True):
    """A tier as its form sends it."""

    xp: Word = ""
    free: Word = ""
    premium: Word = ""
    reason: Word = ""


@get(f"{HERE}/seasons/{{season_id}}/export", policy=READ, limit="console", page=True)
async def export_tiers(db: Db, season_id: UUID, kind: Kind = "csv", curve: Number | None = None) -> Answer:
    """The tiers of a version as a file."""
    chosen = await _curve(db, season_id, curve)
    text = rules.as_csv(chosen.tiers) if kind == "csv" else rules.as_json(chosen.tiers)
    named = f'attachment; filename="tiers-{chosen.version}.{kind}"'.encode()
    return Answer(text.encode(), media=MEDIA[kind], headers=[(b"content-disposition", named)])


@get(f"{HERE}/seasons/{{season_id}}/tiers", policy=WRITE, limit="console", page=True)
async def ask_tiers(db: Db, request: Request, rendering: Rendering, season_id: UUID) -> Answer:
    """Where a list of tiers is put in; it begins with the present one."""
    now = await _curve(db, season_id, None)
    form = File(rules.as_csv(now.tiers))
    return await page(db, request, rendering, "tiers.html", season_id=season_id, form=form, faults=[], report=None)


@post(f"{HERE}/seasons/{{season_id}}/tiers", policy=WRITE, limit="console", page=True)
async def bring_tiers(tx: Tx, request: Request, rendering: Rendering, season_id: UUID, form: File) -> Answer:
    """Say what a list would do, or make it the new version; with one fault nothing is done."""
    now = await _curve(tx, season_id, None)
    tiers, lines, found = rules.read(form.text, form.kind)
    faults: list[dict[str, object]] = [msgspec.structs.asdict(each) for each in found]
    if not faults:
        try:
            await actions.check_tiers(tx, tiers, lines)
            if form.verb == "apply" and form.reason.strip():
                await actions.change_tiers(tx, request, season_id, tiers, form.reason.strip()[:200])
                return redirect(f"{HERE}/seasons/{season_id}?told=tiers")
        except TiersFaulty as refusal:
            faults = list(refusal.members["errors"])  # type: ignore[call-overload]  # They are a list of records.
    report = None
    if not faults:
        new = Curve(season_id, now.version + 1, tuple(tiers))
        report = {
            "differences": rules.differences(now, new), "points": points(new), "last": rules.last(new).tier,
            "is_kind": rules.never_worse(new, now), "needs_reason": form.verb == "apply",
        }  # fmt: skip
    status = 422 if faults or form.verb == "apply" else 200
    return await page(
        tx, request, rendering, "tiers.html", status=status, season_id=season_id, form=form, faults=faults,
        report=report, compare=points(now),
    )  # fmt: skip


@get(f"{HERE}/seasons/{{season_id}}/tiers/{{tier}}", policy=WRITE, limit="console", page=True)
async def ask_tier(db: Db, request: Request, rendering: Rendering, season_id: UUID, tier: Number) -> Answer:
    """The form of one tier."""
    each = _tier(await _curve(db, season_id, None), tier)
    form = OneTier(str(each.xp), rules.as_words(each.free), rules.as_words(each.premium))
    return await page(db, request, rendering, "tier.html", season_id=season_id, tier=tier, form=form, faults={})


@post(f"{HERE}/seasons/{{season_id}}/tiers/{{tier}}", policy=WRITE, limit="console", page=True)
async def change_tier(
    tx: Tx, request: Request, rendering: Rendering, season_id: UUID, tier: Number, form: OneTier
) -> Answer:
    """Change one tier, in a new version of all of them."""
    now = await _curve(tx, season_id, None)
    _tier(now, tier)
    read: dict[str, object] = {"tier": tier}
    faults: dict[str, str] = {}
    for name in ("free", "premium"):
        try:
            read[name] = rules.parts_of(getattr(form, name))
        except ValueError as wrong:
            faults[name] = str(wrong)
    plain = form.xp.strip()
    if plain.isascii() and plain.isdecimal() and len(plain) <= len("1000000000"):
        read["xp"] = int(plain)
    else:
        faults["xp"] = "A whole number from 0 on"
    if not form.reason.strip() or not form.reason.isprintable():
        faults["reason"] = "Say why, in a line of text"
    if not faults:
        try:
            made = msgspec.convert(read, Tier)
            tiers = [made if each.tier == tier else each for each in now.tiers]
            await actions.change_tiers(tx, request, season_id, tiers, form.reason.strip()[:200])
            return redirect(f"{HERE}/seasons/{season_id}?told=tiers")
        except msgspec.ValidationError:
            faults["xp"] = "A whole number up to 1 000 000 000, and at most ten rewards to a track"
        except Refusal as refusal:
            faults = {
                name.removeprefix(f"tiers.{tier}.").partition(".")[0]: said for name, said in faults_of(refusal).items()
            }
    return await page(
        tx, request, rendering, "tier.html", status=422, season_id=season_id, tier=tier, form=form, faults=faults
    )


async def _curve(db: Db, season_id: UUID, version: int | None) -> Curve:
    found = await store.pass_of(db, season_id)
    if found is None:
        raise NoBattlePass
    for each in (await actions.curves(db, [season_id]))[season_id]:
        if each.version == (version or found.curve):
            return each
    raise NoSuchCurve


def _tier(curve: Curve, tier: int) -> Tier:
    if tier >= len(curve.tiers):
        raise NoSuchCurve
    return curve.tiers[tier]
