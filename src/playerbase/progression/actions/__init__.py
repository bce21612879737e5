"""The verbs of saves."""

from playerbase.progression.actions.deciding import wish
from playerbase.progression.actions.declaring import Known, declaration, declarations, declare, declared_before
from playerbase.progression.actions.looking import NEWEST, compared, history, latest, load, load_version, slots
from playerbase.progression.actions.operating import declare_as_staff, let_stand, restore_as_staff
from playerbase.progression.actions.reviewing import count_open, decide, flags_of, flags_open
from playerbase.progression.actions.saving import Saves, write
from playerbase.progression.actions.sweeping import sweep

__all__ = [
    "NEWEST",
    "Known",
    "Saves",
    "compared",
    "count_open",
    "decide",
    "declaration",
    "declarations",
    "declare",
    "declare_as_staff",
    "declared_before",
    "flags_of",
    "flags_open",
    "history",
    "latest",
    "let_stand",
    "load",
    "load_version",
    "restore_as_staff",
    "slots",
    "sweep",
    "wish",
    "write",
]
