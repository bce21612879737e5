"""Letters to players: handed to an SMTP relay one recipient at a time, or left in a folder where there is none."""

import asyncio
import re
import ssl
import unicodedata
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
import msgspec

from playerbase.kit import log

SEND_SECONDS: Final = 30.0
QUIT_SECONDS: Final = 1.0
SUBJECT_CHARS_MAX: Final = 200
BODY_CHARS_MAX: Final = 200_000
ADDRESS_CHARS_MAX, LOCAL_CHARS_MAX = 254, 64
SUBMISSION_PORT, SMTPS_PORT = 587, 465
PERMANENT: Final = 500

# RFC 5321 addresses without the quoted form, which nobody has and which hides line breaks and second recipients.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_log = log.get("mail")


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to one recipient. Never put a token into the subject: it is shown on locked screens."""

    to: str
    subject: str
    text: str
    html: str | None = None


class NotSent(Exception):
    """The letter was not handed over; the two kinds below say whether it ever can be."""

    def __init__(self, reason: str, *, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class Delayed(NotSent):
    """Try again later: the relay said so (4xx), is away, or refuses us rather than this letter.

    `perhaps_sent` is true when the connection broke while the letter was being handed over: it may arrive twice, with
    the same Message-ID, so what it links to must bear that.
    """

    def __init__(self, reason: str, *, code: int | None = None, perhaps_sent: bool = False) -> None:
        super().__init__(reason, code=code)
        self.perhaps_sent = perhaps_sent


class Undeliverable(NotSent):
    """Never try again: the relay refuses this letter for good (5xx), or its headers are malformed (no code).

    `recipient_refused` is true when it was the address: write to it no more.
    """

    def __init__(self, reason: str, *, code: int | None = None, recipient_refused: bool = False) -> None:
        super().__init__(reason, code=code)
        self.recipient_refused = recipient_refused


class _Relay(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    implicit_tls: bool
    username: str | None
    password: str | None

    @property
    def start_tls(self) -> bool | None:
        """False beside implicit TLS, True where it must be, None where it is taken when offered."""
        if self.implicit_tls:
            return False
        # Whoever sits between can strike the offer out. A password, and the submission port, are not for plain text.
        must = (self.username is not None or self.port == SUBMISSION_PORT) and self.host not in _LOOPBACK
        return True if must else None


async def send(
    smtp_url: str,
    mail_from: str,
    mail: Mail,
    *,
    mail_id: UUID,
    at: datetime,
    seconds: float = SEND_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Hand the letter to the relay; raises Delayed or Undeliverable.

    The Message-ID is made of `mail_id`: give a retry the same one, and receivers can tell that it is the same letter.
    `smtps://` is TLS from the start; `smtp://` turns to TLS when offered, and sends neither a password nor anything to
    port 587 of another host without it.
    """
    relay = _relay(smtp_url)
    sender, letter = _address(parseaddr(mail_from)[1]), _letter(mail_from, mail, mail_id, at)
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.username,
        password=relay.password,
        use_tls=relay.implicit_tls,
        start_tls=relay.start_tls,
        tls_context=tls,
        local_hostname=sender.partition("@")[2],
        timeout=None,  # One limit for the whole of it, below; theirs starts anew with every command.
    )
    greeted = written = False
    try:
        async with asyncio.timeout(seconds):
            await client.connect()
            await client.mail(sender)
            greeted = True
            await client.rcpt(_address(mail.to))
            written = True
            await client.data(letter)
    except TimeoutError as late:
        raise Delayed(f"The relay took longer than {seconds} s.", perhaps_sent=written) from late
    except aiosmtplib.SMTPResponseException as answer:
        raise _verdict(answer, greeted=greeted) from answer
    except (aiosmtplib.SMTPException, OSError) as fault:
        raise Delayed(f"The relay is away or broke off: {fault}", perhaps_sent=written) from fault
    else:
        # The letter is theirs by now; whether they say goodbye changes nothing.
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(QUIT_SECONDS):
                await client.quit()
    finally:
        client.close()


class Mailbox:
    """For development: writes each letter into a folder as an .eml file, and sends none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        _log.warning("letters are kept in a folder and not sent, because SMTP_URL is not set", folder=str(folder))

    async def send(self, mail_from: str, mail: Mail, *, mail_id: UUID, at: datetime) -> Path:
        """The file the letter was written to; a retry writes the same file. Raises Undeliverable as sending would."""
        path = await asyncio.to_thread(self._write, f"{mail_id}.eml", _letter(mail_from, mail, mail_id, at))
        _log.info("a letter was written and not sent", file=str(path))
        return path

    def _write(self, name: str, letter: bytes) -> Path:
        # Letters hold links that open accounts: they are for the owner of the folder alone.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path, half = self._folder / name, self._folder / f".{name}.half"
        half.touch(mode=0o600)
        half.write_bytes(letter)
        return half.replace(path)


def _relay(smtp_url: str) -> _Relay:
    url = urlsplit(smtp_url)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("SMTP_URL is not smtp://user:password@host:587 or smtps://….")
    return _Relay(
        host=url.hostname,
        port=url.port or (SMTPS_PORT if url.scheme == "smtps" else SUBMISSION_PORT),
        implicit_tls=url.scheme == "smtps",
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


def _verdict(answer: aiosmtplib.SMTPResponseException, *, greeted: bool) -> NotSent:
    reason = f"The relay answered {answer.code} {answer.message}"
    # A greeting, login or sender refused with 5xx is for the operator to put right; the letter can wait for it.
    if answer.code < PERMANENT or not greeted:
        return Delayed(reason, code=answer.code)
    # X.7.X is a matter of policy (RFC 3463): the address may well exist.
    about_recipient = isinstance(answer, aiosmtplib.SMTPRecipientRefused) and not answer.message.startswith("5.7.")
    return Undeliverable(reason, code=answer.code, recipient_refused=about_recipient)


def _letter(mail_from: str, mail: Mail, mail_id: UUID, at: datetime) -> bytes:
    """The letter as it goes over the wire; raises Undeliverable for what cannot stand in one."""
    domain = _address(parseaddr(mail_from)[1]).partition("@")[2]
    if len(mail.subject) > SUBJECT_CHARS_MAX or len(mail.text) + len(mail.html or "") > BODY_CHARS_MAX:
        raise Undeliverable("The letter is too long.")
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = _line(mail_from)
    message["To"] = _address(mail.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{domain}>"
    message["Subject"] = _line(mail.subject)
    # Holiday notices and the like should not answer a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    try:
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
        return message.as_bytes()
    except UnicodeEncodeError:
        raise Undeliverable("The letter holds half a character.") from None


def _address(text: str) -> str:
    local = text.partition("@")[0]
    if len(text) > ADDRESS_CHARS_MAX or len(local) > LOCAL_CHARS_MAX or not _ADDRESS.fullmatch(text):
        raise Undeliverable("The address is not one plain ASCII e-mail address.")
    return text


def _line(text: str) -> str:
    # More ends a line than CR and LF: the e-mail library folds at every separator Unicode knows.
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text):
        raise Undeliverable("A header holds a line break or a control character.")
    return text
