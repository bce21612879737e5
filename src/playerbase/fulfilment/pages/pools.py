"""The pages of voucher pools: what lies in them, who got which code, and adding more."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.fulfilment import actions
from playerbase.fulfilment.model.vouchers import CODE_CHARACTERS_MAX, CODES_MAX, CodesRefused, PoolCode, PoolCodeTaken
from playerbase.fulfilment.pages.deliveries import READ, WRITE, Asked
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, reading, transaction
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, post, redirect

HERE = "/console/voucher-pools"
ROWS = 50
TOLD = {"made": "Made. Now add its codes.", "added": "Added. Who waited for a code gets one now."}
TEXT_MAX = CODES_MAX * (CODE_CHARACTERS_MAX + 2)


class Wanted(msgspec.Struct, frozen=True):
    """The form of a new pool."""

    code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    instructions: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    low_at: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 20


class Codes(msgspec.Struct, frozen=True):
    """Codes, one to a line, and whether they are only looked at."""

    codes: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""
    dry_run: bool = False


@get(HERE, policy=READ, limit="console", page=True)
async def list_pools(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """Voucher pools by their code."""
    scope = f"voucher pools page {caller.subject}"
    after = cursors.read(cursor, tuple[str], scope=scope)[0] if cursor else ""
    found = await actions.pools(db, after, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = f"{HERE}?{urlencode({'cursor': cursors.make((shown[-1].code,), scope=scope)})}"
    return rendering.page(
        request, "fulfilment/pools.html", pools=shown, following=following, first=HERE if cursor else ""
    )


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_pool(request: Request, rendering: Rendering) -> Answer:
    """The form of a new pool."""
    return _form(request, rendering, Wanted(), {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def make_pool(site: Site, request: Request, rendering: Rendering, form: Wanted) -> Answer:
    """Make a pool, empty."""
    faults = _faults(form)
    if not faults:
        try:
            async with transaction(site.pool) as tx:
                made = await actions.make_pool(
                    tx, request, code=form.code.strip(), name=form.name.strip(),
                    instructions=form.instructions.strip(), low_at=form.low_at,
                )  # fmt: skip
        except PoolCodeTaken as taken:
            faults = {"code": str(taken)}
        else:
            return redirect(f"{HERE}/{made.pool_id}?told=made")
    return _form(request, rendering, form, faults)


@get(f"{HERE}/{{pool_id}}", policy=READ, limit="console", page=True)
async def read_pool(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering, pool_id: UUID,
    cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """One pool: what is left, and who got which code."""
    scope = f"given codes page {pool_id} {caller.subject}"
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else (clock.now(), actions.LAST_ID)
    pool = await actions.pool(db, pool_id)
    found = await actions.given(db, pool_id, *at, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        last = shown[-1][0]
        place = cursors.make((last.given_at, last.code_id), scope=scope)
        following = f"{HERE}/{pool_id}?{urlencode({'cursor': place})}"
    return rendering.page(
        request, "fulfilment/pool.html", pool=pool, given=shown, following=following,
        first=f"{HERE}/{pool_id}" if cursor else "", told=TOLD.get(told, ""),
        names=await names(site.pages, db, [each.player_id for each, _ in shown]),
    )  # fmt: skip


@get(f"{HERE}/{{pool_id}}/codes", policy=WRITE, limit="console", page=True)
async def ask_codes(db: Db, request: Request, rendering: Rendering, pool_id: UUID) -> Answer:
    """The form for more codes."""
    pool = await actions.pool(db, pool_id)
    return rendering.page(request, "fulfilment/codes_form.html", pool=pool, form=Codes(), faults=[], seen=None)


@post(f"{HERE}/{{pool_id}}/codes", policy=WRITE, limit="console", page=True)
async def add_codes(site: Site, request: Request, rendering: Rendering, pool_id: UUID, form: Codes) -> Answer:
    """Add them, or only look at them; every fault is named with its line, and then none is added."""
    faults: list[dict[str, str]] = []
    seen = None
    try:
        async with transaction(site.pool) as tx:
            done = await actions.add_codes(tx, request, pool_id, form.codes, is_rehearsal=form.dry_run)
        if done.is_added:
            return redirect(f"{HERE}/{pool_id}?told=added")
        seen = done.count
    except CodesRefused as refused:
        faults = list(refused.members["errors"])  # type: ignore[call-overload]  # A list, wherever it is made.
    async with reading(site.pool) as db:
        pool = await actions.pool(db, pool_id)
    return rendering.page(
        request, "fulfilment/codes_form.html", status=422 if faults else 200, pool=pool, form=form, faults=faults,
        seen=seen,
    )  # fmt: skip


@get("/console/voucher-codes/{code_id}/reveal", policy=WRITE, limit="console", page=True)
async def ask_reveal(db: Db, request: Request, rendering: Rendering, code_id: UUID) -> Answer:
    """The question before a code is shown."""
    return rendering.page(request, "fulfilment/code_ask.html", given=await actions.given_code(db, code_id))


@post("/console/voucher-codes/{code_id}/reveal", policy=WRITE, limit="console", page=True)
async def reveal(tx: Tx, request: Request, rendering: Rendering, code_id: UUID, form: Asked) -> Answer:
    """Show a code, once; the audit keeps who looked and why."""
    given, code = await actions.reveal(tx, request, code_id, form.reason)
    return rendering.page(request, "fulfilment/code_shown.html", given=given, code=code)


def _form(request: Request, rendering: Rendering, form: Wanted, faults: dict[str, str]) -> Answer:
    return rendering.page(request, "fulfilment/pool_form.html", status=422 if faults else 200, form=form, faults=faults)


def _faults(form: Wanted) -> dict[str, str]:
    faults = {}
    try:
        msgspec.convert(form.code.strip(), PoolCode)
    except msgspec.ValidationError:
        faults["code"] = "2 to 64 lower-case letters, digits, hyphens and underscores"
    if not form.name.strip():
        faults["name"] = "How staff will know it"
    if not form.instructions.strip():
        faults["instructions"] = "Players read in the letter how the code is used"
    return faults
