"""The verbs of profiles, and their read lanes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from playerbase import files
from playerbase.kit import clock
from playerbase.kit.db import Db, Reading, Tx
from playerbase.kit.jobs import NoArgs, enqueue
from playerbase.profiles import rules, store
from playerbase.profiles.actions.levels import reckon_levels
from playerbase.profiles.actions.titles import check_earned
from playerbase.profiles.model import (
    Bio,
    Colour,
    Country,
    FoundPlayer,
    HeldChanges,
    Name,
    NameChangedLately,
    NameChanges,
    NamesFree,
    Newcomer,
    NoSuchProfile,
    Profile,
    ProfileSettings,
    SocialLinks,
    Theme,
    Title,
    Version,
    VersionConflict,
)

LAST_CHARACTER = "\U0010ffff"


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different: fields left out stay as they are, null takes an optional one away."""

    expected_version: Version | None = None
    display_name: Name | UnsetType = UNSET
    bio: Bio | UnsetType = UNSET
    country: Country | UnsetType | None = UNSET
    title: Title | UnsetType = UNSET
    colour: Colour | UnsetType | None = UNSET
    theme: Theme | UnsetType = UNSET
    social_links: SocialLinks | UnsetType = UNSET
    is_public: bool | UnsetType = UNSET
    accept_friend_requests: bool | UnsetType = UNSET
    allow_messages: bool | UnsetType = UNSET


class Profiles(Reading[UUID, Profile]):
    """Profiles by player; those that wait at one moment are read in one statement."""

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, Profile]:
        """The profiles of these players."""
        return {row.player_id: rules.whole(row, files.address) for row in await store.profiles(db, wanted)}


class Names(Reading[UUID, str]):
    """Display names by player."""

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, str]:
        """The names of these players."""
        return await names(db, wanted)


async def create(tx: Tx, player_id: UUID, display_name: str, country: str | None = None) -> None:
    """Give a new player a profile; raises DisplayNameInvalid."""
    await create_all(tx, [Newcomer(player_id, rules.display_name(display_name), country)])


async def create_all(tx: Tx, newcomers: Sequence[Newcomer]) -> None:
    """Give each of these new players a profile; their names were checked by ``check_name``."""
    await store.add(tx, list(newcomers), [rules.search_key(each.display_name) for each in newcomers], clock.now())


async def change(tx: Tx, player_id: UUID, wanted: Change) -> Profile:
    """Change what a player says of themselves, and return how they appear now.

    A name that was changed lately takes one of the changes that were given. Raises NoSuchProfile, VersionConflict,
    DisplayNameInvalid, LinkInvalid, TitleNotEarned, NameChangedLately.
    """
    row = await store.lock_profile(tx, player_id)
    if row is None:
        raise NoSuchProfile
    if wanted.expected_version is not None and wanted.expected_version != row.version:
        raise VersionConflict(current_version=row.version)
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET}
    del given["expected_version"]
    if "display_name" in given:
        given["display_name"] = rules.display_name(given["display_name"])
        if given["display_name"] != row.display_name:
            await _take_name_change(tx, player_id)
    if "title" in given and given["title"] not in {row.title, rules.FIRST_TITLE}:
        await check_earned(tx, player_id, given["title"])
    if "social_links" in given:
        links: SocialLinks = given.pop("social_links")
        rules.check_links(links)
        given |= msgspec.structs.asdict(links)
    changed = msgspec.structs.replace(row, **given)
    if changed == row:
        return rules.whole(row, files.address)
    changed = msgspec.structs.replace(changed, version=row.version + 1, updated_at=clock.now())
    await store.save(tx, changed, rules.search_key(changed.display_name))
    return rules.whole(changed, files.address)


async def names(db: Db, player_ids: list[UUID]) -> dict[UUID, str]:
    """The display names of those of these players who exist."""
    return {named.player_id: named.display_name for named in await store.names(db, player_ids)}


async def search(db: Db, q: str, after: tuple[str, UUID] | None, count: int) -> list[FoundPlayer]:
    """Players whose name begins so, whatever the case, by name; ``after`` is the place of the last one seen.

    Every player, if nothing is searched for. The place of an entry is ``place_of`` it.
    """
    lowest = rules.search_key(q)
    after_key, after_id = after or (None, None)
    return await store.search(db, lowest, lowest + LAST_CHARACTER, after_key, after_id, count)


def place_of(entry: FoundPlayer) -> tuple[str, UUID]:
    """Where an entry stands in the order of names."""
    return rules.search_key(entry.display_name), entry.player_id


def check_name(text: str) -> str:
    """The name as it would be kept; raises DisplayNameInvalid."""
    return rules.display_name(text)


async def settings(db: Db) -> ProfileSettings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or ProfileSettings()


async def set_settings(tx: Tx, wanted: ProfileSettings, changed_by: str) -> ProfileSettings:
    """Decide; it holds from the next change on. Returns what held before."""
    before = await settings(tx)
    await store.put_settings(tx, wanted, changed_by, clock.now())
    if wanted.level_xp != before.level_xp:
        await enqueue(tx, reckon_levels, NoArgs())
    return before


async def grant_name_changes(tx: Tx, player_id: UUID, count: int = 1) -> None:
    """Give a player so many changes of name beyond the free ones; raises NamesFree where all of them are."""
    if not (await settings(tx)).name_change_days:
        raise NamesFree
    await store.grant_name_changes(tx, player_id, count)


async def name_changes(db: Db, player_id: UUID) -> NameChanges:
    """From when on a change costs a player nothing, None for at once; and how many they hold."""
    held = await store.name_changes(db, player_id) or HeldChanges(None, 0)
    pause = timedelta(days=(await settings(db)).name_change_days)
    free_at = held.changed_at + pause if held.changed_at is not None else None
    return NameChanges(free_at if free_at is not None and free_at > clock.now() else None, held.granted)


async def _take_name_change(tx: Tx, player_id: UUID) -> None:
    now = clock.now()
    pause = timedelta(days=(await settings(tx)).name_change_days)
    if not await store.take_name_change(tx, player_id, now - pause, now):
        changes = await name_changes(tx, player_id)
        raise NameChangedLately(free_at=clock.rfc3339(changes.free_at or now))
