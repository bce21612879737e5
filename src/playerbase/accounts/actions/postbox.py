"""What sending needs from outside: the keys, the address people use, and the relay, or a folder where there is none."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from playerbase.kit.crypto import Keys
from playerbase.kit.outside import Breaker, BreakerOpen, Delayed, Mail, Mailbox, Undeliverable, send


class Postbox:
    """Where this process's letters go."""

    def __init__(self, *, keys: Keys, public_url: str, mail_from: str, smtp_url: str | None, folder: Path) -> None:
        self.keys, self.public_url = keys, public_url
        self._from, self._smtp_url, self._folder = mail_from, smtp_url, folder
        self._breaker = Breaker()
        self._mailbox: Mailbox | None = None

    async def send(self, mail: Mail, *, letter_id: UUID, at: datetime) -> None:
        """Hand a letter over; raises Delayed, Undeliverable. The same id makes it the same letter."""
        if self._smtp_url is None:
            self._mailbox = self._mailbox or Mailbox(self._folder)
            await self._mailbox.send(self._from, mail, mail_id=letter_id, at=at)
            return
        try:
            era = self._breaker.admit()
        except BreakerOpen as shut:
            raise Delayed(str(shut)) from None
        try:
            await send(self._smtp_url, self._from, mail, mail_id=letter_id, at=at)
        except Undeliverable:
            self._breaker.succeeded(era)
            raise
        except Delayed as late:
            # A relay that answers is there, whatever it says of this letter.
            self._breaker.failed(era) if late.code is None else self._breaker.succeeded(era)
            raise
        except BaseException:
            self._breaker.let_go(era)
            raise
        self._breaker.succeeded(era)


_postbox: Postbox | None = None


def use_postbox(made: Postbox) -> None:
    """Give this process its postbox; once, at start."""
    global _postbox  # noqa: PLW0603 - one process, one installation
    _postbox = made


def postbox() -> Postbox:
    """What ``use_postbox`` was given."""
    assert _postbox is not None, "accounts.use_postbox(…) comes before the first letter"
    return _postbox
