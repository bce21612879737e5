"""Progression: what players have saved, in slots with versions that no device overwrites unseen."""

from playerbase.progression.actions import Known, Saves, declaration, declare, history, load, slots, wish, write
from playerbase.progression.events import EVENTS, ProgressFlagged, ProgressRestored, ProgressSaved
from playerbase.progression.model import (
    Declaration,
    Declared,
    FieldRule,
    NoSuchSave,
    Quotas,
    Save,
    Saved,
    Spot,
    VersionConflict,
    Wish,
)

__all__ = [
    "EVENTS",
    "Declaration",
    "Declared",
    "FieldRule",
    "Known",
    "NoSuchSave",
    "ProgressFlagged",
    "ProgressRestored",
    "ProgressSaved",
    "Quotas",
    "Save",
    "Saved",
    "Saves",
    "Spot",
    "VersionConflict",
    "Wish",
    "declaration",
    "declare",
    "history",
    "load",
    "slots",
    "wish",
    "write",
]
