"""Ports: to listen on one that is free, and whether somebody answers on it."""

import errno
import socket

BACKLOG = 2_048
NEIGHBOURS = 100  # How many ports after the usual one are tried before the kernel picks any.


def listen(host: str, usual: int) -> socket.socket:
    """A listener on the usual port of this host, or on the next one nobody listens on.

    Held from the moment it is chosen, so that two who start at once do not choose the same. Raises OSError for a host
    that is not ours.
    """
    for port in range(usual, min(usual + NEIGHBOURS, 65536)):
        try:
            return listen_on(host, port)
        except OSError as fault:
            # A port below 1024 that this account may not have is as good as taken.
            if fault.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    return listen_on(host, 0)


def listen_on(host: str, port: int) -> socket.socket:
    """A listener on this very port; raises OSError when it cannot be had."""
    return socket.create_server((host, port), family=_family(host), backlog=BACKLOG)


def answers(host: str, port: int, path: str = "/health") -> bool:
    """Whether a GET of this path is answered with 200 within a second."""
    # Written out by hand, because an HTTP library would double the memory of the watching process.
    try:
        with socket.create_connection((_reachable(host), port), timeout=1) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12)[9:] == b"200"
    except OSError:
        return False


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound.
