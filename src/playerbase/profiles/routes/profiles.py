"""Profiles and characters over HTTP."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Pool, Tx, reading
from playerbase.kit.errors import Invalid
from playerbase.kit.http import (
    PLAYER,
    Answer,
    Caller,
    Cursors,
    Listing,
    Request,
    delete,
    get,
    post,
    put,
    server,
    staff,
)
from playerbase.profiles import actions, rules
from playerbase.profiles.actions import Change, CharacterChange, NewCharacter, Profiles
from playerbase.profiles.model import (
    Character,
    FoundPlayer,
    GameSlug,
    NameChanges,
    NoSuchCharacter,
    NoSuchProfile,
    Profile,
    ProfileSettings,
    PublicProfile,
)

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=1000)]
Query = Annotated[str, msgspec.Meta(max_length=50)]
VERSION_DIGITS_MAX = 10


class IfMatchInvalid(Invalid):
    """If-Match holds the ETag of the profile that was read, such as "3"."""

    status = 400


@get("/profiles/me", policy=PLAYER, limit="game")
@get("/player/profile", policy=PLAYER, limit="game")
async def my_profile(caller: Caller, profiles: Profiles) -> Profile:
    """How I appear, as I see it myself."""
    assert caller.player_id is not None
    profile = await profiles.get(caller.player_id)
    if profile is None:
        raise NoSuchProfile
    return profile


@put("/profiles/me", policy=PLAYER)
@put("/player/profile", policy=PLAYER)
async def change_profile(tx: Tx, caller: Caller, request: Request, body: Change) -> Profile | Answer:
    """Change my profile: what is left out stays. With ``expected_version`` or If-Match only if nobody was faster."""
    assert caller.player_id is not None
    given = request.header("if-match")
    if given is not None and given.strip() != "*":
        body = msgspec.structs.replace(body, expected_version=_version(given))
    profile = await actions.change(tx, caller.player_id, body)
    return Answer(msgspec.json.encode(profile), headers=[_etag(profile)])


@get("/profiles/me/name-changes", policy=PLAYER)
async def my_name_changes(db: Db, caller: Caller) -> NameChanges:
    """From when on I may change my name for nothing (null is at once), and how many more changes I hold."""
    assert caller.player_id is not None
    return await actions.name_changes(db, caller.player_id)


@get("/admin/profiles/settings", policy=staff("operations.read"), limit="console")
async def read_profile_settings(db: Db) -> ProfileSettings:
    """The pause between two free changes of name, how many characters one has in a game, and the curve of levels."""
    return await actions.settings(db)


@put("/admin/profiles/settings", policy=staff("operations.write"), limit="console")
async def set_profile_settings(tx: Tx, request: Request, body: ProfileSettings) -> ProfileSettings:
    """Decide on the pause between changes of name (0 is none), on characters, and the curve: all levels follow it."""
    return await actions.decide(tx, request, body)


@get("/profiles/{player_id}", policy=PLAYER | server("profiles:read") | staff("players.read"), limit="game")
async def profile_of(caller: Caller, profiles: Profiles, player_id: UUID) -> PublicProfile:
    """How a player appears to others; who keeps to themselves is not there, but for themselves, servers and staff."""
    profile = await profiles.get(player_id)
    is_trusted = caller.player_id == player_id or caller.kind == "server" or "players.read" in caller.permissions
    if profile is None or not (profile.is_public or is_trusted):
        raise NoSuchProfile
    return rules.public(profile)


@get("/admin/players", policy=staff("players.read"), limit="console")
async def list_players(
    db: Db, caller: Caller, cursors: Cursors, q: Query = "", limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[FoundPlayer]:
    """Players whose name begins so, by name."""
    scope = f"players {caller.subject} {q}"
    after = cursors.read(cursor, tuple[str, UUID], scope=scope) if cursor else None
    found = await actions.search(db, q, after, limit + 1)
    return Listing(
        found[:limit], cursors.make(actions.place_of(found[limit - 1]), scope=scope) if found[limit:] else None
    )


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a character has come."""

    level: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    experience: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


@get("/profiles/me/characters", policy=PLAYER, limit="game")
async def my_characters(
    db: Db, caller: Caller, cursors: Cursors, game: GameSlug | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[Character]:  # fmt: skip
    """Whom I play as, oldest first: in one game, or all."""
    assert caller.player_id is not None
    scope = f"characters {caller.subject} {game}"
    (after,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (None,)
    found = await actions.characters_of(db, caller.player_id, game, after, limit + 1)
    more = cursors.make((found[limit - 1].character_id,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@post("/profiles/me/characters", policy=PLAYER, status=201)
async def create_character(tx: Tx, caller: Caller, body: NewCharacter) -> Character:
    """Make a character in a game, or the one for the whole platform; the first one in a game is its default."""
    assert caller.player_id is not None
    return await actions.create_character(tx, caller.player_id, body)


@put("/profiles/me/characters/{character_id}", policy=PLAYER)
async def change_character(tx: Tx, caller: Caller, character_id: UUID, body: CharacterChange) -> Character:
    """Change a character of mine: what is left out stays. To play as another one by default, say so of that one."""
    assert caller.player_id is not None
    return await actions.change_character(tx, caller.player_id, character_id, body)


@delete("/profiles/me/characters/{character_id}", policy=PLAYER)
async def delete_character(tx: Tx, caller: Caller, character_id: UUID) -> None:
    """Delete a character of mine, and what it wears comes off; if it was a game's default, the oldest left is now."""
    assert caller.player_id is not None
    await actions.delete_character(tx, caller.player_id, character_id)


@get("/character/{character_id}", policy=PLAYER | server("profiles:read") | staff("players.read"), limit="game")
async def read_character(pool: Pool, caller: Caller, profiles: Profiles, character_id: UUID) -> Character:
    """One character; who keeps to themselves is not there, but for themselves, servers and staff."""
    async with reading(pool) as db:
        found = await actions.character(db, character_id)
    profile = await profiles.get(found.player_id)
    is_trusted = caller.player_id == found.player_id or caller.kind == "server" or "players.read" in caller.permissions
    if not is_trusted and (profile is None or not profile.is_public):
        raise NoSuchCharacter
    return found


@put("/character/{character_id}/progress", policy=server("profiles:write"), limit="game")
async def advance_character(tx: Tx, caller: Caller, character_id: UUID, body: Advance) -> Character:
    """Set the level and experience of a character of your game: what players do not say of themselves."""
    return await actions.advance_character(tx, character_id, body.level, body.experience, caller.game)


def _version(etag: str) -> int:
    text = etag.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS_MAX):
        raise IfMatchInvalid
    return int(text)


def _etag(profile: Profile) -> tuple[bytes, bytes]:
    return (b"etag", f'"{profile.version}"'.encode())
