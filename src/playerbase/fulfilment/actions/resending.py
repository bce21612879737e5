"""The same letter once more, for whoever lost it: the same codes, to the address of today."""

from uuid import UUID, uuid5

import msgspec

from playerbase import accounts
from playerbase.fulfilment.actions import letters, settling
from playerbase.fulfilment.model import Outcome
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit.db import Pool, transaction
from playerbase.kit.jobs import job
from playerbase.kit.outside import Delayed, Undeliverable


class Resend(msgspec.Struct, frozen=True):
    """Which delivery, and which of its attempts this is."""

    delivery_id: UUID
    number: int


class NotResent(Exception):
    """The relay puts the letter off; the job is tried again."""


@job(lane="medium", seconds_max=60)
async def resend_letter(pool: Pool, args: Resend) -> None:
    """Send it; a run that is repeated sends the same letter, and whoever reads both learns nothing new."""
    async with transaction(pool) as tx:
        delivery = await store.lock(tx, args.delivery_id)
        assert delivery is not None
        to, codes = await letters.mailbox(tx, delivery), await letters.reserved(tx, delivery)
        mail = await letters.compose(tx, delivery, to, codes) if to and codes else None
        if mail is None:
            await settling.note(tx, delivery, args.number, Outcome.REFUSED, letters.NO_MAILBOX)
    if mail is None:
        return
    # A letter of another id: a mailbox would take one of the same for the copy it is and show it to nobody.
    letter_id = uuid5(args.delivery_id, str(args.number))
    outcome, said = Outcome.SUCCEEDED, "The relay took the letter."
    try:
        await accounts.postbox().send(mail, letter_id=letter_id, at=delivery.created_at)
    except Undeliverable as refusal:
        outcome, said = Outcome.REFUSED, f"The relay refuses the letter ({refusal.code or 'malformed'})."
    except Delayed as late:
        outcome, said = Outcome.UNKNOWN, f"The relay puts it off ({late.code or 'away'})."
    async with transaction(pool) as tx:
        await settling.note(tx, delivery, args.number, outcome, said)
    if outcome is Outcome.UNKNOWN:
        raise NotResent(said)
