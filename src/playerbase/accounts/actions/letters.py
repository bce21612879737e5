"""Letters: asked for in the transaction that gives cause, written and sent by a worker.

Whoever asks only enqueues, whether or not anybody has the address: who it is, what they shall be told and which secret
they get is worked out later, so that no answer tells by its time. What waits is sealed, and all of one length.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

import msgspec

from playerbase import access, audit
from playerbase.access import Mailbox, Purpose
from playerbase.accounts.actions.postbox import postbox
from playerbase.accounts.actions.writing import write
from playerbase.accounts.events import AccountLocked
from playerbase.accounts.model import way_name
from playerbase.kit import clock, ids, metrics
from playerbase.kit.crypto import Keys, Tampered, open_sealed, seal
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs import Hopeless, enqueue, job
from playerbase.kit.outbox import emit
from playerbase.kit.outside import Delayed, Mail, Undeliverable

LENGTH: Final = 1_024  # More than two addresses of the greatest length and all the rest.
# A relay that puts letters off (greylisting) expects the same one again, for a day or so (RFC 5321, 4.5.4.1).
PAUSES_SECONDS: Final = (30, 120, 600, 1_800, 3_600, 7_200)
ATTEMPTS_MAX: Final = 16

_ended = metrics.Counter("letters_ended", "Letters, by what they were and what became of them.", ["kind", "outcome"])


class Kind(StrEnum):
    """What a letter is about; its template bears the same name."""

    VERIFY = "verify"
    CHANGE = "change"
    CHANGE_ASKED = "change_asked"
    RESET = "reset"
    CODE = "code"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a letter
    LOCKED = "locked"
    EXISTS = "exists"
    WAYS_CHANGED = "ways_changed"
    NEW_DEVICE = "new_device"
    LOOKED_AT = "looked_at"
    UNLINKED = "unlinked"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    MERGE_DECLINED = "merge_declined"


# What tells of something that is done, and holds no secret.
NOTICES: Final = frozenset(
    {
        Kind.CHANGE_ASKED, Kind.PASSWORD_CHANGED, Kind.WAYS_CHANGED, Kind.NEW_DEVICE, Kind.LOOKED_AT, Kind.UNLINKED,
        Kind.MOVED_IN, Kind.MOVED_OUT, Kind.MERGE_DECLINED,
    }
)  # fmt: skip


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that is wanted: to a player, or to whoever has an address, if anybody does."""

    kind: Kind
    asked_at: datetime
    player_id: UUID | None = None
    email: str = ""
    bound_to: bytes | None = None
    what: str = ""  # The sentence that the letter is about, where its kind alone does not say it.
    until: datetime | None = None
    provider: str = ""  # The way of signing in it is about.


class Letter(msgspec.Struct, frozen=True):
    """The same as it waits: the id of its job, under which the rest is sealed."""

    letter_id: UUID
    sealed: bytes


class Ready(msgspec.Struct, frozen=True):
    """A letter about to be sent, and to whom."""

    player_id: UUID
    kind: Kind
    mail: Mail


class LetterDelayed(Exception):
    """The relay puts the letter off; of what it said only the number, because it likes to repeat the address."""


@job(lane="high", attempts_max=ATTEMPTS_MAX, seconds_max=60, pauses_seconds=PAUSES_SECONDS)
async def send_letter(pool: Pool, args: Letter) -> None:
    """Write a letter and hand it over. Sent twice, it is the same letter: same id, same secret."""
    if delay := await _sent(pool, args):
        # Raised where nothing in sight says to whom the letter is: a traceback may be written with what it sees.
        raise LetterDelayed(delay)


async def post(
    tx: Tx,
    keys: Keys,
    kind: Kind,
    *,
    player_id: UUID | None = None,
    email: str = "",
    bound_to: bytes | None = None,
    what: str = "",
    until: datetime | None = None,
    provider: str = "",
) -> None:
    """Have a letter sent if this transaction commits; the same work whoever it is to."""
    letter_id = ids.uuid7()
    wanted = Wanted(
        kind=kind, asked_at=clock.now(), player_id=player_id, email=email, bound_to=bound_to, what=what, until=until,
        provider=provider,
    )  # fmt: skip
    body = msgspec.json.encode(wanted).ljust(LENGTH)
    sealed = seal(keys, body, table="kit.jobs", column="letter", row=str(letter_id))
    await enqueue(tx, send_letter, Letter(letter_id, sealed), job_id=letter_id)


async def _sent(pool: Pool, args: Letter) -> str:
    """Why it was put off; empty if it was sent, or never will be."""
    box = postbox()
    wanted = _open(box.keys, args)
    async with transaction(pool) as tx:
        ready = await _prepared(tx, box.keys, box.public_url, args.letter_id, wanted)
    if ready is None:
        _ended.labels(wanted.kind, "dropped").inc()
        return ""
    try:
        await box.send(ready.mail, letter_id=args.letter_id, at=wanted.asked_at)
    except Undeliverable as refusal:
        await _record(pool, args.letter_id, ready, "refused", str(refusal.code or "malformed"))
    except Delayed as late:
        _ended.labels(ready.kind, "delayed").inc()
        return f"The relay answered {late.code}." if late.code else "The relay is away."
    else:
        await _record(pool, args.letter_id, ready, "done", "")
    return ""


def _open(keys: Keys, args: Letter) -> Wanted:
    try:
        body = open_sealed(keys, args.sealed, table="kit.jobs", column="letter", row=str(args.letter_id))
    except Tampered:
        raise Hopeless("The letter was sealed with a secret that is not listed, or altered.") from None
    return msgspec.json.decode(body, type=Wanted)


async def _prepared(tx: Tx, keys: Keys, public_url: str, letter_id: UUID, wanted: Wanted) -> Ready | None:
    """The letter, its secret made; None if there is nobody to write to, or no longer any reason."""
    kind, to = wanted.kind, wanted.email
    box = await _addressee(tx, keys, wanted)
    if kind is Kind.CODE and (box is None or not box.is_verified):
        # A code of nobody's is counted like any. To whoever has not shown that the address is theirs, a code would
        # open what a stranger may have made in their name: they are asked to choose a password instead.
        await access.issue(tx, keys, Purpose.CODE, letter_id, wanted.asked_at, player_id=None, email=to)
        kind = Kind.RESET
    if box is None or (kind is Kind.VERIFY and box.is_verified):
        return None
    values = {"ask_link": f"{public_url}/portal/reset"}
    if wanted.until is not None:
        minutes = round((wanted.until - wanted.asked_at).total_seconds() / 60)
        values |= {"at": f"{wanted.asked_at:%d %B %Y at %H:%M} UTC", "minutes": str(minutes)}
        values["history_link"] = f"{public_url}/portal/history"
    if kind in NOTICES:
        values |= {"what": wanted.what, "way": way_name(wanted.provider)}
        return Ready(box.player_id, kind, write(kind.value, to or box.email, values))
    purpose, place, to = _errand(kind, box, to)
    issued = await access.issue(
        tx, keys, purpose, letter_id, wanted.asked_at, player_id=box.player_id, email=to,
        new_email=to if kind is Kind.CHANGE else None,
        bound_to=box.password_stamp if purpose is Purpose.RESET else wanted.bound_to,
    )  # fmt: skip
    if issued is None:
        return None
    secret, is_new = issued
    if kind is Kind.LOCKED and is_new:
        await emit(tx, AccountLocked(player_id=box.player_id, locked_at=wanted.asked_at))
    # In the fragment, which browsers send to nobody and servers do not log.
    values |= {"code": secret} if purpose is Purpose.CODE else {"link": f"{public_url}/portal/{place}#token={secret}"}
    return Ready(box.player_id, kind, write(kind.value, to, values))


async def _addressee(tx: Tx, keys: Keys, wanted: Wanted) -> Mailbox | None:
    if wanted.player_id is None:
        return await access.mailbox_of(tx, keys, wanted.email) if wanted.email else None
    if wanted.kind is Kind.CHANGE and await access.mailbox_of(tx, keys, wanted.email) is not None:
        return None  # Somebody has it already, and who asks is not told.
    return await access.mailbox(tx, keys, wanted.player_id)


def _errand(kind: Kind, box: Mailbox, to: str) -> tuple[Purpose, str, str]:
    """What the letter's secret is for, where its link leads, and which address it goes to."""
    if kind is Kind.CODE:
        return Purpose.CODE, "", box.email
    if kind in {Kind.VERIFY, Kind.CHANGE}:
        return Purpose.VERIFY, "verify", to if kind is Kind.CHANGE else box.email
    return Purpose.RESET, "reset", box.email


async def _record(pool: Pool, letter_id: UUID, ready: Ready, outcome: Literal["done", "refused"], reason: str) -> None:
    _ended.labels(ready.kind, "sent" if outcome == "done" else "refused").inc()
    async with transaction(pool) as tx:
        await audit.record(
            tx,
            audit.Deed(
                actor_kind="system", actor_id="mail", action="letter_sent", player_id=ready.player_id,
                target_kind="letter", target_id=letter_id, outcome=outcome, reason=reason,
                after={"kind": ready.kind.value},
            ),
        )  # fmt: skip
