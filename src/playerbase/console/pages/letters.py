"""Dead letters: what could not be delivered, why, what waits behind it, and the two ways on."""

from urllib.parse import urlencode

import msgspec

from playerbase.console import actions
from playerbase.console.model import LETTER_STATES, Reason
from playerbase.console.pages.code import tokens
from playerbase.console.routes import EventNumber, Handler, LetterState
from playerbase.kit import outbox
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect, staff

ROWS = 50
BEHIND_MAX = 200  # Looked at to find what waits; more is said to be more.
READ, WRITE = staff("operations.read"), staff("operations.write")
TOLD = {
    "replayed": "Replayed. It is delivered within a second, or fails anew.",
    "discarded": "Discarded. What was held behind it flows.",
}


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Reason


@get("/console/letters", policy=READ, limit="console", page=True)
async def list_letters(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: LetterState = "", cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """All that are open, those of one state, and how many of each there are."""
    scope = f"letters {state} {caller.subject}"
    after = cursors.read(cursor, tuple[str, int], scope=scope) if cursor else ("", 0)
    found = await outbox.letters(db, state=state, after=after, count=ROWS + 1)
    shown = found[:ROWS]
    following = ""
    if found[ROWS:]:
        at = cursors.make((shown[-1].handler, shown[-1].event), scope=scope)
        following = f"/console/letters?{urlencode({'state': state, 'cursor': at})}"
    tally = await outbox.open_letters(db)
    return rendering.page(
        request, "console/letters.html", letters=shown, state=state, states=LETTER_STATES, following=following,
        first=f"/console/letters?state={state}" if cursor else "", told=TOLD.get(told, ""),
        counts={each: tally[each].count if each in tally else 0 for each in LETTER_STATES},
    )  # fmt: skip


@get("/console/letters/{handler}/{event}", policy=READ, limit="console", page=True)
async def read_letter(db: Db, request: Request, rendering: Rendering, handler: Handler, event: EventNumber) -> Answer:
    """One letter: its event, its fault, and what waits behind it."""
    letter = await outbox.letter(db, handler, event)
    behind = await _behind(db, letter)
    return rendering.page(
        request, "console/letter.html", letter=letter, body=tokens(letter.body), behind=behind, behind_max=BEHIND_MAX
    )


@get("/console/letters/{handler}/{event}/replay", policy=WRITE, limit="console", page=True)
@get("/console/letters/{handler}/{event}/discard", policy=WRITE, limit="console", page=True)
async def ask(db: Db, request: Request, rendering: Rendering, handler: Handler, event: EventNumber) -> Answer:
    """The question before a letter is replayed or discarded."""
    letter = await outbox.letter(db, handler, event)
    verb = request.path.rpartition("/")[2]
    behind = len(await _behind(db, letter))
    return rendering.page(request, "console/letter_ask.html", letter=letter, verb=verb, behind=behind)


@post("/console/letters/{handler}/{event}/replay", policy=WRITE, limit="console", page=True)
async def replay(tx: Tx, request: Request, handler: Handler, event: EventNumber, form: Asked) -> Answer:
    """Give it all its attempts anew."""
    await actions.replay_letter(tx, request, handler, event, form.reason)
    return redirect("/console/letters?told=replayed")


@post("/console/letters/{handler}/{event}/discard", policy=WRITE, limit="console", page=True)
async def discard(tx: Tx, request: Request, handler: Handler, event: EventNumber, form: Asked) -> Answer:
    """Let it go without effect."""
    await actions.discard_letter(tx, request, handler, event, form.reason)
    return redirect("/console/letters?told=discarded")


async def _behind(db: Db, letter: outbox.Letter) -> list[outbox.Letter]:
    """What is held back because of this one: it shares a key with it, or with something that does."""
    keys, found = set(letter.keys), []
    for other in await outbox.letters(db, state="held", after=(letter.handler, letter.event), count=BEHIND_MAX):
        if other.handler == letter.handler and not keys.isdisjoint(other.keys):
            keys.update(other.keys)
            found.append(other)
    return found
