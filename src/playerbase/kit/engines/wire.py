"""Just enough of PostgreSQL's wire protocol (version 3.0) to knock at the door and run one statement."""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

PROTOCOL = 196608
WAIT_SECONDS = 5.0


class Refused(Exception):
    """The server answered with an error; `code` is its SQLSTATE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def ask(path: Path, *, user: str, database: str, statement: str | None = None) -> None:
    """Connect, run the statement if there is one, and leave. Raises Refused, or OSError when nobody is there."""
    # Not a driver, because this runs in the supervisor, which must stay small, and before the first connection pool.
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(WAIT_SECONDS)
        connection.connect(str(path))
        greeting = f"user\0{user}\0database\0{database}\0\0".encode()
        connection.sendall(struct.pack("!II", len(greeting) + 8, PROTOCOL) + greeting)
        _until_ready(connection)
        if statement is not None:
            query = f"{statement}\0".encode()
            connection.sendall(struct.pack("!cI", b"Q", len(query) + 4) + query)
            _until_ready(connection)
        connection.sendall(struct.pack("!cI", b"X", 4))


def _until_ready(connection: socket.socket) -> None:
    for kind, body in _messages(connection):
        if kind == b"Z":
            return
        if kind == b"E":
            fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
            raise Refused(fields.get(b"C", ""), fields.get(b"M", ""))
        if kind == b"R" and body != b"\0\0\0\0":
            raise Refused("28000", "it asks for a password")


def _messages(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    while True:
        kind, length = struct.unpack("!cI", _exactly(connection, 5))
        yield kind, _exactly(connection, length - 4)


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise ConnectionResetError
        parts += part
    return parts
