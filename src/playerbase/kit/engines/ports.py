"""Ports: which is free, and whether somebody answers on it."""

import errno
import socket

NEIGHBOURS = 100  # How many ports after the usual one are tried before the kernel picks any.


def free_port(host: str, usual: int) -> int:
    """The usual port of this host, or the next one nobody listens on; raises OSError for a host that is not ours."""
    for port in range(usual, min(usual + NEIGHBOURS, 65536)):
        if _is_free(host, port):
            return port
    with socket.create_server((host, 0), family=_family(host)) as listener:
        chosen: int = listener.getsockname()[1]
    return chosen


def answers(host: str, port: int, path: str = "/health") -> bool:
    """Whether a GET of this path is answered with 200 within a second."""
    # Written out by hand, because an HTTP library would double the memory of the watching process.
    try:
        with socket.create_connection((_reachable(host), port), timeout=1) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12)[9:] == b"200"
    except OSError:
        return False


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port), family=_family(host)).close()
    except OSError as fault:
        # A port below 1024 that this account may not have is as good as taken.
        if fault.errno in {errno.EADDRINUSE, errno.EACCES}:
            return False
        raise
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound.
