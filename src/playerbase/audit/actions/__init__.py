"""The verbs of the audit log."""

from playerbase.audit.actions.anchoring import anchor
from playerbase.audit.actions.commanding import verify_command
from playerbase.audit.actions.configured import use
from playerbase.audit.actions.looking import as_csv, as_json, listed, look, proved, reading_of, until_now
from playerbase.audit.actions.noting import Refusals, deed, note_refusal
from playerbase.audit.actions.pruning import prune
from playerbase.audit.actions.recording import record, record_all, sign_heads_anew
from playerbase.audit.actions.retaining import retain, retention
from playerbase.audit.actions.verifying import verify
from playerbase.audit.actions.watching import Watched, watch, watched

__all__ = [
    "Refusals",
    "Watched",
    "anchor",
    "as_csv",
    "as_json",
    "deed",
    "listed",
    "look",
    "note_refusal",
    "proved",
    "prune",
    "reading_of",
    "record",
    "record_all",
    "retain",
    "retention",
    "sign_heads_anew",
    "until_now",
    "use",
    "verify",
    "verify_command",
    "watch",
    "watched",
]
