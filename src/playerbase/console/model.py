"""The nouns of operations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Reason = Annotated[
    str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S", description="Why; kept in the audit.")
]
LETTER_STATES = ("dead", "retry", "held")
JOB_STATES = ("dead", "running", "ready", "done")


class Reasoned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is done."""

    reason: Reason


class LetterShape(msgspec.Struct, frozen=True):
    """A delivery that went wrong, or waits behind one that did, with the event it is about."""

    handler: str
    event: int
    state: str
    keys: list[str]
    attempts: int
    fault: str
    topic: str
    body: msgspec.Raw
    due_at: datetime
    opened_at: datetime
    told_at: datetime


class JobShape(msgspec.Struct, frozen=True):
    """A piece of work outside any request."""

    job_id: UUID
    name: str
    args: msgspec.Raw
    lane: str
    state: str
    attempts: int
    fault: str
    run_at: datetime
    made_at: datetime
    ended_at: datetime | None


class Done(msgspec.Struct, frozen=True):
    """What became of it."""

    status: str
