"""Letters against a real SMTP server that refuses, stalls and hangs up on request."""

import asyncio
import email
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit.outside import Delayed, Mail, Mailbox, NotSent, Undeliverable, send
from tests.kit.outside.wire import certify

ID = UUID("01970000-0000-7000-8000-000000000001")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TO_THE_LETTER = (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on")
FROM = "Playerbase <no-reply@play.example>"
MAIL = Mail(to="ada@example.com", subject="Grüße, Ada 🎮", text="Hello,\n.\nfrom ünder.\n", html="<p>Hello</p>")


class Sink:
    """What the relay took, and how it treats each recipient."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[Envelope] = []
        self.replies: dict[str, str] = {}
        self.data_reply = "250 OK"
        self.logins: list[tuple[str, str]] = []

    async def handle_RCPT(self, _: object, __: object, envelope: Envelope, address: str, ___: object) -> str:  # noqa: N802
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: object, __: object, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return self.data_reply

    def login(self, _: object, __: object, ___: object, ____: object, credentials: Any) -> AuthResult:
        self.logins.append((credentials.login.decode(), credentials.password.decode()))
        return AuthResult(success=credentials.password == b"p@ss", handled=False)

    def messages(self) -> list[EmailMessage]:
        return [read(each.content) for each in self.taken if isinstance(each.content, bytes)]


def read(letter: bytes) -> EmailMessage:
    message = email.message_from_bytes(letter, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@asynccontextmanager
async def relay(**options: Any) -> AsyncIterator[Sink]:
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="relay.example", authenticator=sink.login, loop=loop, **options), "127.0.0.1", 0
    )
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


@asynccontextmanager
async def script(*lines: bytes | None, heard: list[bytes] | None = None) -> AsyncIterator[str]:
    """A relay that answers with these lines, hangs up at None, is silent at an empty one; ``heard`` is what it got."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number, line in enumerate(lines):
            if number:
                said = await reader.readuntil(b"\r\n.\r\n" if lines[number - 1] == b"354 go on" else b"\r\n")
                if heard is not None:
                    heard.append(said)
            if line is None:
                break
            writer.write(line + b"\r\n" if line else b"")
        else:
            await reader.read()
        writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def post(url: str, mail: Mail = MAIL, **options: Any) -> None:
    await send(url, FROM, mail, mail_id=ID, at=AT, **options)


async def test_a_letter_arrives_whole() -> None:
    async with relay() as sink:
        await post(f"smtp://127.0.0.1:{sink.port}")
    (envelope,) = sink.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@play.example", ["ada@example.com"])
    (message,) = sink.messages()
    assert message["Subject"] == "Grüße, Ada 🎮"
    assert message["From"] == FROM
    assert message["To"] == "ada@example.com"
    assert message["Message-ID"] == f"<{ID}@play.example>"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content_type() == "text/html"
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()


async def test_a_retry_bears_the_same_message_id() -> None:
    async with relay() as sink:
        await post(f"smtp://127.0.0.1:{sink.port}")
        await post(f"smtp://127.0.0.1:{sink.port}")
    first, second = sink.messages()
    assert first["Message-ID"] == second["Message-ID"] == f"<{ID}@play.example>"


async def test_a_letter_without_html_is_plain() -> None:
    async with relay() as sink:
        await post(f"smtp://127.0.0.1:{sink.port}", Mail(to="ada@example.com", subject="Hello", text="Hi"))
    (message,) = sink.messages()
    assert message.get_content_type() == "text/plain"


# Refused by the relay


@pytest.mark.parametrize(
    ("reply", "kind", "recipient_refused"),
    [
        ("450 4.2.1 greylisted", Delayed, None),
        ("421 4.3.2 closing", Delayed, None),
        ("452 4.2.2 full", Delayed, None),
        ("550 5.1.1 no such user", Undeliverable, True),
        ("553 no such user", Undeliverable, True),
        ("550 5.7.1 policy", Undeliverable, False),
    ],
)
async def test_a_refused_recipient(reply: str, kind: type[NotSent], recipient_refused: bool | None) -> None:  # noqa: FBT001
    async with relay() as sink:
        sink.replies["ada@example.com"] = reply
        with pytest.raises(kind) as refused:
            await post(f"smtp://127.0.0.1:{sink.port}")
        assert refused.value.code == int(reply[:3])
        assert getattr(refused.value, "recipient_refused", None) is recipient_refused
        assert not sink.taken
        await post(f"smtp://127.0.0.1:{sink.port}", Mail(to="bob@example.com", subject="Hi", text="Hi"))
    assert sink.taken[0].rcpt_tos == ["bob@example.com"]


@pytest.mark.parametrize(("reply", "kind"), [("451 4.3.0 later", Delayed), ("554 5.6.0 spam", Undeliverable)])
async def test_a_refused_letter(reply: str, kind: type[NotSent]) -> None:
    async with relay() as sink:
        sink.data_reply = reply
        with pytest.raises(kind) as refused:
            await post(f"smtp://127.0.0.1:{sink.port}")
    assert refused.value.code == int(reply[:3])
    assert not any(getattr(refused.value, name, False) for name in ("perhaps_sent", "recipient_refused"))


@pytest.mark.parametrize(
    "lines",
    [
        (b"554 go away",),
        (b"421 busy",),
        (b"220 hi", b"502 what", b"502 what"),
        (b"220 hi", b"250 hi", b"550 5.7.1 sender unknown"),
        (b"220 hi", b"250 hi", b"451 later"),
        (b"220 hi", None),
        (b"220 hi", b"250 hi", b"250 ok", None),
        (b"nonsense",),
        (None,),
    ],
)
async def test_a_relay_that_refuses_us_delays_the_letter(lines: tuple[bytes | None, ...]) -> None:
    async with script(*lines) as url:
        with pytest.raises(Delayed) as delayed:
            await post(url)
    assert not delayed.value.perhaps_sent


async def test_a_connection_lost_after_the_letter_leaves_doubt() -> None:
    async with script(*TO_THE_LETTER, None) as url:
        with pytest.raises(Delayed) as delayed:
            await post(url)
    assert delayed.value.perhaps_sent


async def test_a_relay_that_stalls_after_the_letter_leaves_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = asyncio.timeout(None)
    monkeypatch.setattr("playerbase.kit.outside.mail.asyncio", SimpleNamespace(timeout=lambda _: limit))
    heard: list[bytes] = []
    async with script(*TO_THE_LETTER, b"", heard=heard) as url:
        sending = asyncio.create_task(post(url))
        while len(heard) < 5:
            await asyncio.wait([sending], timeout=0.01)
        limit.reschedule(0)  # Now the time is over, however long all that took.
        with pytest.raises(Delayed) as delayed:
            await sending
    assert delayed.value.perhaps_sent


async def test_a_relay_that_never_greets_is_given_up() -> None:
    async with script() as url:
        with pytest.raises(Delayed) as delayed:
            await post(url, seconds=0.05)
    assert not delayed.value.perhaps_sent


@pytest.mark.parametrize("end", [(None,), ()], ids=["hangs up", "never says goodbye"])
async def test_what_a_relay_has_taken_it_has(end: tuple[None, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playerbase.kit.outside.mail.QUIT_SECONDS", 0.01)
    heard: list[bytes] = []
    async with script(*TO_THE_LETTER, b"250 taken", *end, heard=heard) as url:
        await post(url)
    assert read(heard[4])["Message-ID"] == f"<{ID}@play.example>"


async def test_no_relay_at_all_delays_the_letter() -> None:
    async with relay() as sink:
        pass
    with pytest.raises(Delayed):
        await post(f"smtp://127.0.0.1:{sink.port}")


@pytest.mark.parametrize("url", ["smtp://", "http://relay.example", "relay.example:25"])
async def test_an_address_that_is_no_relay_is_a_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        await post(url)


# TLS and passwords


async def test_starttls_is_taken_when_offered_and_the_password_goes_inside(tmp_path: Path) -> None:
    server, client = certify(tmp_path, "localhost")
    async with relay(tls_context=server, require_starttls=True, auth_require_tls=True) as sink:
        await post(f"smtp://ada%40x:p%40ss@localhost:{sink.port}", tls=client)
    assert sink.logins == [("ada@x", "p@ss")]
    assert len(sink.taken) == 1


async def test_a_relay_with_a_stranger_s_certificate_gets_nothing(tmp_path: Path) -> None:
    server, _ = certify(tmp_path, "localhost")
    async with relay(tls_context=server) as sink:
        with pytest.raises(Delayed):
            await post(f"smtp://ada:p%40ss@localhost:{sink.port}")
    assert not sink.logins
    assert not sink.taken


async def test_a_wrong_password_delays_the_letter(tmp_path: Path) -> None:
    server, client = certify(tmp_path, "localhost")
    async with relay(tls_context=server) as sink:
        with pytest.raises(Delayed) as delayed:
            await post(f"smtp://ada:wrong@localhost:{sink.port}", tls=client)
    assert delayed.value.code == 535


@pytest.mark.parametrize("authority", ["ada:p%40ss@relay.example", "relay.example:587"])
async def test_a_struck_out_starttls_offer_stops_us(authority: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with relay(auth_require_tls=False) as sink:
        loop = asyncio.get_running_loop()
        connect = loop.create_connection

        def redirected(factory: Callable[[], Any], *, host: str, port: int, **options: Any) -> Awaitable[Any]:
            assert (host, port) == ("relay.example", 587)
            return connect(factory, host="127.0.0.1", port=sink.port, **options)

        monkeypatch.setattr(loop, "create_connection", redirected)
        with pytest.raises(Delayed, match="STARTTLS"):
            await post(f"smtp://{authority}")
    assert not sink.logins
    assert not sink.taken


async def test_smtps_is_tls_from_the_first_byte(tmp_path: Path) -> None:
    server, client = certify(tmp_path, "localhost")
    sink = Sink()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0, ssl=server)
    async with listening:
        await post(f"smtps://localhost:{listening.sockets[0].getsockname()[1]}", tls=client)
    assert len(sink.taken) == 1


# Headers


NEWLINES = ["\r\nBcc: eve@example.com", "\nX: y", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("newline", NEWLINES)
@pytest.mark.parametrize("field", ["to", "subject", "from"])
async def test_a_line_break_in_a_header_is_refused_without_a_connection(field: str, newline: str) -> None:
    mail = Mail(
        to="ada@example.com" + (newline if field == "to" else ""),
        subject="Hello" + (newline if field == "subject" else "") + "there",
        text="Hi",
    )
    sender = f"Player{newline}base <no-reply@play.example>" if field == "from" else FROM
    with pytest.raises(Undeliverable) as refused:
        await send("smtp://127.0.0.1:9", sender, mail, mail_id=ID, at=AT)
    assert refused.value.code is None


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com, bob@example.com",
        "ada@example.com;bob@example.com",
        "Ada <ada@example.com>",
        "<ada@example.com>",
        '"ada\r\nRCPT TO:<eve@example.com>"@example.com',
        '"a b"@example.com',
        "ada@example.com> SIZE=1",
        "ada @example.com",
        "ada..b@example.com",
        "ada@-example.com",
        "ada@example..com",
        "ada@bücher.example",
        "ädä@example.com",
        "ada@[127.0.0.1]",
        f"{'a' * 65}@example.com",
        f"a@{'a.' * 130}example",
    ],
)
async def test_only_one_plain_address_is_written_to(to: str) -> None:
    with pytest.raises(Undeliverable):
        await post("smtp://127.0.0.1:9", Mail(to=to, subject="Hi", text="Hi"))


@pytest.mark.parametrize(
    "mail",
    [
        Mail(to="ada@example.com", subject="x" * 201, text=""),
        Mail(to="ada@example.com", subject="x", text="x" * 200_001),
        Mail(to="ada@example.com", subject="x", text="\ud800"),
        Mail(to="ada@example.com", subject="\ud800", text="x"),
    ],
)
async def test_a_letter_that_is_too_long_or_broken_is_refused(mail: Mail) -> None:
    with pytest.raises(Undeliverable):
        await post("smtp://127.0.0.1:9", mail)


@given(subject=st.text(max_size=200), text=st.text(max_size=300), html=st.none() | st.text(max_size=300))
async def test_whatever_the_text_there_is_one_recipient_and_one_subject(
    tmp_path_factory: pytest.TempPathFactory, subject: str, text: str, html: str | None
) -> None:
    mailbox = Mailbox(tmp_path_factory.getbasetemp() / "letters")
    mail = Mail(to="ada@example.com", subject=subject, text=text, html=html)
    try:
        path = await mailbox.send(FROM, mail, mail_id=ID, at=AT)
    except Undeliverable:
        return
    message = read(path.read_bytes())
    content = {"content-type", "content-transfer-encoding", "mime-version"}
    headers = {"from", "to", "date", "message-id", "subject", "auto-submitted", "x-auto-response-suppress"}
    assert {name.lower() for name in message.keys()} - content == headers  # noqa: SIM118 (names repeat)
    assert len(message.get_all("subject", [])) == len(message.get_all("to", [])) == 1
    assert " ".join(message["subject"].split()) == " ".join(subject.split())


# The mailbox


async def test_the_mailbox_keeps_letters_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox = Mailbox(tmp_path / "mail")
    path = await mailbox.send(FROM, MAIL, mail_id=ID, at=AT)
    assert await mailbox.send(FROM, MAIL, mail_id=ID, at=AT) == path
    assert [each.name for each in (tmp_path / "mail").iterdir()] == [f"{ID}.eml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    message = read(path.read_bytes())
    assert message["Subject"] == MAIL.subject
    assert "not sent" in capsys.readouterr().out
