"""Servers on loopback that misbehave on request, and a network that tells what was dialled."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from playerbase.kit.outside import Answer, Outbound

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Served:
    """A server's port, and what reached it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.heads: list[bytes] = []
        self.arrived = asyncio.Queue[bytes]()


@asynccontextmanager
async def serve(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    served = Served(0)
    talks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        task = asyncio.current_task()
        assert task
        talks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    served.heads.append(await reader.readuntil(b"\r\n\r\n"))
                    served.arrived.put_nowait(served.heads[-1])
                    await talk(reader, writer)
                    await writer.drain()
        finally:
            talks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in list(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def says(answer: bytes, *, then_close: bool = False) -> Talk:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        if then_close:
            writer.close()
            await writer.wait_closed()
            raise asyncio.CancelledError

    return talk


def answers(status: str = "200 OK", body: bytes = b"", headers: str = "") -> Talk:
    return says(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)


async def silence(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def call(talk: Talk, *, seconds: float = 5.0, body_bytes_max: int = 65536) -> tuple[Answer, Served]:
    """One call to a listed server on loopback."""
    async with serve(talk) as served:
        origin = f"http://127.0.0.1:{served.port}"
        async with Outbound(allow=[origin], seconds=seconds, body_bytes_max=body_bytes_max) as outbound:
            return await outbound.request("GET", f"{origin}/x"), served


class Network(httpcore.AsyncNetworkBackend):
    """Notes every address that is dialled, and leads those it knows to a port on loopback."""

    def __init__(self, routes: dict[str, int] | None = None) -> None:
        self.dialled: list[tuple[str, int]] = []
        self._routes = routes or {}
        self._real = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append((host, port))
        if host not in self._routes:
            raise httpcore.ConnectError("no route to host")
        return await self._real.connect_tcp(
            "127.0.0.1", self._routes[host], timeout, local_address=local_address, socket_options=socket_options
        )


class Resolver:
    """Answers with one list of addresses after another, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del port
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def certify(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context for these names, and a client's that trusts it and nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=folder / "cert.pem")
