"""The audit log over HTTP. Reading it is itself written down."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.audit import actions
from playerbase.audit.model import Entry, Filter, Outcome
from playerbase.kit.db import Pool, Tx
from playerbase.kit.http import Answer, Listing, Request, get, staff

Actor = Annotated[
    str, msgspec.Meta(min_length=1, max_length=100, description="A player, a key, or an address's stand-in.")
]
Action = Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["accounts_login"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]


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
