import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import structlog

from playerbase.kit import log


class Line(msgspec.Struct):
    time: str
    event: str


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    log.flush()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
    log._level = logging.INFO


def lines(captured: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().out.decode().splitlines()]


async def test_lines_of_a_moment_are_written_together(capsysbinary: Any) -> None:
    log.flush()
    capsysbinary.readouterr()
    odd = 'a"b\nc\x1b[31m'
    log.write(Line(log.timestamp(), odd))
    log.write(Line(log.timestamp(), "second"))
    assert capsysbinary.readouterr().out == b""
    log.flush()
    written = lines(capsysbinary)
    assert [line["event"] for line in written] == [odd, "second"]
    assert written[0]["time"].endswith("Z")


async def test_lines_are_written_soon_by_themselves(monkeypatch: pytest.MonkeyPatch, capsysbinary: Any) -> None:
    log.flush()
    capsysbinary.readouterr()
    written = asyncio.Event()
    flush = log.flush

    def flushed() -> None:
        flush()
        written.set()

    monkeypatch.setattr(log, "flush", flushed)
    log.write(Line("now", "alone"))
    await asyncio.wait_for(written.wait(), 60)
    assert [line["event"] for line in lines(capsysbinary)] == ["alone"]


async def test_a_great_many_do_not_wait(capsysbinary: Any) -> None:
    log.flush()
    capsysbinary.readouterr()
    for number in range(log.LINES_MAX):
        log.write(Line("now", str(number)))
    assert len(lines(capsysbinary)) == log.LINES_MAX


async def test_above_info_requests_are_not_logged(capsysbinary: Any) -> None:
    log.configure("WARNING")
    log.write(Line("now", "quiet"))
    log.flush()
    assert capsysbinary.readouterr().out == b""


def test_our_lines_and_those_of_libraries_are_json(capsysbinary: Any) -> None:
    log.configure("INFO")
    log.bind(request_id="abc")
    log.get("part").info("ours", odd="x\ny", value=object)
    try:
        int("deep")
    except ValueError:
        log.get("part").exception("broken")
        logging.getLogger("library").exception("theirs %s", "x\ny")
    ours, broken, theirs = lines(capsysbinary)
    assert (ours["event"], ours["part"], ours["request_id"], ours["odd"]) == ("ours", "part", "abc", "x\ny")
    assert "ValueError: invalid literal" in broken["exception"]
    assert (theirs["event"], theirs["part"], theirs["level"]) == ("theirs x\ny", "library", "error")
    assert "ValueError: invalid literal" in theirs["exception"]
