"""The verbs of boards."""

from playerbase.boards.actions.configured import configured_index, use_redis
from playerbase.boards.actions.editing import board, boards, change, create
from playerbase.boards.actions.following import count, take_back
from playerbase.boards.actions.gifts import parts_of
from playerbase.boards.actions.healing import heal
from playerbase.boards.actions.index import Index, keys_of
from playerbase.boards.actions.judging import decide, hide, remove, restore
from playerbase.boards.actions.looking import (
    NEARBY,
    NEARBY_MAX,
    TOP_MAX,
    Asked,
    Called,
    Page,
    Runs,
    among,
    friends_of,
    from_database,
    lines,
    named,
    near,
    of_region,
    resolve,
    seen_by_staff,
    top,
)
from playerbase.boards.actions.mending import mend, rebuild, warm
from playerbase.boards.actions.playing import Begun, begin, digest_of, fingerprint_of, forget
from playerbase.boards.actions.sealing import Final, close, final, seal_steps
from playerbase.boards.actions.submitting import Submissions, submit
from playerbase.boards.actions.writing import committed_version

__all__ = [
    "NEARBY",
    "NEARBY_MAX",
    "TOP_MAX",
    "Asked",
    "Begun",
    "Called",
    "Final",
    "Index",
    "Page",
    "Runs",
    "Submissions",
    "among",
    "begin",
    "board",
    "boards",
    "change",
    "close",
    "committed_version",
    "configured_index",
    "count",
    "create",
    "decide",
    "digest_of",
    "final",
    "fingerprint_of",
    "forget",
    "friends_of",
    "from_database",
    "heal",
    "hide",
    "keys_of",
    "lines",
    "mend",
    "named",
    "near",
    "of_region",
    "parts_of",
    "rebuild",
    "remove",
    "resolve",
    "restore",
    "seal_steps",
    "seen_by_staff",
    "submit",
    "take_back",
    "top",
    "use_redis",
    "warm",
]
