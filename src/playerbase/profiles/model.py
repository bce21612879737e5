"""The nouns of profiles: how a player appears, to themselves and to others."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Exhausted, Fault, NotFound

NAME_CHARACTERS_MIN, NAME_CHARACTERS_MAX = 3, 50
Bio = Annotated[str, msgspec.Meta(max_length=200)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}$", examples=["#3f7d58"])]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Theme = Literal["dark", "light", "system"]
Name = Annotated[str, msgspec.Meta(min_length=NAME_CHARACTERS_MIN, max_length=NAME_CHARACTERS_MAX)]
Link = Annotated[str, msgspec.Meta(max_length=200)]


class SocialLinks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where else a player can be found; each is an https address of the network it names."""

    twitch: Link | None = None
    youtube: Link | None = None
    twitter: Link | None = None


class Profile(msgspec.Struct, frozen=True):
    """How a player appears, as they see it themselves."""

    player_id: UUID
    display_name: str
    bio: str
    country: str | None
    title: str
    avatar_url: str | None
    banner_url: str | None
    colour: str | None
    theme: str
    social_links: SocialLinks
    level: int
    total_xp: int
    is_public: bool
    accept_friend_requests: bool
    allow_messages: bool
    version: int
    created_at: datetime
    updated_at: datetime


class PublicProfile(msgspec.Struct, frozen=True):
    """How a player appears to others."""

    player_id: UUID
    display_name: str
    bio: str
    country: str | None
    title: str
    avatar_url: str | None
    banner_url: str | None
    colour: str | None
    theme: str
    social_links: SocialLinks
    level: int
    accept_friend_requests: bool
    allow_messages: bool
    created_at: datetime


class Privacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What others may see and do."""

    is_public: bool
    accept_friend_requests: bool
    allow_messages: bool


class EarnedTitle(msgspec.Struct, frozen=True):
    """A title a player may wear."""

    title: str
    earned_at: datetime


class Row(msgspec.Struct, frozen=True):
    """A profile as it lies in its table."""

    player_id: UUID
    display_name: str
    bio: str
    country: str | None
    title: str
    avatar_file: UUID | None
    banner_file: UUID | None
    colour: str | None
    theme: str
    twitch: str | None
    youtube: str | None
    twitter: str | None
    level: int
    total_xp: int
    is_public: bool
    accept_friend_requests: bool
    allow_messages: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Newcomer(msgspec.Struct, frozen=True):
    """A profile to be made."""

    player_id: UUID
    display_name: str
    country: str | None = None


class FoundPlayer(msgspec.Struct, frozen=True):
    """A player in a list."""

    player_id: UUID
    display_name: str
    country: str | None
    level: int
    created_at: datetime


class Named(msgspec.Struct, frozen=True):
    """A name on its way in, with the spelling it is found by; or on its way out."""

    player_id: UUID
    display_name: str


class FromCountry(msgspec.Struct, frozen=True):
    """A player who says where they are from."""

    player_id: UUID
    country: str


class ProfileSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator decides about profiles."""

    name_change_days: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=3_650,
            title="Days between free changes of name",
            description=(
                "Others know people by their names, and a month of one lets a report still find whom it is "
                "about. 0 is no pause."
            ),
        ),
    ] = 30
    characters_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=1_000,
            title="Characters of one player in a game",
            description="More than anybody plays as.",
        ),
    ] = 10
    level_xp: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=1_000_000,
            title="Experience of the first level",
            description=(
                "Level n begins at n² times this: the first come in an evening, and the hundredth asks for a million."
            ),
        ),
    ] = 100


class Level(msgspec.Struct, frozen=True):
    """How far a player has come, by which curve, and the highest level they were ever told of."""

    player_id: UUID
    total_xp: int
    level: int
    level_xp: int
    level_reached: int


class HeldChanges(msgspec.Struct, frozen=True):
    """When a player last changed their name for nothing, and how many more changes they hold."""

    changed_at: datetime | None
    granted: int


class NameChanges(msgspec.Struct, frozen=True):
    """Since when, or from when on, a change of name costs nothing, and how many more changes are held."""

    free_at: datetime | None
    granted: int


class NameChangedLately(Conflict):
    """You changed your name not long ago; it is free again later, or at once with a name-change token."""


class NamesFree(Conflict):
    """Names can be changed freely here, so one more change would be worth nothing."""


class NoSuchProfile(NotFound):
    """There is no such player, or they keep to themselves."""


class VersionConflict(Conflict):
    """This was changed meanwhile; read it again and decide anew."""


class DisplayNameInvalid(Fault):
    """A display name has 3 to 50 printable characters and neither begins nor ends with a space."""

    def __init__(self) -> None:
        super().__init__("display_name", "invalid", self.title())


class TitleNotEarned(Fault):
    """You have not earned this title."""

    def __init__(self) -> None:
        super().__init__("title", "title_not_earned", self.title())


class LinkInvalid(Fault):
    """This is not an https address of that network."""

    def __init__(self, network: str) -> None:
        super().__init__(f"social_links.{network}", "invalid", self.title())


CharacterName = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
GameSlug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Avatar = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https://[!-~]+$")]
Trait = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
Word = Annotated[str, msgspec.Meta(max_length=200)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Real = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
# What a game wants to remember of a character: flat, and small enough to be sent with every list.
Traits = Annotated[dict[Trait, Word | Whole | Real | bool], msgspec.Meta(max_length=30)]


class Character(msgspec.Struct, frozen=True):
    """Whom a player plays as, in a game or (with no game) on the whole platform."""

    character_id: UUID
    player_id: UUID
    game: str | None
    name: str
    avatar_url: str | None
    level: int
    experience: int
    is_default: bool
    metadata: dict[str, str | int | float | bool]
    version: int
    created_at: datetime
    updated_at: datetime


class CharacterRow(msgspec.Struct, frozen=True):
    """A character as it lies in its table; its metadata is JSON."""

    character_id: UUID
    player_id: UUID
    game: str | None
    name: str
    avatar_url: str | None
    level: int
    experience: int
    is_default: bool
    metadata: str
    version: int
    created_at: datetime
    updated_at: datetime


class NoSuchCharacter(NotFound):
    """There is no such character, or its player keeps to themselves."""


class TooManyCharacters(Exhausted):
    """You have as many characters in this game as are allowed."""


class PlatformCharacterExists(Conflict):
    """You have a character for the whole platform already; change that one."""


class OneMustBeDefault(Conflict):
    """One character of a game is the one you play as; make another one that instead."""


class CharacterNameInvalid(Fault):
    """A character's name has 1 to 50 printable characters and neither begins nor ends with a space."""

    def __init__(self) -> None:
        super().__init__("name", "invalid", self.title())
