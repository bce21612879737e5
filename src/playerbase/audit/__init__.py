"""The audit log: who did what, refused deeds included, in keyed hash chains that show every later change."""

from playerbase.audit.actions import (
    Refusals,
    Watched,
    deed,
    look,
    note_refusal,
    record,
    record_all,
    sign_heads_anew,
    use,
    verify,
    verify_command,
    watched,
)
from playerbase.audit.model import Deed, Entry, Filter, Finding, HeadForged, Link, Verdict, Wrong

__all__ = [
    "Deed",
    "Entry",
    "Filter",
    "Finding",
    "HeadForged",
    "Link",
    "Refusals",
    "Verdict",
    "Watched",
    "Wrong",
    "deed",
    "look",
    "note_refusal",
    "record",
    "record_all",
    "sign_heads_anew",
    "use",
    "verify",
    "verify_command",
    "watched",
]
