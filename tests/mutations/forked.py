"""Tests in a process forked from one that has read all but Playerbase: to read it takes longer than most tests."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

READ_BEFORE = [
    "aiosmtplib", "asyncpg", "bcrypt", "cryptography.hazmat.primitives.ciphers.aead", "httpx", "hypothesis.strategies",
    "jinja2", "joserfc.jwt", "msgspec", "nats", "prometheus_client", "pytest", "redis.asyncio", "redis.asyncio.cluster",
    "segno", "selenium.webdriver", "structlog", "uvicorn.protocols.http.httptools_impl", "uvloop",
    "hypothesis.internal.conjecture.engine", "unittest.mock", "xml.etree.ElementTree",
]  # fmt: skip
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(READ_BEFORE)


def pytest_in(source: Path, told: Mapping[str, str], options: Sequence[str], seconds_max: float) -> int | None:
    """How pytest ended on this source, its words kept beside it; None if it did not end in time."""
    child = _server.Process(target=_run, args=(source, dict(told), list(options)))
    child.start()
    child.join(seconds_max)
    if child.exitcode is None:
        child.kill()
        child.join()
        return None
    return child.exitcode


def _run(source: Path, told: dict[str, str], options: list[str]) -> None:
    assert "playerbase" not in sys.modules
    os.environ.update(told)
    sys.path.insert(0, str(source))
    import pytest  # noqa: PLC0415 - read before, where this process was forked from

    with (source.parent / "words").open("w") as words:
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
        with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
            ended = pytest.main([*options, "-W", "ignore::pytest.PytestAssertRewriteWarning"])
    os._exit(int(ended))
