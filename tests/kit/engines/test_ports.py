"""Ports that are taken, and whether somebody answers."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from playerbase.kit import engines


class Healthy(BaseHTTPRequestHandler):
    """Well on one path alone."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        with engines.listen("127.0.0.1", usual) as first, engines.listen("127.0.0.1", usual) as second:
            chosen = {listener.getsockname()[1] for listener in (first, second)}
            assert len(chosen | {usual}) == 3, "what is chosen is held at once"
        with pytest.raises(OSError, match="in use"):
            engines.listen_on("127.0.0.1", usual)
    with engines.listen("127.0.0.1", usual) as free:
        assert free.getsockname()[1] == usual


def test_only_an_answer_of_200_counts() -> None:
    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        assert engines.answers("127.0.0.1", port)
        assert engines.answers("0.0.0.0", port)  # noqa: S104 - What it listens on may be everything.
        assert not engines.answers("127.0.0.1", port, "/other")
        server.shutdown()
    assert not engines.answers("127.0.0.1", port)
