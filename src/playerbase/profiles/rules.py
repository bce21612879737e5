"""What a name and a link must be, and who sees what."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from math import isqrt
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from playerbase.profiles.model import (
    NAME_CHARACTERS_MAX,
    NAME_CHARACTERS_MIN,
    Character,
    CharacterNameInvalid,
    CharacterRow,
    DisplayNameInvalid,
    Level,
    LinkInvalid,
    Profile,
    PublicProfile,
    Row,
    SocialLinks,
)

# What the addresses in a profile lead to; other widths stand at the same addresses with another end.
AVATAR_WIDTH, BANNER_WIDTH = 256, 1920
FIRST_TITLE = "Rookie"  # Everybody begins with it, and may go back to it.
XP_MAX = 2**53 - 1  # The largest whole number that every client of JSON reads exactly.
# Looked at as text and never fetched. Both ways of writing each host.
HOSTS: Mapping[str, frozenset[str]] = {
    "twitch": frozenset({"twitch.tv", "www.twitch.tv"}),
    "youtube": frozenset({"youtube.com", "www.youtube.com", "youtu.be"}),
    "twitter": frozenset({"twitter.com", "www.twitter.com", "x.com", "www.x.com"}),
}


def display_name(text: str) -> str:
    """The name as it is kept: composed (NFC), printable, without space around it; raises DisplayNameInvalid."""
    name = unicodedata.normalize("NFC", text)
    is_whole = name == name.strip() and name.isprintable()
    if not is_whole or not NAME_CHARACTERS_MIN <= len(name) <= NAME_CHARACTERS_MAX:
        raise DisplayNameInvalid
    return name


def search_key(name: str) -> str:
    """The spelling a name is found by: without case, width or ligature."""
    return unicodedata.normalize("NFKC", name).casefold()


def check_links(links: SocialLinks) -> None:
    """Raises LinkInvalid unless each link is an https address of its network."""
    for network, hosts in HOSTS.items():
        link = getattr(links, network)
        if link is not None and not _is_at(link, hosts):
            raise LinkInvalid(network)


def level_of(total_xp: int, level_xp: int) -> int:
    """The level that so much experience makes: level n begins at n² times ``level_xp``, and everybody has the first."""
    return max(1, isqrt(total_xp // level_xp))


def gained(held: Level, amount: int, level_xp: int) -> Level:
    """How a player stands with so much more experience, or less, by this curve; never below nothing."""
    total_xp = min(max(held.total_xp + amount, 0), XP_MAX)
    level = level_of(total_xp, level_xp)
    return Level(held.player_id, total_xp, level, level_xp, max(held.level_reached, level))


def whole(row: Row, address: Callable[[UUID, int], str]) -> Profile:
    """A row as its owner sees it; ``address`` says where a picture is shown in a width."""
    avatar = address(row.avatar_file, AVATAR_WIDTH) if row.avatar_file is not None else None
    banner = address(row.banner_file, BANNER_WIDTH) if row.banner_file is not None else None
    return Profile(
        row.player_id, row.display_name, row.bio, row.country, row.title, avatar, banner, row.colour, row.theme,
        SocialLinks(row.twitch, row.youtube, row.twitter), row.level, row.total_xp, row.is_public,
        row.accept_friend_requests, row.allow_messages, row.version, row.created_at, row.updated_at,
    )  # fmt: skip


def public(profile: Profile) -> PublicProfile:
    """What others see of a profile that is public."""
    return PublicProfile(
        profile.player_id, profile.display_name, profile.bio, profile.country, profile.title, profile.avatar_url,
        profile.banner_url, profile.colour, profile.theme, profile.social_links, profile.level,
        profile.accept_friend_requests, profile.allow_messages, profile.created_at,
    )  # fmt: skip


def _is_at(link: str, hosts: frozenset[str]) -> bool:
    if not link.isascii() or not link.isprintable() or any(char in link for char in " \\\"'<>"):
        return False
    try:
        parts = urlsplit(link)
        # The whole authority must be the host: no user, no port, nothing that only looks like it.
        return parts.scheme == "https" and parts.netloc.lower() in hosts and len(parts.path) > 1
    except ValueError:
        return False


def character_name(text: str) -> str:
    """A character's name as it is kept; raises CharacterNameInvalid."""
    name = unicodedata.normalize("NFC", text)
    if name != name.strip() or not name.isprintable() or not 1 <= len(name) <= NAME_CHARACTERS_MAX:
        raise CharacterNameInvalid
    return name


def opened(row: CharacterRow) -> Character:
    """A character as it is shown."""
    fields = {name: getattr(row, name) for name in CharacterRow.__struct_fields__}
    return Character(**(fields | {"metadata": msgspec.json.decode(row.metadata)}))


def heir(rows: Sequence[CharacterRow], gone: CharacterRow) -> CharacterRow | None:
    """Who is the default of a game once this character is gone: the oldest of the others, if it was the default."""
    others = sorted(
        (row for row in rows if row.game == gone.game and row.character_id != gone.character_id),
        key=lambda row: row.character_id,
    )
    return others[0] if gone.is_default and others else None
