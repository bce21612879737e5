"""The audit log over HTTP, and how long it is kept. Reading it is itself written down."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.audit import actions
from playerbase.audit.model import DAYS_MAX, DAYS_MIN, Entry, Filter, Outcome, Retention
from playerbase.kit.db import Db, Pool, Tx
from playerbase.kit.http import Answer, Listing, Request, get, put, staff

Actor = Annotated[
    str, msgspec.Meta(min_length=1, max_length=100, description="A player, a key, or an address's stand-in.")
]
Action = Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["accounts_login"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Days = Annotated[int, msgspec.Meta(ge=DAYS_MIN, le=DAYS_MAX, description="Null keeps every entry for good.")]
Reason = Annotated[
    str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S", description="Why; kept in the audit.")
]


class Retained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days entries shall be kept, and why."""

    days: Days | None
    reason: Reason


@get("/admin/audit", policy=staff("audit.read"), limit="console")
async def read(
    tx: Tx,
    request: Request,
    actor_id: Actor | None = None,
    player_id: UUID | None = None,
    action: Action | None = None,
    outcome: Outcome | None = None,
    from_: Moment | None = None,
    to: Moment | None = None,
    limit: Count = 20,
    cursor: Cursor | None = None,
) -> Listing[Entry]:
    """What was done and refused, newest first; from a time on, and before another.

    The first page of each reading is itself written down.
    """
    asked = Filter(actor_id=actor_id, player_id=player_id, action=action, outcome=outcome, from_at=from_, to_at=to)
    return await actions.listed(tx, request, asked, limit, cursor)


@get("/admin/audit/export", policy=staff("audit.export"), limit="console")
async def export(
    tx: Tx,
    request: Request,
    pool: Pool,
    format: Literal["csv", "json"] = "csv",  # noqa: A002 - the client's word
    actor_id: Actor | None = None,
    player_id: UUID | None = None,
    action: Action | None = None,
    outcome: Outcome | None = None,
    from_: Moment | None = None,
    to: Moment | None = None,
) -> Answer:
    """The same, whole, as a file: CSV whose cells no spreadsheet runs, or one JSON array.

    It ends with the moment it was asked for, and is written down before it begins.
    """
    asked = Filter(actor_id=actor_id, player_id=player_id, action=action, outcome=outcome, from_at=from_, to_at=to)
    ended = actions.until_now(asked)
    stream = actions.as_csv(pool, ended) if format == "csv" else actions.as_json(pool, ended)
    await actions.record(tx, actions.reading_of(request, asked, format=format))
    disposition = f'attachment; filename="audit.{format}"'.encode()
    answer = Answer(
        media=b"text/csv; charset=utf-8" if format == "csv" else b"application/json",
        headers=[(b"content-disposition", disposition), (b"cache-control", b"no-store")],
    )
    answer.stream = stream
    return answer


@get("/admin/audit/retention", policy=staff("audit.read"), limit="console")
async def read_retention(db: Db) -> Retention:
    """How many days entries are kept, and what was removed by that so far."""
    return await actions.retention(db)


@put("/admin/audit/retention", policy=staff("audit.write"), limit="console")
async def set_retention(tx: Tx, request: Request, body: Retained) -> Retention:
    """Keep entries for so many days, or for good.

    What is older is removed within a day and does not come back; export it before, if it is to be kept elsewhere.
    """
    return await actions.retain(tx, body.days, by=actions.deed(request, "", "audit", "", reason=body.reason))
