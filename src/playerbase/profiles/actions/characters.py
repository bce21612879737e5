"""The verbs of characters: whom a player plays as. One of a player's edits comes after the other."""

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from playerbase import games
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.outbox import emit
from playerbase.profiles import rules, store
from playerbase.profiles.events import CharacterDeleted
from playerbase.profiles.model import (
    Avatar,
    Character,
    CharacterName,
    CharacterRow,
    GameSlug,
    NoSuchCharacter,
    NoSuchProfile,
    OneMustBeDefault,
    PlatformCharacterExists,
    ProfileSettings,
    TooManyCharacters,
    Traits,
    Version,
    VersionConflict,
)

_encode = msgspec.json.encode


class NewCharacter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A character to be made; without a game it is the one for the whole platform."""

    name: CharacterName
    game: GameSlug | None = None
    avatar_url: Avatar | None = None
    is_default: bool = False
    metadata: Traits = {}


class CharacterChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be different about a character: what is left out stays."""

    expected_version: Version | None = None
    name: CharacterName | UnsetType = UNSET
    avatar_url: Avatar | UnsetType | None = UNSET
    is_default: bool | UnsetType = UNSET
    metadata: Traits | UnsetType = UNSET


async def create_character(tx: Tx, player_id: UUID, new: NewCharacter) -> Character:
    """Make a character; the first one in a game is its default.

    Raises CharacterNameInvalid, TooManyCharacters, PlatformCharacterExists, and Fault for a game there is not.
    """
    await _hold(tx, player_id)
    if new.game is not None and await games.game(tx, new.game) is None:
        raise Fault("game", "unknown", "There is no such game")
    count = await store.count_characters(tx, player_id, new.game)
    if new.game is None and count:
        raise PlatformCharacterExists
    bound = (await store.settings(tx) or ProfileSettings()).characters_max
    if count >= bound:
        raise TooManyCharacters(characters_max=bound)
    now = clock.now()
    row = CharacterRow(
        ids.uuid7(), player_id, new.game, rules.character_name(new.name), new.avatar_url, 1, 0,
        new.is_default or not count, _encode(new.metadata).decode(), 1, now, now,
    )  # fmt: skip
    if row.is_default:
        await store.unset_default(tx, player_id, new.game)
    await store.add_character(tx, row)
    return rules.opened(row)


async def change_character(tx: Tx, player_id: UUID, character_id: UUID, wanted: CharacterChange) -> Character:
    """Change a character of one's own, and answer how it is now.

    Raises NoSuchCharacter, VersionConflict, OneMustBeDefault, CharacterNameInvalid.
    """
    row = await _own(tx, player_id, character_id)
    if wanted.expected_version is not None and wanted.expected_version != row.version:
        raise VersionConflict(current_version=row.version)
    if wanted.is_default is False and row.is_default:
        raise OneMustBeDefault
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    del given["expected_version"]
    if "name" in given:
        given["name"] = rules.character_name(given["name"])
    if "metadata" in given:
        given["metadata"] = _encode(given["metadata"]).decode()
    changed = replace(row, **given)
    if changed == row:
        return rules.opened(row)
    changed = replace(changed, version=row.version + 1, updated_at=clock.now())
    if changed.is_default and not row.is_default:
        await store.unset_default(tx, player_id, row.game)
    await store.save_character(tx, changed)
    return rules.opened(changed)


async def advance_character(tx: Tx, character_id: UUID, level: int, experience: int, game: str | None) -> Character:
    """Set how far a character has come: for the server of its game (or of all games); raises NoSuchCharacter."""
    row = await store.lock_character(tx, character_id)
    if row is None or (game is not None and row.game != game):
        raise NoSuchCharacter
    if (row.level, row.experience) == (level, experience):
        return rules.opened(row)
    changed = replace(row, level=level, experience=experience, version=row.version + 1, updated_at=clock.now())
    await store.save_character(tx, changed)
    return rules.opened(changed)


async def delete_character(tx: Tx, player_id: UUID, character_id: UUID) -> None:
    """Delete a character of one's own: if it was a game's default, the oldest that is left is that now.

    Raises NoSuchCharacter.
    """
    row = await _own(tx, player_id, character_id)
    heir = rules.heir(await store.siblings(tx, player_id, row.game), row)
    await store.delete_character(tx, character_id)
    if heir is not None:
        await store.save_character(tx, replace(heir, is_default=True, version=heir.version + 1, updated_at=clock.now()))
    await emit(tx, CharacterDeleted(player_id=player_id, character_id=character_id, game=row.game))


async def characters_of(db: Db, player_id: UUID, game: str | None, after: UUID | None, count: int) -> list[Character]:
    """A player's characters, oldest first: of one game, or all."""
    rows = await store.characters_of(db, player_id, game, after or UUID(int=0), count)
    return [rules.opened(row) for row in rows]


async def character(db: Db, character_id: UUID) -> Character:
    """One character, whoever asks; raises NoSuchCharacter."""
    row = await store.character(db, character_id)
    if row is None:
        raise NoSuchCharacter
    return rules.opened(row)


async def hold_character(tx: Tx, player_id: UUID, character_id: UUID) -> Character:
    """A character of this player that stays to the end of the transaction; raises NoSuchCharacter."""
    row = await store.share_character(tx, character_id)
    if row is None or row.player_id != player_id:
        raise NoSuchCharacter
    return rules.opened(row)


async def _hold(tx: Tx, player_id: UUID) -> None:
    if await store.lock_profile(tx, player_id) is None:
        raise NoSuchProfile


async def _own(tx: Tx, player_id: UUID, character_id: UUID) -> CharacterRow:
    await _hold(tx, player_id)
    row = await store.lock_character(tx, character_id)
    if row is None or row.player_id != player_id:
        raise NoSuchCharacter
    return row
