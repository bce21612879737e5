"""Tests in a process forked from one that has read all but Playerbase: to read it takes longer than most tests."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mutations.keeping import TOO_LATE, keep

READ_BEFORE = [
    "aiosmtplib", "asyncpg", "bcrypt", "cryptography.hazmat.primitives.ciphers.aead", "httpx", "hypothesis.strategies",
    "jinja2", "joserfc.jwt", "msgspec", "nats", "prometheus_client", "pytest", "redis.asyncio", "redis.asyncio.cluster",
    "segno", "selenium.webdriver", "structlog", "uvicorn.protocols.http.httptools_impl", "uvloop",
    "hypothesis.internal.conjecture.engine", "unittest.mock", "xml.etree.ElementTree",
]  # fmt: skip
_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(READ_BEFORE)


def pytest_in(source: Path, told: Mapping[str, str], options: Sequence[str], seconds_max: float) -> int | None:
    """How pytest ended on this source, its words kept beside it; None if it did not end in time.

    When this returns, nothing is left of what the tests have started.
    """
    child = _server.Process(target=_kept, args=(source, dict(told), list(options), seconds_max))
    child.start()
    child.join()
    return None if child.exitcode == TOO_LATE else child.exitcode


def _kept(source: Path, told: dict[str, str], options: list[str], seconds_max: float) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    os._exit(keep(lambda: _run(source, told, options), holder=parent.sentinel, seconds_max=seconds_max))


def _run(source: Path, told: dict[str, str], options: list[str]) -> int:
    assert "playerbase" not in sys.modules
    os.environ.update(told)
    sys.path.insert(0, str(source))
    import pytest  # noqa: PLC0415 - read before, where this process was forked from

    with (source.parent / "words").open("w") as words:
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
        with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
            return int(pytest.main([*options, "-W", "ignore::pytest.PytestAssertRewriteWarning"]))
