"""Runs the tests of a mutation on a copy of the source, and tells a test that noticed from code that merely broke."""

import compileall
import json
import re
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.mutations.forked import pytest_in
from tests.mutations.mutation import PACKAGE, Mutation
from tests.mutations.watching import FILE

SECONDS_MAX = 120
TEMPLATE = "PLAYERBASE_TEST_TEMPLATE"
# By these the database itself is made, and what is sealed in it: with one of them changed it is made anew.
MAKES_DATABASE = re.compile(r"/migrations/|^kit/crypto\.py$|^access/actions/keyring\.py$")
# A mutation that makes the code stumble proves nothing about the check it was to take away.
STUMBLED = re.compile(
    r"^(\w+\.)*(Name|Type|Attribute|UnboundLocal|Syntax|Import|ModuleNotFound|Undefined\w+|PostgresSyntax|Interface)Error"
    r"|\b500\b"
)


class Outcome(NamedTuple):
    """What came of it: seen, missed, broken or gone; which test says so and in what words."""

    word: str
    test: str
    why: str
    seconds: float


def tried(mutation: Mutation, engines: dict[str, str]) -> Outcome:
    """Seen only if a test itself failed, and not because the code stumbled."""
    try:
        files = mutation.mutated()
    except (LookupError, SyntaxError) as fault:
        return Outcome("gone", "", str(fault), 0)
    return ran(files, [f"tests/{test}" for test in mutation.tests.split()], engines)


def ran(files: dict[str, str], tests: list[str], engines: dict[str, str], seconds_max: float = SECONDS_MAX) -> Outcome:
    """The outcome of these tests on the source with these files exchanged."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="playerbase-mutation-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(_compiled(), source)
        for path, text in files.items():
            (source / "playerbase" / path).write_text(text)
        said = Path(folder) / "said.json"
        if any(MAKES_DATABASE.search(path) for path in files):
            engines = {name: told for name, told in engines.items() if name != TEMPLATE}
        told = {"PYTHONPATH": str(source), FILE: str(said), "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/examples"}
        options = [
            "-x", "-q", "-p", "tests.mutations.watching", "-p", "no:cacheprovider", "-p", "no:schemathesis",
            "-o", f"pythonpath={source} .",
        ]  # fmt: skip
        ended = pytest_in(source, {**engines, **told}, [*options, *tests], seconds_max)
        word, test, why = _judged(ended, said, source)
    return Outcome(word, test, why, time.monotonic() - begun)


@cache
def _compiled() -> Path:
    """The source, compiled once for all runs, of which each changes a file or two."""
    source = Path(tempfile.mkdtemp(prefix="playerbase-compiled-")) / "src"
    shutil.copytree(PACKAGE.parent, source, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(source, quiet=1)
    return source


def _judged(ended: int | None, said: Path, source: Path) -> tuple[str, str, str]:
    if ended is None:
        return "broken", "", "The tests never ended."
    if not said.exists():
        return "broken", "", (source.parent / "words").read_text()[-600:]
    report = json.loads(said.read_text())
    if not report["source"].startswith(str(source)):
        return "broken", "", f"ran {report['source']}"
    if report["failed"]:
        test, why = report["failed"][0]
        return "broken" if STUMBLED.search(why) else "seen", test, why
    if report["errors"]:
        return "broken", *report["errors"][0]
    return "missed" if ended == 0 and report["passed"] else "broken", "", f"pytest ended {ended}"
