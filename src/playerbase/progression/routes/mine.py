"""What players save and load."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit import tracing
from playerbase.kit.db import Db, Kept, Key, Pool, reading
from playerbase.kit.errors import Invalid
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Listing, Request, get, post, put
from playerbase.progression import actions
from playerbase.progression.actions import Saves
from playerbase.progression.model import (
    Device,
    GameSlug,
    NotAnObject,
    NothingSent,
    Save,
    Saved,
    SaveKind,
    SeenVersionMissing,
    Slot,
    SlotSeen,
    Spot,
    Tree,
    Version,
    VersionsDiffer,
    VersionSeen,
    Wish,
)

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
# Names and values are the game's own; its size is bounded by what the game declares.
Content = Annotated[
    msgspec.Raw, msgspec.Meta(extra_json_schema={"type": "object", "examples": [{"level": 7, "stats": {"gold": 120}}]})
]
DEFAULT = "default"
NOTHING = msgspec.Raw(b"")
VERSION_DIGITS_MAX = 10


class Saving(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to save, and the version that was seen (0 for none; If-Match says the same)."""

    game: GameSlug
    data: Content
    slot: Slot = DEFAULT
    expected_version: Version | None = None
    device: Device = ""


class Restoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which version to restore, as a new one; ``expected_version`` is the current one as it was seen."""

    game: GameSlug
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 2)]
    slot: Slot = DEFAULT
    expected_version: Version | None = None
    device: Device = ""


class Resolving(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How to settle two sides of a slot.

    ``keep_mine`` takes data, and as expected_version the one that is given up; ``merge`` takes data, and as
    base_version the one it began with; ``keep_theirs`` takes neither.
    """

    game: GameSlug
    strategy: Literal["keep_mine", "keep_theirs", "merge"]
    slot: Slot = DEFAULT
    data: Content = msgspec.field(default_factory=lambda: NOTHING)
    base_version: Version | None = None
    expected_version: Version | None = None
    device: Device = ""


class SaveTagInvalid(Invalid):
    """If-Match holds the ETag of the save that was read, such as "3"."""

    status = 400


class OriginMissing(Invalid):
    """To merge, say which version your data began with, 0 for none: as base_version."""

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "base_version", "code": "missing", "message": self.title()}])


@get("/player/progression", policy=PLAYER, limit="game")
async def load_progress(db: Db, caller: Caller, game: GameSlug, slot: Slot = DEFAULT) -> Save | Answer:
    """What I saved last in this slot; its version is the ETag."""
    return tagged(await actions.load(db, own(caller, game, slot)))


@put("/player/progression", policy=PLAYER, limit="game")
async def save_progress(caller: Caller, request: Request, saves: Saves, body: Saving) -> Saved | Answer:
    """Save as the next version, if nobody was faster; sent again, it is answered as before and saved once.

    If somebody was (409 ``version_conflict``), the answer holds both sides, where they differ, and the ways to resolve.
    """
    expected = expected_version(request, body.expected_version)
    return tagged(await saves.put(saving(caller, own(caller, body.game, body.slot), "save", expected, body)))


@get("/player/progression/slots", policy=PLAYER, limit="game")
async def list_slots(
    db: Db, caller: Caller, cursors: Cursors, game: GameSlug | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[SlotSeen]:  # fmt: skip
    """My slots by game and name, without what is in them: of one game, or of all."""
    assert caller.player_id is not None
    return await slots_page(db, caller, cursors, caller.player_id, game, limit, cursor)


@get("/player/progression/history", policy=PLAYER, limit="game")
async def list_versions(
    db: Db, caller: Caller, cursors: Cursors, game: GameSlug, slot: Slot = DEFAULT, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[VersionSeen]:  # fmt: skip
    """The versions of a slot that are kept, latest first."""
    return await history_page(db, caller, cursors, own(caller, game, slot), limit, cursor)


@get("/player/progression/history/{version}", policy=PLAYER, limit="game")
async def load_version(
    db: Db, caller: Caller, version: Version, game: GameSlug, slot: Slot = DEFAULT
) -> Save | Answer:  # fmt: skip
    """What was in this slot at a version."""
    return tagged(await actions.load_version(db, own(caller, game, slot), version))


@post("/player/progression/restore", policy=PLAYER, limit="game")
async def restore_progress(
    caller: Caller, request: Request, saves: Saves, key: Key | None, body: Restoring
) -> Saved | Kept:
    """Let a slot hold again what it held at a version, as its next one: what is there now stays in the history."""
    expected = expected_version(request, body.expected_version)
    spot = own(caller, body.game, body.slot)
    return await put_in(saves, restoring(caller, spot, expected, body.version, body.device), key)


@post("/player/progression/resolve", policy=PLAYER, limit="game")
async def resolve_progress(
    pool: Pool, caller: Caller, request: Request, saves: Saves, key: Key | None, body: Resolving
) -> Saved | Kept:
    """Settle what two devices saved: keep mine, keep theirs, or merge both by the rules of the game.

    Whatever is given up stays in the history. Fields that both changed and no rule settles are named (409
    ``cannot_merge``); decide on those, and save what you decided.
    """
    return await resolved(pool, caller, request, saves, key, own(caller, body.game, body.slot), body)


async def resolved(
    pool: Pool, caller: Caller, request: Request, saves: Saves, key: Key | None, spot: Spot, body: Resolving
) -> Saved | Kept:
    """What comes of a strategy."""
    if body.strategy == "keep_theirs":
        async with reading(pool) as db:
            there = await actions.load(db, spot)
        return Saved(there.game, there.slot, there.version, there.saved_at, there.kind, [], there.data)
    if body.strategy == "merge":
        if body.base_version is None:
            raise OriginMissing
        return await put_in(saves, saving(caller, spot, "merge", body.base_version, body), key)
    expected = expected_version(request, body.expected_version)
    return await put_in(saves, saving(caller, spot, "save", expected, body), key)


async def slots_page(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID, game: str | None, limit: int, cursor: str | None
) -> Listing[SlotSeen]:
    """A page of somebody's slots."""
    scope = f"saves {player_id} {game} {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else ("", "")
    found = await actions.slots(db, player_id, game, after, limit + 1)
    more = cursors.make((found[limit - 1].game, found[limit - 1].slot), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


async def history_page(
    db: Db, caller: Caller, cursors: Cursors, spot: Spot, limit: int, cursor: str | None
) -> Listing[VersionSeen]:
    """A page of the history of a slot."""
    scope = f"history {spot} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (actions.NEWEST,)
    found = await actions.history(db, spot, before, limit + 1)
    return Listing(found[:limit], cursors.make((found[limit - 1].version,), scope=scope) if found[limit:] else None)


async def put_in(saves: Saves, wanted: Wish, key: Key | None) -> Saved | Kept:
    """Have it done with whatever else is wanted now, under its key if it has one."""
    return await (saves.put(wanted) if key is None else saves.put_once(wanted, key))


def own(caller: Caller, game: str, slot: str) -> Spot:
    """A slot of the caller's own."""
    assert caller.player_id is not None
    return Spot(caller.player_id, game, slot)


def saving(caller: Caller, spot: Spot, kind: SaveKind, base: int, body: Saving | Resolving) -> Wish:
    """The wish to save or merge what somebody sent."""
    return actions.wish(
        spot, kind, base, by=author(caller), sender=sender(caller, body.device), data=_tree(body.data),
        device=body.device, traceparent=tracing.current(),
    )  # fmt: skip


def _tree(data: msgspec.Raw) -> Tree:
    """What was sent, as an object; raises NothingSent, NotAnObject."""
    if not bytes(data):
        raise NothingSent
    tree = msgspec.json.decode(data)
    if not isinstance(tree, dict):
        raise NotAnObject
    return tree


def restoring(
    caller: Caller, spot: Spot, expected: int, version: int, device: str = "", *, is_staff: bool = False
) -> Wish:
    """The wish to restore a version."""
    return actions.wish(
        spot, "restore", expected, by=author(caller, is_staff=is_staff), sender=sender(caller, device),
        of_version=version, device=device, is_staff=is_staff, traceparent=tracing.current(),
    )  # fmt: skip


def author(caller: Caller, *, is_staff: bool = False) -> str:
    """Who saved, as the history says it."""
    if caller.kind == "server":
        return f"server:{caller.key_id}"
    return f"staff:{caller.player_id}" if is_staff else "player"


def sender(caller: Caller, device: str) -> str:
    """What tells one sender from another: a session stays the same as long as somebody is signed in."""
    return f"{caller.session_id or caller.key_id or caller.subject} {device}"


def expected_version(request: Request, named: int | None) -> int:
    """The version a caller says they saw; raises SeenVersionMissing, VersionsDiffer, SaveTagInvalid."""
    given = request.header("if-match")
    if given is None:
        if named is None:
            raise SeenVersionMissing
        return named
    text = given.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS_MAX):
        raise SaveTagInvalid
    if named is not None and named != int(text):
        raise VersionsDiffer
    return int(text)


def tagged(answered: Save | Saved) -> Answer:
    """The answer with its version as ETag."""
    return Answer(msgspec.json.encode(answered), headers=[(b"etag", f'"{answered.version}"'.encode())])
