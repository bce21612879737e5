"""What was given, the latest first: of everybody, one player, one source, one occasion; or what is withheld."""

from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import profiles
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, staff
from playerbase.rewards import actions

HERE = "/console/rewards"
READ = staff("inventory.read")
ROWS = 50
Word = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,31}$")]
Ref = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


@get(HERE, policy=READ, limit="console", page=True)
async def list_gifts(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID | None = None,
    source: Word | None = None, ref: Ref | None = None, withheld: Literal["yes"] | None = None, cursor: str = "",
) -> Answer:  # fmt: skip
    """Gifts, the latest first."""
    asked = {"player_id": str(player_id or ""), "source": source or "", "ref": ref or "", "withheld": withheld or ""}
    scope = f"gifts {asked} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (None,)
    if withheld:
        found = await actions.withheld(db, before=before, count=ROWS + 1)
    else:
        found = await actions.gifts(db, player_id=player_id, source=source, ref=ref, before=before, count=ROWS + 1)
    shown, following = found[:ROWS], ""
    said = {name: value for name, value in asked.items() if value}
    if found[ROWS:]:
        following = f"{HERE}?{urlencode(said | {'cursor': cursors.make((shown[-1].gift_id,), scope=scope)})}"
    wanted = {each.player_id for each in shown} | ({player_id} if player_id else set())
    return rendering.page(
        request, "rewards/list.html", gifts=[(each, await actions.shown(db, each.parts)) for each in shown],
        names=await profiles.names(db, sorted(wanted)), asked=said, sources=await actions.sources(db),
        following=following, first=f"{HERE}?{urlencode(said)}" if cursor else "", here=HERE, without=_without(said),
    )  # fmt: skip


def _without(said: dict[str, str]) -> dict[str, str]:
    """Where each filter is taken away."""
    return {name: f"{HERE}?{urlencode({each: said[each] for each in said if each != name})}" for name in said}
