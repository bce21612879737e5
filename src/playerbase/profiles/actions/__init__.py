"""The verbs of profiles and characters."""

from playerbase.profiles.actions.characters import (
    CharacterChange,
    NewCharacter,
    advance_character,
    change_character,
    character,
    characters_of,
    create_character,
    delete_character,
    hold_character,
)
from playerbase.profiles.actions.deciding import decide
from playerbase.profiles.actions.images import image_of, remove_image, show_files
from playerbase.profiles.actions.levels import gain, reckon_levels
from playerbase.profiles.actions.lookups import countries, name_seen
from playerbase.profiles.actions.profiles import (
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
    settings,
)
from playerbase.profiles.actions.titles import award_titles, show_titles, titles_of, withdraw_titles

__all__ = [
    "Change",
    "CharacterChange",
    "Names",
    "NewCharacter",
    "Profiles",
    "advance_character",
    "award_titles",
    "change",
    "change_character",
    "character",
    "characters_of",
    "check_name",
    "countries",
    "create",
    "create_all",
    "create_character",
    "decide",
    "delete_character",
    "gain",
    "grant_name_changes",
    "hold_character",
    "image_of",
    "name_changes",
    "name_seen",
    "names",
    "place_of",
    "reckon_levels",
    "remove_image",
    "search",
    "settings",
    "show_files",
    "show_titles",
    "titles_of",
    "withdraw_titles",
]
