"""The verbs of files."""

from playerbase.files.actions.keeping import body_of, forget_lapsed, remove, replace, shown, sweep
from playerbase.files.actions.processing import Process, process
from playerbase.files.actions.showing import pictured
from playerbase.files.actions.uploading import (
    begin,
    confirm,
    files_of,
    owned,
    set_settings,
    settings,
    standing,
    tally,
)
from playerbase.files.actions.wiring import address, close, open_up, store_of, upload_origin, use_store, use_studio

__all__ = [
    "Process",
    "address",
    "begin",
    "body_of",
    "close",
    "confirm",
    "files_of",
    "forget_lapsed",
    "open_up",
    "owned",
    "pictured",
    "process",
    "remove",
    "replace",
    "set_settings",
    "settings",
    "shown",
    "standing",
    "store_of",
    "sweep",
    "tally",
    "upload_origin",
    "use_store",
    "use_studio",
]
