"""What operators decide: a season's pass, its tiers version by version, what matches give, and challenges."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import msgspec

from playerbase import catalog, games, ledger, rewards, seasons
from playerbase.battlepass import rules, store
from playerbase.battlepass.actions.granting import Reason, Slug
from playerbase.battlepass.actions.knowing import curves
from playerbase.battlepass.actions.noting import By, name_of, note
from playerbase.battlepass.events import PassChanged
from playerbase.battlepass.model import (
    PARTS_MAX,
    TIERS_MAX,
    AssetCode,
    Challenge,
    ChallengeExists,
    Curve,
    CurveRow,
    ItemCode,
    ItemOfAnotherPass,
    Measure,
    NoBattlePass,
    NoSuchChallenge,
    Pass,
    PassExists,
    Period,
    Rates,
    Refunds,
    Source,
    Tier,
    TiersFaulty,
    TooManyChallenges,
    Track,
    VersionConflict,
)
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault, Faults
from playerbase.kit.outbox import emit

CHALLENGES_MAX = 50  # Of one game: all of them are looked at for each match.
CHECKED_AT_ONCE = 5  # Parts of rewards; fewer than one reward may hold.
FAULTS_MAX = 200

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Theme = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Points = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Tiers = Annotated[list[Tier], msgspec.Meta(min_length=1, max_length=TIERS_MAX + 1)]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]


class PassTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator wants of a pass. Each number has its reason in the guide of the battle pass."""

    name: Name
    theme: Theme = ""
    premium_item: ItemCode | None = None
    excess_xp: Points = 200
    excess_asset: AssetCode = "coins"
    excess_amount: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1
    grace_days: Days = 14
    refunds: Refunds = Refunds.TAKE_BACK
    catch_up_days: Days = 0
    daily_cap: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class NewPass(PassTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pass for a season; without tiers it has the usual hundred, a thousand points each, and no rewards."""

    season_id: UUID
    tiers: Tiers | None = None


class PassChange(PassTerms, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a pass is to be, and which version of it was read."""

    expected_version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    reason: Reason


class TiersChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other tiers, from 0 on without a gap, and why."""

    tiers: Tiers
    reason: Reason


class RatesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a match gives: points, but for seconds, which count in tenths; kept between the least and the most."""

    win: Points
    draw: Points
    loss: Points
    kill: Points
    streak: Points
    second_tenths: Points
    least: Points
    most: Points
    reason: Reason


class ChallengeDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of something in a period gives so much experience; ``mode`` narrows it to one mode of the game."""

    name: Name
    measure: Measure
    goal: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    period: Period
    xp: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    source: Literal["season_challenge", "daily_bonus"] = "season_challenge"
    mode: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")] | None = None
    is_on: bool = True


class NewChallenge(ChallengeDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A challenge for a game, under a code that never changes."""

    game: Slug
    code: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,47}$", examples=["three_wins"])]


class ChallengeChange(ChallengeDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a challenge is to be, and which version of it was read."""

    expected_version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


async def create_pass(tx: Tx, by: By, asked: NewPass) -> Pass:
    """Give a season its pass. Raises NoSuchSeason, SeasonOver, PassExists, ItemOfAnotherPass, TiersFaulty."""
    season = await _open_season(tx, asked.season_id)
    await _check_terms(tx, season, asked)
    tiers = asked.tiers or list(rules.usual())
    await check_tiers(tx, tiers)
    now = clock.now()
    made = Pass(
        season_id=season.season_id,
        game=season.game,
        curve=1,
        version=1,
        created_at=now,
        updated_at=now,
        **_terms(asked),
    )
    if await store.add_pass(tx, made) is None:
        if await store.pass_of(tx, season.season_id) is not None:
            raise PassExists
        raise ItemOfAnotherPass
    await _add_curve(tx, by, made, tiers, now, "The first version")
    await emit(tx, PassChanged(season_id=made.season_id, game=made.game, curve=1, version=1))
    await _note(tx, by, "battle_pass_created", made.season_id, after=_terms(asked))
    return made


async def change_pass(tx: Tx, by: By, season_id: UUID, asked: PassChange) -> Pass:
    """Make another pass of it. Raises NoBattlePass, VersionConflict, SeasonOver, ItemOfAnotherPass."""
    was = await _locked(tx, season_id)
    if was.version != asked.expected_version:
        raise VersionConflict(current_version=was.version)
    season = await _open_season(tx, season_id)
    terms, before = _terms(asked), _terms_of(was)
    if terms == before:
        return was
    await _check_terms(tx, season, asked, own=season_id)
    made = msgspec.structs.replace(was, version=was.version + 1, updated_at=clock.now(), **terms)
    await store.save_pass(tx, made)
    await emit(tx, PassChanged(season_id=season_id, game=made.game, curve=made.curve, version=made.version))
    await _note(tx, by, "battle_pass_changed", season_id, before=before, after=terms, reason=asked.reason)
    return made


async def change_tiers(tx: Tx, by: By, season_id: UUID, tiers: Sequence[Tier], reason: str) -> Pass:
    """Make a new version of the tiers, unless they are what they were; who began keeps theirs if it was better.

    Raises NoBattlePass, SeasonOver, TiersFaulty.
    """
    was = await _locked(tx, season_id)
    await _open_season(tx, season_id)
    await check_tiers(tx, tiers)
    versions = (await curves(tx, [season_id]))[season_id]
    if versions[-1].tiers == tuple(tiers):
        return was
    now = clock.now()
    made = msgspec.structs.replace(was, curve=versions[-1].version + 1, version=was.version + 1, updated_at=now)
    await _add_curve(tx, by, made, tiers, now, reason)
    await store.save_pass(tx, made)
    await emit(tx, PassChanged(season_id=season_id, game=made.game, curve=made.curve, version=made.version))
    after = {"curve": made.curve, "tiers": len(tiers), "is_never_worse": _is_never_worse(versions, tiers)}
    await _note(tx, by, "battle_pass_tiers_changed", season_id, before={"curve": was.curve}, after=after,
                reason=reason)  # fmt: skip
    return made


async def check_tiers(db: Db, tiers: Sequence[Tier], lines: Sequence[int] | None = None) -> None:
    """Nothing, if these can be a season's tiers; raises TiersFaulty with every fault, each with its line if known."""
    found = [(each.place, each.field, each.code, each.message) for each in rules.faults(tiers)]
    if not found:
        found = await _reward_faults(db, tiers)
    if found:
        raise TiersFaulty(
            errors=[
                {"field": f"tiers.{place}.{field}" if field != "tiers" else field, "code": code, "message": message}
                | ({"line": lines[min(place, len(lines) - 1)]} if lines else {})
                for place, field, code, message in found[:FAULTS_MAX]
            ]
        )


async def change_rates(tx: Tx, by: By, game: str, asked: RatesChange) -> Rates:
    """Decide what matches of a game give from now on. Raises NoSuchGame."""
    if await games.game(tx, game) is None:
        raise games.NoSuchGame(game=game)
    given = msgspec.structs.asdict(asked)
    reason = given.pop("reason")
    if asked.least > asked.most:
        raise Fault("least", "too_large", "The least is not above the most")
    made = Rates(**given)
    await store.put_rates(tx, game, made)
    await note(tx, by, "experience_rates_changed", "game", game, after=given, reason=reason)
    return made


async def create_challenge(tx: Tx, by: By, asked: NewChallenge) -> Challenge:
    """Add a challenge to a game. Raises NoSuchGame, ChallengeExists, TooManyChallenges."""
    if await games.game(tx, asked.game) is None:
        raise games.NoSuchGame(game=asked.game)
    await store.lock_challenges(tx, asked.game)
    present = await store.challenges_of(tx, [asked.game])
    if any(each.code == asked.code for each in present):
        raise ChallengeExists
    if len(present) >= CHALLENGES_MAX:
        raise TooManyChallenges(limit=CHALLENGES_MAX)
    given = msgspec.structs.asdict(asked)
    given["source"] = Source(asked.source)
    made = Challenge(challenge_id=ids.uuid7(), version=1, updated_at=clock.now(), **given)
    await store.put_challenge(tx, made)
    await note(tx, by, "challenge_created", "challenge", made.challenge_id, after=msgspec.to_builtins(asked))
    return made


async def change_challenge(tx: Tx, by: By, challenge_id: UUID, asked: ChallengeChange) -> Challenge:
    """Make another challenge of it; what was counted stays counted. Raises NoSuchChallenge, VersionConflict."""
    found = await store.challenges_by_id(tx, [challenge_id])
    if not found:
        raise NoSuchChallenge
    await store.lock_challenges(tx, found[0].game)
    (was,) = await store.challenges_by_id(tx, [challenge_id])
    if was.version != asked.expected_version:
        raise VersionConflict(current_version=was.version)
    given = msgspec.structs.asdict(asked)
    del given["expected_version"]
    given["source"] = Source(asked.source)
    made = msgspec.structs.replace(was, version=was.version + 1, updated_at=clock.now(), **given)
    await store.put_challenge(tx, made)
    await note(
        tx,
        by,
        "challenge_changed",
        "challenge",
        challenge_id,
        before=msgspec.to_builtins(was),
        after=msgspec.to_builtins(made),
    )
    return made


async def _open_season(tx: Tx, season_id: UUID) -> seasons.Season:
    held = await seasons.hold(tx, [season_id])
    if season_id not in held:
        raise seasons.NoSuchSeason
    if held[season_id].is_fenced:
        raise seasons.SeasonOver
    return held[season_id]


async def _locked(tx: Tx, season_id: UUID) -> Pass:
    found = await store.lock_pass(tx, season_id)
    if found is None:
        raise NoBattlePass
    return found


async def _check_terms(tx: Tx, season: seasons.Season, asked: PassTerms, own: UUID | None = None) -> None:
    if asked.excess_asset not in await ledger.assets(tx):
        raise Fault("excess_asset", "unknown", "There is no such asset")
    if asked.premium_item is None:
        return
    item = (await catalog.items_by_code(tx, [asked.premium_item])).get(asked.premium_item)
    if item is None:
        raise Fault("premium_item", "unknown", "There is no such item")
    if item.type is not catalog.ItemType.DURABLE or item.is_stackable or item.delivery is not catalog.Delivery.IN_GAME:
        raise Fault("premium_item", "not_durable", "Premium is a durable item that is had in the game, and not stacked")
    if item.game not in {None, season.game}:
        raise Fault("premium_item", "other_game", "This item belongs to another game")
    for each in await store.passes_with_item(tx, [asked.premium_item]):
        if each.season_id != own:
            raise ItemOfAnotherPass(season_id=each.season_id)


async def _add_curve(tx: Tx, by: By, made: Pass, tiers: Sequence[Tier], now: datetime, reason: str) -> None:
    text = msgspec.json.encode(list(tiers)).decode()
    row = CurveRow(made.season_id, made.curve, text, now, name_of(by), reason)
    await store.add_curve(tx, row, [each.xp for each in tiers])


async def _reward_faults(db: Db, tiers: Sequence[Tier]) -> list[tuple[int, str, str, str]]:
    """What of these rewards cannot be given, each different part asked for once."""
    where: dict[rewards.Part, tuple[int, str]] = {}
    for place, tier in enumerate(tiers):
        for track in (Track.FREE, Track.PREMIUM):
            assert len(tier.on(track)) <= PARTS_MAX
            for at, part in enumerate(tier.on(track)):
                where.setdefault(rewards.Part(**msgspec.structs.asdict(part)), (place, f"{track}.{at}"))
    parts, found = list(where), []
    for begin in range(0, len(parts), CHECKED_AT_ONCE):
        some = parts[begin : begin + CHECKED_AT_ONCE]
        try:
            await rewards.check(db, some)
        except Faults as refusal:
            for fault in cast("list[dict[str, str]]", refusal.members["errors"]):
                _, _, rest = fault["field"].partition(".")
                number, _, name = rest.partition(".")
                place, field = where[some[int(number or 0)]]
                found.append((place, f"{field}.{name}" if name else field, fault["code"], fault["message"]))
    return found


def _is_never_worse(versions: Sequence[Curve], tiers: Sequence[Tier]) -> bool:
    """Whether everybody who began with the version before goes over to this one."""
    return rules.never_worse(Curve(versions[-1].season_id, versions[-1].version + 1, tuple(tiers)), versions[-1])


def _terms(asked: PassTerms) -> dict[str, Any]:
    return {field: getattr(asked, field) for field in PassTerms.__struct_fields__}


def _terms_of(found: Pass) -> dict[str, Any]:
    return {field: getattr(found, field) for field in PassTerms.__struct_fields__}


async def _note(tx: Tx, by: By, action: str, season_id: UUID, **more: Any) -> None:
    await note(tx, by, action, "season", season_id, **more)
