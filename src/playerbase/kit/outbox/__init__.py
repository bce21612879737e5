"""Facts: written in the transaction that made them true, handed to each reaction once, in order, afterwards."""

from playerbase.kit.outbox.event import Event, Reaction, emit, on, reactions_in
from playerbase.kit.outbox.letters import (
    Hopeless,
    Letter,
    LetterGone,
    LetterHeld,
    discard,
    letter,
    letters,
    open_letters,
    replay,
)
from playerbase.kit.outbox.live import STAFF, Live, Stream, of_player
from playerbase.kit.outbox.nats import transport
from playerbase.kit.outbox.origin import settle_origin
from playerbase.kit.outbox.reader import Reader, Stirring, backlog, purge, read, see, stirring, subscribe

__all__ = [
    "STAFF",
    "Event",
    "Hopeless",
    "Letter",
    "LetterGone",
    "LetterHeld",
    "Live",
    "Reaction",
    "Reader",
    "Stirring",
    "Stream",
    "backlog",
    "discard",
    "emit",
    "letter",
    "letters",
    "of_player",
    "on",
    "open_letters",
    "purge",
    "reactions_in",
    "read",
    "replay",
    "see",
    "settle_origin",
    "stirring",
    "subscribe",
    "transport",
]
