"""Profiles: how a player appears, to themselves and to others."""

from playerbase.profiles.actions import (
    Change,
    Names,
    Profiles,
    change,
    check_name,
    create,
    create_all,
    grant_name_changes,
    name_changes,
    names,
    place_of,
    search,
)
from playerbase.profiles.model import (
    DisplayNameInvalid,
    FoundPlayer,
    NamesFree,
    Newcomer,
    NoSuchProfile,
    Profile,
    VersionConflict,
)

__all__ = [
    "Change",
    "DisplayNameInvalid",
    "FoundPlayer",
    "Names",
    "NamesFree",
    "Newcomer",
    "NoSuchProfile",
    "Profile",
    "Profiles",
    "VersionConflict",
    "change",
    "check_name",
    "create",
    "create_all",
    "grant_name_changes",
    "name_changes",
    "names",
    "place_of",
    "search",
]
